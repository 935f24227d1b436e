"""The interfaces of all kinds with their contexts, and the values that pass through them."""

import sys

import seqreason
from seqreason import randomness
from seqreason.interfaces import Plugin, PluginConfig, generator, rule_generator, sequence_config
from seqreason.registry.kinds import KINDS, Kind
from seqreason.structures import appearance, glyphs, packing, sequences
from seqreason_site.code_text import (
    code_block,
    docstring_of,
    fields_text,
    method_text,
    public_methods,
    signature_of,
)

_VALUES = (
    packing.Packing,
    seqreason.Reasoning,
    glyphs.Glyphs,
    glyphs.Split,
    sequences.Sequences,
    sequences.Hypotheses,
    sequences.RuleTable,
    appearance.Appearance,
    randomness.Stream,
)


def markdown() -> str:
    """What all kinds share, then a section a kind: the interface, its methods and its context."""
    shared = [class_text(Plugin), class_text(PluginConfig)]
    more = (
        generator.EnumerableGenerator,
        rule_generator.RuleGenerator,
        sequence_config.SequenceConfig,
    )
    kinds = []
    for kind in KINDS:
        kinds.append(_abstract_text(kind.interface))
        if kind.name == "generator":
            kinds += [_abstract_text(one) for one in more[:2]] + [class_text(more[2])]
    contexts = {context.__name__: context for context in map(context_of, KINDS)}
    return "\n\n".join([*shared, *kinds, *[class_text(context) for context in contexts.values()]])


def context_of(kind: Kind) -> type:
    """The record that plug-ins of *kind* are made with, which stands beside the interface."""
    home = sys.modules[kind.interface.__module__]
    (found,) = [
        value
        for name, value in vars(home).items()
        if name.endswith("Context") and value.__module__ == home.__name__
    ]
    assert isinstance(found, type)
    return found


def markdown_of_values() -> str:
    """A section a class of values."""
    return "\n\n".join(class_text(value) for value in _VALUES)


def markdown_of_python() -> str:
    """The functions and results that a program of one's own uses."""
    functions = [
        f"## {name}\n\n{code_block(signature_of(function))}\n\n{docstring_of(function)}"
        for name in ("run", "dataset")
        for function in [getattr(seqreason, name)]
    ]
    classes = ("Results", "SequenceDataset", "SequenceItem", "PaddedBatch", "SeqreasonError")
    return "\n\n".join([*functions, *[class_text(getattr(seqreason, name)) for name in classes]])


def class_text(documented: type) -> str:
    """A section on a class: what it says of itself, its fields, its methods."""
    parts = [f"## {documented.__name__}", docstring_of(documented), fields_text(documented)]
    parts += [_method_section(documented, name) for name in public_methods(documented)]
    return "\n\n".join(part for part in parts if part)


def _abstract_text(interface: type[Plugin]) -> str:
    """A section on an interface: what it says of itself, and the methods that are left open."""
    parts = [f"## {interface.__name__}", docstring_of(interface)]
    left_open = [name for name in vars(interface) if name in interface.__abstractmethods__]
    return "\n\n".join([*parts, *[_method_section(interface, name) for name in left_open]])


def _method_section(owner: type, name: str) -> str:
    return f"### {owner.__name__}.{name}\n\n{method_text(owner, name)}"
