"""The Laplacian pyramid against scipy, scikit-image and arithmetic by hand."""

import numpy as np
import pytest
import torch
from scipy import ndimage
from skimage.transform import downscale_local_mean, resize

from coursekit.data.pyramid import detail_rms, downsample, halvings, laplacian_pyramid, reconstruct, upsample


def images(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(3), dtype=dtype) * 2 - 1


def test_downsample_is_the_local_mean_of_scikit_image():
    x = images(2, 3, 6, 10, dtype=torch.float64)
    assert np.allclose(downsample(x), downscale_local_mean(x.numpy(), (1, 1, 2, 2)), atol=1e-12)
    assert downsample(torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]])).item() == 3


@pytest.mark.parametrize("shape", [(7, 7), (4, 6), (1, 1)])
def test_upsample_is_the_bilinear_zoom_of_scipy_and_scikit_image(shape):
    x = images(1, 1, *shape, dtype=torch.float64)
    mine, plane = upsample(x)[0, 0].numpy(), x[0, 0].numpy()
    assert np.allclose(mine, ndimage.zoom(plane, 2, order=1, mode="nearest", grid_mode=True), atol=1e-12)
    double = tuple(2 * n for n in shape)
    assert np.allclose(mine, resize(plane, double, order=1, mode="edge", anti_aliasing=False), atol=1e-12)


def test_upsample_weighs_the_nearest_pixels_three_to_one_and_repeats_the_border():
    assert upsample(torch.tensor([[[[0.0, 4.0]]]])).tolist() == [[[[0.0, 1.0, 3.0, 4.0]] * 2]]


@pytest.mark.parametrize(
    ("shape", "n"), [((5, 1, 28, 28), 2), ((2, 3, 64, 64), 3), ((2, 3, 16, 24), 3), ((1, 1, 7, 7), 0)]
)
def test_a_pyramid_has_the_detail_lost_at_each_halving_and_reconstructs_the_image(shape, n):
    x = images(*shape)
    pyramid = laplacian_pyramid(x, n)
    assert [tuple(h.shape[2:]) for h in pyramid] == [(shape[2] >> k, shape[3] >> k) for k in range(n + 1)]
    assert (reconstruct(pyramid) - x).abs().max() < 1e-5
    small = x
    for residual in pyramid[:-1]:
        smaller = torch.tensor(downscale_local_mean(small.numpy(), (1, 1, 2, 2)))
        low = ndimage.zoom(smaller.numpy(), (1, 1, 2, 2), order=1, mode="nearest", grid_mode=True)
        assert np.allclose(residual.numpy(), small.numpy() - low, atol=1e-5)
        small = smaller


def test_an_even_picture_has_no_detail_and_a_chessboard_nothing_else():
    assert all((h == 0).all() for h in laplacian_pyramid(torch.full((1, 1, 8, 8), 0.3), 3)[:-1])
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2 * 2.0 - 1
    detail, coarse = laplacian_pyramid(board[None, None], 1)
    assert torch.equal(detail[0, 0], board) and (coarse == 0).all()


def test_what_cannot_be_halved_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match="7 x 7 pixels cannot be halved.*size=6"):
        downsample(images(1, 1, 7, 7))
    with pytest.raises(ValueError, match="8 x 7.*size=6"):
        downsample(images(1, 1, 8, 7))
    with pytest.raises(ValueError, match="28 x 28 pixels cannot be halved 3 times.*2 levels would do"):
        laplacian_pyramid(images(1, 1, 28, 28), 3)
    with pytest.raises(ValueError, match="n_levels must be at least 0"):
        laplacian_pyramid(images(1, 1, 28, 28), -1)
    with pytest.raises(ValueError, match=r"\(28, 28\).*float images \(N, C, H, W\)"):
        upsample(images(28, 28))
    with pytest.raises(ValueError, match="uint8"):
        downsample(torch.zeros(1, 1, 4, 4, dtype=torch.uint8))


def test_a_pyramid_in_the_wrong_order_is_refused():
    pyramid = laplacian_pyramid(images(2, 1, 8, 8), 2)
    with pytest.raises(ValueError, match="fine to coarse"):
        reconstruct(pyramid[::-1])
    with pytest.raises(ValueError, match="empty"):
        reconstruct([])


def test_halvings_are_the_factors_of_two():
    assert [halvings(n) for n in (1, 2, 7, 28, 64, 96)] == [0, 1, 0, 2, 6, 5]


def test_detail_is_that_of_the_finest_residual_lost_by_blur_and_gained_by_noise():
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2 * 2.0 - 1
    assert detail_rms(0.3 * board[None, None] + 0.5) == pytest.approx(0.3)
    x = images(4, 3, 16, 16, dtype=torch.float64)
    residual = laplacian_pyramid(x, 1)[0].numpy()
    assert detail_rms(x) == pytest.approx(np.sqrt((residual**2).mean()))
    blurred = torch.tensor(ndimage.gaussian_filter(x.numpy(), (0, 0, 1, 1)))
    assert detail_rms(blurred) < 0.5 * detail_rms(x) and detail_rms(x + images(*x.shape)) > detail_rms(x)
