from urllib.error import URLError

import pytest
import torch
from pydantic import ValidationError
from torch import nn
from torchvision import models

from seqreason import DataError, EncoderContext, IncompatibleError
from seqreason_plugins.encoders import MLP, FrozenRandom, TorchvisionBackbone
from seqreason_plugins.encoders.torchvision_networks import one_channel_stem

CONTEXT = EncoderContext(height=28, width=28)
FRAMES = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
SHIPPED = "torchvision.models._api.load_state_dict_from_url"
KINDS = pytest.mark.parametrize("kind", [FrozenRandom, MLP, TorchvisionBackbone])
BACKBONES = pytest.mark.parametrize(
    "backbone",
    [
        "efficientnet_b0",
        "googlenet",
        "mobilenet_v3_small",
        "resnet18",
        "shufflenet_v2_x0_5",
        "squeezenet1_1",
    ],
)


def encoder(kind, *, seed=0, context=CONTEXT, **settings):
    torch.random.manual_seed(seed)
    if kind is TorchvisionBackbone:
        # The smallest of those with batch normalisation.
        settings = {"backbone": "shufflenet_v2_x0_5", **settings}
    return kind(kind.Config(**{"features": 16, **settings}), context)


def torchvision(backbone, **settings):
    return encoder(TorchvisionBackbone, backbone=backbone, **settings)


@KINDS
@pytest.mark.parametrize("frames", [0, 1, 5])
def test_every_frame_gives_one_feature_vector(kind, frames):
    assert encoder(kind).eval()(FRAMES[:frames]).shape == (frames, 16)


@KINDS
def test_no_frames_give_no_features_in_training_too(kind):
    assert encoder(kind).train()(FRAMES[:0]).shape == (0, 16)


@KINDS
def test_a_frame_need_not_be_square(kind):
    network = encoder(kind, context=EncoderContext(height=20, width=28))
    assert network(FRAMES[:, :, :20]).shape == (5, 16)


@KINDS
def test_a_frame_s_features_do_not_depend_on_its_neighbours(kind):
    network = encoder(kind).eval()
    torch.testing.assert_close(network(FRAMES)[2:3], network(FRAMES[2:3]))


@KINDS
def test_different_frames_have_different_features(kind):
    features = encoder(kind).eval()(FRAMES)
    assert len(features.unique(dim=0)) == 5


@KINDS
def test_the_same_seed_gives_the_same_weights(kind):
    first, again = encoder(kind).state_dict(), encoder(kind).state_dict()
    assert first.keys() == again.keys()
    assert all(torch.equal(first[name], again[name]) for name in first)


@KINDS
def test_another_seed_gives_other_weights(kind):
    first, other = encoder(kind)(FRAMES), encoder(kind, seed=1)(FRAMES)
    assert not torch.allclose(first, other)


# The multilayer perceptron


def test_without_hidden_layers_one_layer_turns_pixels_into_features():
    (linear,) = (
        layer for layer in encoder(MLP, hidden=()).modules() if isinstance(layer, nn.Linear)
    )
    assert (linear.in_features, linear.out_features) == (28 * 28, 16)


def test_hidden_layers_have_the_units_of_the_setting():
    linear = [layer for layer in encoder(MLP, hidden=(9, 7)).modules() if type(layer) is nn.Linear]
    assert [layer.out_features for layer in linear] == [9, 7, 16]


def test_dropout_is_between_the_layers_and_in_training_only():
    network = encoder(MLP, hidden=(64,), dropout=0.5)
    assert [type(layer).__name__ for layer in network.layers] == [
        "Linear", "ReLU", "Dropout", "Linear", "ReLU"
    ]  # fmt: skip
    assert not torch.equal(network(FRAMES), network(FRAMES))
    network.eval()
    assert torch.equal(network(FRAMES), network(FRAMES))


def test_gradients_reach_every_layer_of_the_perceptron():
    network = encoder(MLP, hidden=(32, 32))
    network(FRAMES).sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


# The frozen random network


def test_nothing_of_the_frozen_network_is_trained():
    network = encoder(FrozenRandom)
    assert [parameter.requires_grad for parameter in network.parameters()] == [False] * 3


def test_the_frozen_weights_are_saved_with_the_others():
    saved = encoder(FrozenRandom).state_dict()
    other = encoder(FrozenRandom, seed=1)
    other.load_state_dict(saved)
    torch.testing.assert_close(other(FRAMES), encoder(FrozenRandom)(FRAMES))


