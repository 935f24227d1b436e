import pytest
import torch
from torch import nn

from seqreason import EncoderContext, IncompatibleError
from seqreason_plugins.encoders import ResidualCNN

CONTEXT = EncoderContext(height=28, width=28)
FRAMES = torch.rand(5, 1, 28, 28)


def encoder(**settings):
    torch.random.manual_seed(0)
    return ResidualCNN(
        ResidualCNN.Config(**{"channels": (4, 8), "features": 16, **settings}), CONTEXT
    )


@pytest.mark.parametrize("frames", [0, 1, 5])
def test_any_number_of_frames_gives_as_many_features(frames):
    assert encoder()(FRAMES[:frames]).shape == (frames, 16)


def test_the_default_is_the_report_s():
    config = ResidualCNN.Config()
    assert (config.channels, config.features, config.blocks) == ((32, 64, 128), 512, 3)
    assert not config.batch_norm


def test_every_convolution_is_three_by_three_and_keeps_the_size():
    kernels = {
        (layer.kernel_size, layer.padding)
        for layer in encoder().modules()
        if isinstance(layer, nn.Conv2d)
    }
    assert kernels == {((3, 3), (1, 1))}


def test_a_skip_passes_over_three_blocks_to_the_input_of_a_relu():
    unit = encoder().stages[0][-1]
    maps = torch.rand(2, 4, 14, 14)
    first, second, third = (layer for layer in unit.layers if isinstance(layer, nn.Conv2d))
    third.weight.data.normal_()
    expected = (third(second(first(maps).relu()).relu()) + maps).relu()
    torch.testing.assert_close(unit(maps), expected)


@pytest.mark.parametrize(
    "settings", [{"batch_norm": True}, {"units": 2}, {"units": 0}, {"blocks": 1}, {"skip": False}]
)
def test_each_option_changes_the_network(settings):
    def shape(network):
        layers = [type(layer).__name__ for layer in network.modules()]
        return layers, [getattr(layer, "skip", None) for layer in network.modules()]

    assert shape(encoder(**settings)) != shape(encoder())
    assert encoder(**settings)(FRAMES).shape == (5, 16)


def test_a_frame_s_features_do_not_depend_on_its_neighbours():
    network = encoder(batch_norm=True).eval()
    torch.testing.assert_close(network(FRAMES)[2:3], network(FRAMES[2:3]))


def test_gradients_reach_every_parameter():
    network = encoder()
    for unit in (stage[-1] for stage in network.stages):
        unit.layers[-1].weight.data.normal_(std=0.1)
    network(FRAMES).sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


def test_more_stages_than_a_frame_can_be_halved_do_not_fit():
    with pytest.raises(IncompatibleError, match="stages halve a frame of 28×28 pixels to nothing"):
        encoder(channels=(2, 2, 2, 2, 2))
