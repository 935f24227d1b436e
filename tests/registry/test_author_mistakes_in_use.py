"""Messages on a plug-in that is made from settings and receives tensors."""

import numpy as np
import pytest
import torch

from seqreason.assembly import assemble
from seqreason.errors import PluginError, SpecError
from seqreason.registry import load_registry
from seqreason.spec import load_benchmark
from seqreason.structures.glyphs import Split

ENCODER = "encoder two-layers of mine (tiny-parts 1.0)"
REASONER = "reasoner one-layer of mine (tiny-parts 1.0)"
FEATURES = "self.features = 8"
ENCODED = "return self.second(self.first(frames.flatten(start_dim=1)).relu())"
CONFIG = "class Config(seqreason.PluginConfig):\n        hidden: int = 64"
ONE_LAYER = """


class OneLayer(seqreason.Reasoner):
    name = "one-layer"

    def __init__(self, config, context):
        super().__init__()
        self.layer = nn.Linear(context.features, context.alphabet_size)

    def forward(self, features, packing, forced):
        perception = prediction = self.layer(features)
        return seqreason.Reasoning(perception, prediction)


@seqreason.hookimpl
def seqreason_reasoners():
    return [OneLayer]
"""
BOTH = ("return [TwoLayers]", f"return [TwoLayers]{ONE_LAYER}")


@pytest.fixture
def use(install, tiny_plugins, make_data):
    """Puts one batch of five frames through the installed plug-in with *changes*."""

    def use(*changes, reasoner="one-layer", **settings):
        path = install(BOTH, *changes)
        registry = load_registry([tiny_plugins])
        data = make_data(encoder={"kind": "two-layers", **settings}, reasoner={"kind": reasoner})
        data["generator"] = {"kind": "normal", "lengths": [5, 5]}
        benchmark = assemble(load_benchmark(data, registry), registry, device=torch.device("cpu"))
        examples = benchmark.examples(0, Split.TRAIN)
        batch = examples.batch(examples.draw(np.arange(1)))
        return benchmark.model(0)(batch.frames, batch.packing), path

    return use


@pytest.fixture
def assert_reported(use, tmp_path):
    """Asserts the message on a plug-in with *changes*; FILE in it stands for its file."""

    def assert_reported(changes, message, *, error=PluginError, **settings):
        with pytest.raises(error) as raised:
            use(*changes, **settings)
        assert (
            str(raised.value).replace(str(tmp_path / "site" / "tiny_parts.py"), "FILE") == message
        )

    return assert_reported


def test_without_a_mistake_both_stages_answer(use):
    reasoning, _ = use(hidden=4)
    assert [tuple(logits.shape) for logits in reasoning] == [(5, 26), (5, 26)]


def test_a_config_that_is_read_and_not_declared_is_an_error(assert_reported):
    assert_reported(
        [(CONFIG, "")],
        f"{ENCODER} reads config.hidden, but its class declares no Config; write "
        "`class Config(seqreason.PluginConfig):` in it, with the field hidden (FILE, line 18)",
    )


def test_settings_for_a_plug_in_without_any_are_an_error(assert_reported):
    assert_reported(
        [(CONFIG, ""), ("config.hidden", "64")],
        f"spec: encoder.hidden: no such setting. The {ENCODER} has none: leave it out, or "
        "declare it in a Config of that class",
        error=SpecError,
        hidden=3,
    )


def test_a_field_that_a_spec_misspells_is_an_error(assert_reported):
    assert_reported(
        [],
        f"spec: encoder.hiden: no such setting. Did you mean 'hidden'? The {ENCODER} has: hidden",
        error=SpecError,
        hiden=3,
    )


def test_a_field_that_the_code_misspells_is_an_error(assert_reported):
    assert_reported(
        [("config.hidden)\n        self.second", "config.hiden)\n        self.second")],
        f"{ENCODER} reads config.hiden, which TwoLayers.Config does not have: did you mean "
        "'hidden'? Choose from hidden (FILE, line 19)",
    )


def test_a_field_that_forward_misspells_is_an_error(assert_reported):
    keeping = "self.features, self.config = 8, config"
    assert_reported(
        [(FEATURES, keeping), (ENCODED, "return frames * self.config.hiden")],
        f"{ENCODER} reads config.hiden, which TwoLayers.Config does not have: did you mean "
        "'hidden'? Choose from hidden (FILE, line 23)",
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((FEATURES, ""), "no features"),
        ((FEATURES, "self.features = 8.0"), "features=8.0, not a whole number of at least 1"),
        ((FEATURES, "self.features = 0"), "features=0, not a whole number of at least 1"),
    ],
)
def test_features_that_are_not_declared_are_an_error(assert_reported, change, fault):
    fix = "set `self.features` in its __init__ to the length of what forward returns"
    assert_reported([change], f"{ENCODER} has {fault}; {fix}")


