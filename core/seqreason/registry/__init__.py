"""How plug-ins are found, loaded and checked, and the registry of their classes."""

from seqreason.registry.registry import Registration, Registry, load_registry

__all__ = ["Registration", "Registry", "load_registry"]
