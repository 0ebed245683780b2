"""The frozen feature nets: what they score, that they are the files that were measured, and what they refuse."""

import json

import pytest
import torch
from torch.nn.functional import interpolate

from coursekit.data.images import load_images
from coursekit.metrics import features
from coursekit.metrics.features import PRETRAINED, FeatureNet, load_feature_net, with_net

GOAL = {"mnist": 0.988, "fashion-mnist": 0.90, "digits": 0.97}


@pytest.fixture(scope="module")
def net():
    return load_feature_net("fashion-mnist-embedded", "cpu")


@pytest.fixture(scope="module")
def garments():
    return load_images("fashion-mnist-embedded", "test", device="cpu")


@pytest.mark.parametrize("name", GOAL)
def test_each_net_is_small_and_its_card_says_that_it_reached_its_goal(name):
    card = json.loads((PRETRAINED / f"{name}.json").read_text())
    assert (PRETRAINED / f"{name}.safetensors").stat().st_size < 500_000
    assert card["test_accuracy"] >= GOAL[name] and card["seed"] == 0 and card["torch"] and card["recipe"]


def test_the_fashion_net_is_right_on_the_embedded_test_images(net, garments):
    assert (net.labels(garments.floats()) == garments.labels).double().mean() > 0.89


@pytest.mark.parametrize("size", [8, 28])
def test_the_digits_net_is_right_at_both_sizes_that_load_images_gives(size):
    digits = load_images("digits", "test", size=size, device="cpu")
    right = load_feature_net("digits", "cpu").labels(digits.floats()) == digits.labels
    card = json.loads((PRETRAINED / "digits.json").read_text())
    assert abs(right.double().mean() - card["test_accuracy"]) < 0.003 and len(right) == 797


def test_the_covariance_of_real_training_features_has_trace_64():
    images = load_images("digits", size=28, device="cpu")
    real = load_feature_net("digits", "cpu").features(images.floats())
    assert real.double().var(0).sum().item() == pytest.approx(64, abs=1e-3)
    garments = load_images("fashion-mnist-embedded", device="cpu")
    real = load_feature_net("fashion-mnist", "cpu").features(garments.floats())
    assert real.double().var(0).sum().item() == pytest.approx(64, rel=0.03)  # other training images than the 10,000


def test_the_head_reads_the_features(net, garments):
    x = garments.floats(slice(0, 50))
    by_hand = net.features(x) / net.scale @ net.head.weight.T + net.head.bias
    assert (by_hand - net.logits(x)).abs().max() < 1e-4
    assert torch.equal(net.labels(x), net.logits(x).argmax(1)) and net.labels(x).dtype == torch.int64
    assert net.features(x).shape == (50, 64) and net.features(x).min() == 0


def test_features_and_logits_do_not_depend_on_the_batch_the_mode_or_autocast(net, garments, monkeypatch):
    x = garments.floats(slice(0, 40))
    expected, expected_logits = net.features(x), net.logits(x)
    monkeypatch.setattr(features, "BATCH", 7)
    net.train()
    with torch.autocast("cpu", torch.bfloat16):
        got, got_logits = net.features(x.double()), net.logits(x)
    assert net.training and got.dtype == torch.float32 and not got.requires_grad
    net.eval()
    assert (got - expected).abs().max() < 1e-4 and (got_logits - expected_logits).abs().max() < 1e-4  # no dropout


def test_another_size_is_resized_before_the_net(net, garments):
    large = interpolate(garments.floats(slice(0, 20)), (32, 32), mode="bilinear")
    by_hand = net.features(interpolate(large, (28, 28), mode="bilinear", antialias=True))
    assert torch.equal(net.features(large), by_hand)


def test_the_net_is_frozen(net):
    assert not any(p.requires_grad for p in net.parameters()) and not net.training


@pytest.mark.parametrize(
    "x", [torch.zeros(2, 3, 28, 28), torch.zeros(2, 1, 28, 28, dtype=torch.uint8), torch.zeros(2, 784)]
)
def test_what_is_no_grey_float_image_is_refused(net, x):
    with pytest.raises(ValueError, match="needs floats"):
        net.features(x)


def test_data_without_a_net_are_a_named_error():
    assert with_net() == ("digits", "fashion-mnist", "fashion-mnist-embedded", "mnist")
    with pytest.raises(ValueError, match="no feature net for 'cifar10', only for digits, fashion-mnist,"):
        load_feature_net("cifar10")


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    content = bytearray((PRETRAINED / "digits.safetensors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "digits.safetensors").write_bytes(content)
    (tmp_path / "digits.json").write_text((PRETRAINED / "digits.json").read_text())
    monkeypatch.setattr(features, "PRETRAINED", tmp_path)
    with pytest.raises(ValueError, match=r"digits\.safetensors was changed"):
        load_feature_net("digits")


def test_the_net_has_the_layers_that_its_card_names():
    assert sum(p.numel() for p in FeatureNet().parameters()) == 160 + 4640 + (1568 * 64 + 64) + (64 * 10 + 10)
