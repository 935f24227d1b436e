"""How plug-ins come in: hooks, loading, contracts, and the typed registry of classes."""

from seqreason.registry.registry import Registration, Registry, load_registry

__all__ = ["Registration", "Registry", "load_registry"]