@pytest.mark.parametrize(
    ("returning", "fault"),
    [
        (
            "return frames.flatten(start_dim=1)",
            "of shape (5, 64), not (5, 8); set `self.features = 64` in its __init__, or have its "
            "last layer give 8",
        ),
        (
            "return frames.new_zeros(1, 8)",
            "of shape (1, 8) for 5 frames, not (5, 8); return a row for each frame, in their order",
        ),
        (
            "return frames.new_zeros(5, 8, 1)",
            "of shape (5, 8, 1) for 5 frames, not (5, 8); return a row for each frame, in their "
            "order",
        ),
        ("return frames.flatten(1)[:, :8].int()", "of torch.int32; return them as `.float()`"),
        ("return frames.flatten(1)[:, :8].double()", "of torch.float64; return them as `.float()`"),
        ("return (frames, frames)", "as tuple, not as a tensor; return the tensor alone"),
    ],
)
def test_features_of_another_size_or_type_are_an_error(assert_reported, returning, fault):
    assert_reported([(ENCODED, returning)], f"{ENCODER} returned features {fault}")


@pytest.mark.parametrize(
    ("returning", "fault"),
    [
        (
            "seqreason.Reasoning(perception, prediction[:, 1:])",
            "prediction logits of shape (5, 25), not (5, 26); have its last layer give "
            "`context.alphabet_size`, not 25",
        ),
        (
            "seqreason.Reasoning(perception[1:], prediction)",
            "perception logits of shape (4, 26) for 5 frames, not (5, 26); return a row for each "
            "frame, in their order",
        ),
        (
            "seqreason.Reasoning(perception.int(), prediction)",
            "perception logits of torch.int32; return them as `.float()`",
        ),
        (
            "prediction",
            "Tensor, not both stages; write `return seqreason.Reasoning(perception, prediction)`",
        ),
    ],
)
def test_logits_of_another_size_or_type_are_an_error(assert_reported, returning, fault):
    before = "return seqreason.Reasoning(perception, prediction)"
    assert_reported([(before, f"return {returning}")], f"{REASONER} returned {fault}")


def device_fix(given):
    return (
        f"make tensors with `device={given}.device`, and keep constants by `self.register_buffer` "
        "and lists of layers in an nn.ModuleList"
    )


def test_features_on_another_device_are_an_error(assert_reported):
    assert_reported(
        [(ENCODED, "return frames.flatten(1)[:, :8].to('meta')")],
        f"{ENCODER} returned features on meta, while its frames are on cpu; {device_fix('frames')}",
    )


def test_logits_on_another_device_are_an_error(assert_reported):
    assert_reported(
        [("Reasoning(perception, prediction)", "Reasoning(perception, prediction.to('meta'))")],
        f"{REASONER} returned prediction logits on meta, while its features are on cpu; "
        f"{device_fix('features')}",
    )


def test_a_constant_that_was_left_on_another_device_is_an_error(assert_reported):
    layer = "        self.table = torch.ones(8, device='meta')\n"
    assert_reported(
        [
            ("from torch import nn", "import torch\nfrom torch import nn"),
            ("        self.features = 8\n", f"        self.features = 8\n{layer}"),
            (ENCODED, "return frames.flatten(1)[:, :8] + self.table"),
        ],
        f"{ENCODER} mixes tensors of two devices; {device_fix('frames')} (FILE, line 25)",
    )


@pytest.mark.parametrize(
    "said",
    [
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 "
        "and cpu! (when checking argument for argument mat1 in method wrapper_CUDA_addmm)",
        "Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the "
        "same",
    ],
)
def test_what_torch_says_of_two_devices_on_a_gpu_is_known(assert_reported, said):
    assert_reported(
        [(ENCODED, f"raise RuntimeError({said!r})")],
        f"{ENCODER} mixes tensors of two devices; {device_fix('frames')} (FILE, line 23)",
    )


def test_what_an_encoder_raises_otherwise_goes_through(use):
    with pytest.raises(RuntimeError, match="no device like that"):
        use((ENCODED, "raise RuntimeError('no device like that')"))
