"""The pair of one LAPGAN level: shapes, what each net can see, and labels."""

import pytest
import torch
from torch import nn

from coursekit.nets.lapgan import LevelDiscriminator, LevelGenerator
from coursekit.nets.spectral import SpectralNorm, spectral_norm


def batch(n: int, channels: int, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    z = torch.rand(n, size * size, generator=generator) * 2 - 1
    residual, low = torch.randn(2, n, channels, size, size, generator=generator) / 4
    return z, residual, low


@pytest.mark.parametrize(("size", "channels"), [(14, 1), (28, 1), (16, 3), (64, 3), (4, 1)])
def test_a_level_takes_any_even_size_and_colours(size, channels):
    z, residual, low = batch(3, channels, size)
    assert LevelGenerator(size, channels, width=8)(z, low).shape == residual.shape
    assert LevelDiscriminator(size, channels, width=8)(residual, low).shape == (3, 1)


def test_d_judges_the_sum_of_low_and_residual_and_nothing_else():
    _, residual, low = batch(4, 1, 14)
    D = LevelDiscriminator(14, width=8).double()
    residual, low = residual.double(), low.double()
    score = D(residual, low)
    for moved in (torch.randn_like(low), low, -residual):
        assert torch.allclose(D(residual + moved, low - moved), score, atol=1e-12)
    assert not torch.allclose(D(residual, low + 0.5), score)


def test_d_has_the_slope_of_its_score_in_low_as_in_the_residual():
    _, residual, low = (x.requires_grad_() for x in batch(4, 1, 14))
    LevelDiscriminator(14, width=8)(residual, low).sum().backward()
    assert low.grad.abs().max() > 0 and torch.equal(low.grad, residual.grad)


def test_g_sees_the_noise_as_a_plane_and_the_low_image():
    z, _, low = batch(2, 1, 14)
    G = LevelGenerator(14, width=8).eval()
    here = torch.zeros(14, 14)
    here[3, 10] = 1.0
    changed = (G(z + here.flatten(), low) - G(z, low))[0, 0].detach().abs() > 1e-7
    rows, columns = changed.nonzero().T
    assert changed[3, 10] and rows.max() <= 7 and columns.min() >= 6  # four 3 x 3 convolutions reach four pixels
    assert not torch.allclose(G(z, low + 0.5), G(z, low))


def test_a_residual_is_not_bounded_by_a_squashing_output():
    z, _, low = batch(2, 1, 14)
    G = LevelGenerator(14, width=8)
    nn.init.constant_(G.layers[-1].bias, 1.9)
    assert G(z, low).max() > 1.5


def test_a_label_moves_the_residual_and_the_score_and_classes_differ():
    z, residual, low = batch(10, 1, 14)
    z, residual, low = (x[:1].expand(10, *x.shape[1:]) for x in (z, residual, low))
    G, D = LevelGenerator(14, width=8, n_classes=10).eval(), LevelDiscriminator(14, width=8, n_classes=10)
    label = torch.arange(10)
    assert len(G(z, low, label).flatten(1).unique(dim=0)) == 10
    assert len(D(residual, low, label).unique()) == 10
    assert torch.allclose(G(z, low, label)[3:4], G(z[:1], low[:1], label[3:4]), atol=1e-6)


def test_labels_that_are_missing_or_not_wanted_are_named():
    z, _, low = batch(2, 1, 14)
    with pytest.raises(ValueError, match="got 0 tensors of labels.*10 classes: give labels"):
        LevelGenerator(14, n_classes=10)(z, low)
    with pytest.raises(ValueError, match="got 1 tensors of labels.*0 classes: build it with n_classes="):
        LevelGenerator(14)(z, low, torch.zeros(2, dtype=torch.long))


def test_a_low_image_that_was_not_enlarged_is_named():
    z, residual, low = batch(2, 1, 14)
    with pytest.raises(ValueError, match="low is 7 x 7 pixels, this level has 14: give the coarser image after"):
        LevelGenerator(14)(z, low[:, :, :7, :7])
    with pytest.raises(ValueError, match="7 x 7"):
        LevelDiscriminator(14)(residual, low[:, :, :7, :7])


def test_wrap_reaches_every_convolution_of_d():
    D = LevelDiscriminator(14, wrap=spectral_norm)
    assert sum(isinstance(module, SpectralNorm) for module in D.modules()) == 3