def test_training_other_layers_does_not_change_frozen_features():
    network, head = encoder(FrozenRandom), nn.Linear(16, 1)
    model = nn.Sequential(network, head)
    before, head_before = network(FRAMES), head.weight.clone()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.Adam(trained, lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        model(FRAMES).square().mean().backward()
        optimiser.step()
    assert not torch.equal(head.weight, head_before)
    assert torch.equal(network(FRAMES), before)


def test_frozen_features_have_mean_zero_and_variance_one():
    features = encoder(FrozenRandom, features=64)(FRAMES)
    torch.testing.assert_close(features.mean(dim=1), torch.zeros(5), atol=1e-5, rtol=0)
    torch.testing.assert_close(
        features.var(dim=1, unbiased=False), torch.ones(5), atol=1e-2, rtol=0
    )


def test_a_black_frame_has_frozen_features_of_zero():
    assert torch.equal(encoder(FrozenRandom)(torch.zeros(1, 1, 28, 28)), torch.zeros(1, 16))


def test_more_frozen_stages_than_a_frame_can_be_halved_do_not_fit():
    with pytest.raises(IncompatibleError, match="stages halve a frame of 28×28 pixels to nothing"):
        encoder(FrozenRandom, channels=(2, 2, 2, 2, 2))


# torchvision's networks


@BACKBONES
def test_a_torchvision_network_gives_the_features_of_the_setting(backbone):
    assert torchvision(backbone)(FRAMES).shape == (5, 16)


@BACKBONES
def test_gradients_reach_every_parameter_of_a_torchvision_network(backbone):
    network = torchvision(backbone)
    network(FRAMES).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


@BACKBONES
def test_a_new_torchvision_network_is_in_training_mode(backbone):
    assert all(layer.training for layer in torchvision(backbone).modules())


def test_the_stem_gives_for_a_grey_frame_what_it_gave_for_three_equal_channels():
    stem = nn.Conv2d(3, 4, kernel_size=(3, 5), stride=2, padding=1)
    grey = one_channel_stem(stem)
    torch.testing.assert_close(grey(FRAMES), stem(FRAMES.expand(-1, 3, -1, -1)))
    assert (grey.in_channels, grey.weight.shape) == (1, (4, 1, 3, 5))


def test_the_old_stem_does_not_change():
    stem = nn.Conv2d(3, 4, kernel_size=3)
    one_channel_stem(stem)
    assert stem.weight.shape == (4, 3, 3, 3)


def test_frames_are_resized_to_a_size_that_is_set():
    plain, resized = torchvision("resnet18").eval(), torchvision("resnet18", size=40).eval()
    larger = nn.functional.interpolate(FRAMES, (40, 40), mode="bilinear")
    torch.testing.assert_close(resized(FRAMES), plain(larger))


def test_a_frame_too_small_for_a_network_is_refused_with_the_size_that_will_do():
    message = (
        r"backbone densenet121 cannot take frames of 28×28 pixels \(.*\); set size: 29, "
        "which resizes the frames"
    )
    with pytest.raises(IncompatibleError, match=message):
        torchvision("densenet121")


def test_the_size_that_an_error_names_will_do():
    assert torchvision("densenet121", size=29)(FRAMES).shape == (5, 16)


def test_the_refusal_names_the_size_that_was_set():
    with pytest.raises(IncompatibleError, match=r"frames of 24×24 pixels \(.*\); set size: 29,"):
        torchvision("densenet121", size=24)


def test_an_unknown_backbone_is_refused_with_the_nearest_name():
    with pytest.raises(
        ValidationError, match="unknown backbone 'resnet81': did you mean 'resnet18'"
    ):
        TorchvisionBackbone.Config(backbone="resnet81")


def test_an_unknown_backbone_is_one_error_whatever_its_weights():
    with pytest.raises(ValidationError) as caught:
        TorchvisionBackbone.Config(backbone="resnet81", weights="DEFAULT")
    assert [error["loc"] for error in caught.value.errors()] == [("backbone",)]


def test_unknown_weights_are_refused_with_the_nearest_name():
    message = "unknown weights 'IMAGENET_V1' of resnet18: did you mean 'IMAGENET1K_V1'"
    with pytest.raises(ValidationError, match=message):
        TorchvisionBackbone.Config(weights="IMAGENET_V1")


def test_default_weights_are_known_by_their_own_name():
    config = TorchvisionBackbone.Config(backbone="resnet50", weights="DEFAULT")
    assert config.weights == "IMAGENET1K_V2"


def test_weights_without_a_classifier_are_not_offered():
    with pytest.raises(ValidationError, match="known are DEFAULT, IMAGENET1K_V1"):
        TorchvisionBackbone.Config(backbone="vgg16", weights="IMAGENET1K_FEATURES")


def test_weights_that_cannot_be_downloaded_are_an_error_with_advice_for_offline(monkeypatch):
    def no_network(*_args, **_options):
        raise URLError("no route to host")

    monkeypatch.setattr(SHIPPED, no_network)
    message = (
        r"the weights IMAGENET1K_V1 of resnet18 cannot be downloaded or read \(URLError: .*no "
        r"route to host.*\); place https://\S+resnet18-\S+\.pth in \S+/checkpoints, or set "
        "weights: null to work offline"
    )
    with pytest.raises(DataError, match=message):
        torchvision("resnet18", weights="DEFAULT")


@pytest.mark.parametrize(
    ("backbone", "size"),
    [
        ("resnet18", 28),
        ("googlenet", 28),
        pytest.param("inception_v3", 75, marks=pytest.mark.slow),
    ],
)
def test_shipped_weights_respond_to_a_grey_frame_as_before(backbone, size, monkeypatch):
    torch.random.manual_seed(1)
    options = {} if backbone == "resnet18" else {"init_weights": False, "aux_logits": True}
    shipped = models.get_model(backbone, **options).eval()
    monkeypatch.setattr(SHIPPED, lambda *_args, **_options: shipped.state_dict())
    ours = torchvision(backbone, weights="DEFAULT", size=size, features=1000).eval()
    ours.network.fc.load_state_dict(shipped.fc.state_dict())
    grey = nn.functional.interpolate(FRAMES, (size, size), mode="bilinear")
    expected = shipped(grey.expand(-1, 3, -1, -1))
    torch.testing.assert_close(ours(FRAMES), expected, atol=1e-4, rtol=1e-3)
