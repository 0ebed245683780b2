"""The shipped upscaler is the one of its card, and its figures come out again."""

import pytest
import torch

from coursekit.data.photographs import WITHHELD
from coursekit.nets.srgan import SRResNet, enlarge
from coursekit.super_resolution.judging import figures, held_out
from coursekit.super_resolution.shipping import BLEND, TESTS, between
from coursekit.super_resolution.training import SHIPPED
from coursekit.super_resolution.upscaler import load_upscaler


@pytest.fixture(scope="module")
def upscaler():
    return load_upscaler("cpu")


def test_it_was_made_by_the_recipe_as_it_is_and_without_the_withheld_photographs(upscaler):
    assert upscaler.card["recipe_hash"] == SHIPPED.hash() and upscaler.card["blend"] == BLEND
    assert set(upscaler.card["classes"]) & set(WITHHELD) == set(SHIPPED.names) & set(WITHHELD) == set()


@pytest.mark.parametrize("name", ["coffee, right half, half size", "camera, right half, half size"])
def test_the_cards_figures_of_withheld_photographs_come_out_again(upscaler, name):
    photographs, n, size, scale = TESTS[name]
    test = held_out(photographs, n, size, scale)
    for method, net in (("bicubic", enlarge), ("shipped", upscaler.net)):
        told = upscaler.card["figures"][name][method]
        measured = figures(net, test, upscaler.judge)
        assert measured == pytest.approx(told, rel=2e-2)
    assert measured["perceptual"] < upscaler.card["figures"][name]["bicubic"]["perceptual"]


def test_a_blend_lies_on_the_line_between_two_nets():
    torch.manual_seed(0)
    first, last = SRResNet(4, 1), SRResNet(4, 1)
    for p, a, b in zip(*(net.parameters() for net in (between(first, last, 0.25), first, last)), strict=True):
        torch.testing.assert_close(p, 0.75 * a + 0.25 * b)


def test_the_judge_is_not_the_net_of_the_loss(upscaler):
    assert type(upscaler.judge) is not type(upscaler.loss_net)
    x = torch.rand(1, 3, 16, 16)
    assert upscaler.judge.maps(x)[0].shape == upscaler.loss_net.maps(x)[0].shape
    assert not torch.allclose(upscaler.judge.maps(x)[0], upscaler.loss_net.maps(x)[0])


def test_an_image_of_odd_size_is_enlarged_and_keeps_its_colours(upscaler):
    low = torch.randint(60, 200, (3, 1, 1), dtype=torch.uint8).expand(3, 21, 34)
    large = upscaler(low)
    assert large.shape == (3, 84, 136)
    assert (large.float() - low[:, :1, :1].float()).abs().mean() < 4
