"""Feature nets: maps of deviation 1, a judge that sees no colour, and VGG19 built from torchvision's own weights."""

import pytest
import torch
from torch import nn
from torchvision.models.vgg import VGG, cfgs, make_layers

from coursekit.nets import perceptual
from coursekit.nets.perceptual import (
    FeatureStack,
    VGGFeatures,
    WhichColour,
    WhichPhotograph,
    colour_differences,
    grey,
    load_vgg,
)


@pytest.fixture
def images():
    return torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_the_three_maps_have_full_half_and_quarter_size(images):
    assert [tuple(m.shape[1:]) for m in FeatureStack(3, 5).maps(images)] == [(5, 32, 32), (10, 16, 16), (20, 8, 8)]


@pytest.mark.parametrize("net", [WhichPhotograph(6), WhichColour()])
def test_calibrated_maps_have_deviation_1_and_the_answer_stays(net, images):
    before = net(images)
    for _ in range(2):
        net.calibrate(images)
        assert [m.std().item() for m in net.maps(images)] == pytest.approx([1, 1, 1], abs=1e-3)
    torch.testing.assert_close(net(images), before, rtol=1e-3, atol=1e-5)


def test_the_judge_sees_luminance_only(images):
    net = WhichColour()
    without_colour = grey(images).expand(-1, 3, -1, -1)
    for mine, other in zip(net.maps(images), net.maps(without_colour), strict=True):
        torch.testing.assert_close(mine, other, atol=1e-5, rtol=1e-4)
    assert net(images).shape == (4, 2, 8, 8)


def test_colour_differences_are_red_and_blue_minus_luminance_over_blocks():
    x = torch.tensor([0.5, -0.2, 0.1]).view(1, 3, 1, 1).expand(1, 3, 8, 8)
    y = 0.299 * 0.5 - 0.587 * 0.2 + 0.114 * 0.1
    expected = torch.tensor([0.5 - y, 0.1 - y]).view(1, 2, 1, 1).expand(1, 2, 2, 2)
    torch.testing.assert_close(colour_differences(x), expected)


def narrow_vgg():
    """torchvision's own VGG19, an eighth as wide, with random weights."""
    torch.manual_seed(0)
    narrow = [v if v == "M" else v // 8 for v in cfgs["E"]]
    net = VGG(nn.Identity(), init_weights=False)
    net.features = make_layers(narrow)
    return net.eval()


@pytest.mark.parametrize(("depth", "layer"), [("22", 8), ("54", 35)])
def test_vgg_features_are_torchvisions_after_that_rectifier(depth, layer, images):
    net = narrow_vgg()
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = ((images + 1) / 2 - mean.view(3, 1, 1)) / deviation.view(3, 1, 1)
    assert isinstance(net.features[layer], nn.ReLU) and isinstance(net.features[layer + 1], nn.MaxPool2d)
    expected = net.features[: layer + 1](x) / 12.75
    [mine] = VGGFeatures(net.state_dict(), depth).maps(images)
    torch.testing.assert_close(mine, expected)
    assert not any(p.requires_grad for p in VGGFeatures(net.state_dict(), depth).parameters())


def test_weights_that_are_none_of_vgg_are_refused(images):
    with pytest.raises(ValueError, match="depth is '33': choose one of 22, 54"):
        VGGFeatures(narrow_vgg().state_dict(), "33")
    with pytest.raises(ValueError, match="no weights of a VGG19 down to 54"):
        VGGFeatures({"layer1.weight": torch.zeros(2, 2)})
    short = {k: w for k, w in narrow_vgg().state_dict().items() if not k.startswith("features.34")}
    with pytest.raises(ValueError, match="no weights of a VGG19 down to 54"):
        VGGFeatures(short)


def test_cached_weights_are_read_and_missing_ones_are_not_fetched_unasked(tmp_path, monkeypatch, images):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"vgg19-dcbb9e9d\.pth into .*checkpoints, or allow .* with --vgg"):
        load_vgg()
    (tmp_path / "checkpoints").mkdir()
    torch.save(narrow_vgg().state_dict(), tmp_path / "checkpoints" / perceptual.VGG_FILE)
    torch.testing.assert_close(load_vgg("22").maps(images), VGGFeatures(narrow_vgg().state_dict(), "22").maps(images))


def test_the_file_is_the_one_that_torchvision_would_fetch():
    from torchvision.models import VGG19_Weights

    assert VGG19_Weights.IMAGENET1K_V1.url.endswith("/" + perceptual.VGG_FILE)
