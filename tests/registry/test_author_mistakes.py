"""Messages on wrong hooks and classes: the plug-in, its distribution, the fault and the fix.

Each test puts one mistake into a correct plug-in and installs it as a distribution.
"""

import pytest

from seqreason.registry import load_registry
from seqreason.registry.kinds import KINDS

HOOK = "@seqreason.hookimpl\ndef seqreason_encoders():"
RETURN = "return [TwoLayers]"
CONFIG = "class Config(seqreason.PluginConfig):"
FIELD = "hidden: int = 64"
MADE = "TwoLayers(TwoLayers.Config(), seqreason.EncoderContext(2, 2))"


@pytest.fixture
def assert_reported(install):
    """Asserts the one message on a plug-in with *changes*; FILE in it stands for its file."""

    def assert_reported(changes, message):
        path = install(*changes)
        faults = [entry.error for entry in load_registry().health if entry.error]
        found = [fault.replace(str(path), "FILE") for fault in faults]
        assert found == [f"plug-in mine (tiny-parts 1.0){message}"]

    return assert_reported


def test_the_plug_in_without_a_mistake_is_fine(install):
    install()
    registry = load_registry()
    assert not [entry.error for entry in registry.health if entry.error]
    assert str(registry.find("encoder", "two-layers")) == (
        "encoder two-layers of mine (tiny-parts 1.0)"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("seqreason_encoders", "seqreason_encoder"),
            "there is no hook seqreason_encoder; name it seqreason_encoders",
        ),
        (
            ("seqreason_encoders", "things"),
            f"there is no hook things; the hooks are {', '.join(kind.hook for kind in KINDS)}",
        ),
        (
            ("@seqreason.hookimpl", ""),
            "its function seqreason_encoders is not marked as a hook; write @seqreason.hookimpl "
            "above it",
        ),
        (
            (HOOK, "def seqreason_encoder():"),
            "its function seqreason_encoder is not marked as a hook; write @seqreason.hookimpl "
            "above it and name it seqreason_encoders",
        ),
        (
            (HOOK, "def encoders():"),
            "it implements no hook; mark a function such as `seqreason_encoders` with "
            "@seqreason.hookimpl and have it return a list of classes",
        ),
        (
            ("seqreason_encoders()", "seqreason_encoders(config, *, size)"),
            "its hook seqreason_encoders takes config, size, but hooks take no arguments; write "
            "`def seqreason_encoders():`",
        ),
        (
            ("hookimpl", "hookimpl(wrapper=True)"),
            "its hook seqreason_encoders is marked as a wrapper, but hooks return lists; write "
            "@seqreason.hookimpl without arguments above it",
        ),
    ],
)
def test_a_misspelt_hook_is_an_error(assert_reported, change, message):
    assert_reported([change], f": {message}")


@pytest.mark.parametrize(
    ("returning", "message"),
    [
        ("return (TwoLayers,)", "a tuple, not a list; write `return [TwoLayers]`"),
        ("return {'a': TwoLayers}", "a dict, not a list; write `return [TwoLayers]`"),
        ("return {TwoLayers}", "a set, not a list; write `return [TwoLayers]`"),
        ("[TwoLayers]", "None, not a list; write `return [MyEncoder]`"),
        ("yield TwoLayers", "a generator, not a list; write `return [MyEncoder]`"),
        ("return 3", "an int, not a list; write `return [MyEncoder]`"),
        (
            "return [TwoLayers, 3]",
            "a list with an int in it, not with classes alone; return subclasses of "
            "seqreason.Encoder",
        ),
    ],
)
def test_a_hook_s_wrong_return_type_is_an_error(assert_reported, returning, message):
    assert_reported([(RETURN, returning)], f": seqreason_encoders returned {message}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            (RETURN, "return TwoLayers"),
            "seqreason_encoders returned the class TwoLayers, not a list; write "
            "`return [TwoLayers]`",
        ),
        (
            (RETURN, f"return {MADE}"),
            "seqreason_encoders returned an instance of TwoLayers, not a list; write "
            "`return [TwoLayers]`",
        ),
        (
            (RETURN, f"return [{MADE}]"),
            "seqreason_encoders returned a list with an instance of TwoLayers, not the class; "
            "write `return [TwoLayers]`, without parentheses after TwoLayers",
        ),
        (
            ("seqreason_encoders", "seqreason_reasoners"),
            "seqreason_reasoners returned TwoLayers, which is of kind encoder; return it from "
            "seqreason_encoders",
        ),
        (
            ("(seqreason.Encoder)", "(nn.Module)"),
            "seqreason_encoders returned TwoLayers, which is of no kind; write "
            "`class TwoLayers(seqreason.Encoder):`",
        ),
        (
            ('name = "two-layers"', ""),
            'TwoLayers has no name; add `name = "…"` to the class',
        ),
        (
            ("def forward", "def forwards"),
            "TwoLayers does not implement forward; add what is missing",
        ),
        (
            ("(self, config, context)", "(self, config: Config)"),
            "TwoLayers is made from its settings and a context, but its __init__ takes "
            "(config); write `def __init__(self, config, context):`",
        ),
    ],
)
def test_a_class_where_a_list_belongs_or_of_another_kind_is_an_error(
    assert_reported, change, message
):
    assert_reported([change], f": {message}")


@pytest.mark.parametrize(
    ("returning", "message"),
    [
        (
            "return [TwoLayers, TwoLayers]",
            "TwoLayers twice; list it once in what it returns",
        ),
        (
            "return [TwoLayers, type('Other', (TwoLayers,), {})]",
            "two classes with the name 'two-layers', TwoLayers and Other; give one of them "
            "another `name`",
        ),
    ],
)
def test_a_name_that_one_plug_in_offers_twice_is_an_error(assert_reported, returning, message):
    assert_reported([(RETURN, returning)], f": seqreason_encoders returned {message}")


@pytest.mark.parametrize(
    ("config", "noun", "undone"),
    [
        ("class Config:", "a class of another kind", ""),
        ("@dataclass\n    class Config:", "a dataclass", ", and no @dataclass above it"),
        ("class Config(BaseModel):", "a bare pydantic model", ""),
        ("Config = dict(hidden=64)\n    class Other:", "a dict", ""),
    ],
)
def test_a_config_that_is_no_plugin_config_is_an_error(assert_reported, config, noun, undone):
    imports = "from dataclasses import dataclass\nfrom pydantic import BaseModel\nfrom torch"
    assert_reported(
        [("from torch", imports), (CONFIG, config)],
        f": TwoLayers.Config is {noun}, not a subclass of seqreason.PluginConfig; write "
        f"`class Config(seqreason.PluginConfig):`{undone}",
    )


def test_a_setting_without_a_type_is_an_error(assert_reported):
    message = "the setting `hidden = 64` has no type (FILE, line 13); write `hidden: TYPE = 64`"
    assert_reported([(FIELD, "hidden = 64")], f" cannot be imported: {message}")


@pytest.mark.parametrize(
    ("field", "noun", "fix"),
    [
        ("hidden: list[int] = [1, 2]", "list[int]", "`hidden: tuple[int, ...] = (1, 2)`"),
        ("hidden: list[int]", "list[int]", "`hidden: tuple[int, ...]`"),
        ("hidden: list = [1]", "list", "`hidden: tuple[TYPE, ...] = (1,)`"),
        ("hidden: list[int] | None = None", "list[int]", "tuple[int, ...] for that"),
        ("hidden: Sequence[int] = (1,)", "Sequence[int]", "`hidden: tuple[int, ...] = (1,)`"),
        ("hidden: set[str] = {'a'}", "set[str]", "`hidden: frozenset[str] = frozenset({'a'})`"),
        (
            "hidden: tuple[dict[str, int], ...] = ()",
            "dict[str, int]",
            "a nested seqreason.PluginConfig, or pairs as tuple[tuple[str, int], ...]",
        ),
        ("hidden: Open = Open()", "Open", "a nested seqreason.PluginConfig"),
    ],
)
def test_a_setting_that_can_be_changed_is_an_error(assert_reported, field, noun, fix):
    before = "from dataclasses import dataclass\nfrom typing import Sequence\n"
    before += "@dataclass\nclass Open:\n    size: int = 1\nfrom torch"
    assert_reported(
        [("from torch", before), (FIELD, field)],
        f": TwoLayers.Config.hidden is a {noun}, which can be changed after it is made; "
        f"write {fix}",
    )


def test_a_setting_that_may_be_anything_is_an_error(assert_reported):
    assert_reported(
        [(FIELD, "hidden: tuple[object, ...] = ()")],
        ": TwoLayers.Config.hidden may be any object, even a list; write the types "
        "that it may have",
    )


def test_a_default_that_can_be_changed_is_an_error(assert_reported):
    assert_reported(
        [(FIELD, "hidden: tuple[int, ...] = [1, 2]")],
        ": TwoLayers.Config.hidden has the default [1, 2], which can be changed after it is made; "
        "write (1, 2)",
    )


@pytest.mark.parametrize(
    ("base", "message"),
    [
        (
            "seqreason.PluginConfig",
            "Inner.sizes is a list[int], which can be changed after it is made; write "
            "`sizes: tuple[int, ...]`",
        ),
        (
            "BaseModel",
            "TwoLayers.Config.inner holds Inner, a bare pydantic model; write "
            "`class Inner(seqreason.PluginConfig):`",
        ),
    ],
)
def test_a_nested_setting_that_can_be_changed_is_an_error(assert_reported, base, message):
    inner = (
        f"from pydantic import BaseModel\nclass Inner({base}):\n    sizes: list[int]\n\n\nclass T"
    )
    assert_reported([("class T", inner), (FIELD, "inner: Inner | None = None")], f": {message}")


@pytest.mark.parametrize(("option", "value"), [("frozen", False), ("extra", "allow")])
def test_a_config_that_is_loosened_is_an_error(assert_reported, option, value):
    assert_reported(
        [(FIELD, f"model_config = {{{option!r}: {value!r}}}")],
        f": TwoLayers.Config sets {option}={value!r} in its model_config; delete that: "
        "settings are frozen, and an unknown setting is an error",
    )


def test_two_broken_hooks_of_one_plug_in_have_a_message_each(install):
    more = "\n\n@seqreason.hookimpl\ndef seqreason_labels():\n    return 3\n"
    install((RETURN, f"return TwoLayers{more}"))
    (fault,) = [entry.error for entry in load_registry().health if entry.error]
    assert fault.splitlines() == [
        "plug-in mine (tiny-parts 1.0): seqreason_encoders returned the class TwoLayers, not a "
        "list; write `return [TwoLayers]`",
        "plug-in mine (tiny-parts 1.0): seqreason_labels returned an int, not a list; write "
        "`return [MyLabels]`",
    ]


def test_a_hook_that_raises_is_an_error(assert_reported):
    message = (
        "seqreason_encoders raised ZeroDivisionError: division by zero (FILE, line 28); fix it"
    )
    assert_reported([(RETURN, "return 1 / 0")], f": {message}")


def test_the_settings_of_every_built_in_plug_in_are_frozen_all_through(registry):
    for kind in KINDS:
        for found in registry.of_kind(kind.name):
            hash(found.plugin.Config.model_construct())
