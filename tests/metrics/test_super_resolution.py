"""PSNR, SSIM and luminance are scikit-image's; the two distances are 0 for equals and grow with damage."""

import numpy as np
import pytest
import torch
from scipy import linalg
from skimage import color
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from coursekit.data.images import to_float
from coursekit.data.photographs import photo_pairs, read_photograph
from coursekit.metrics.super_resolution import (
    as_published,
    feature_distance,
    local_features,
    luminance,
    perceptual_distance,
    psnr,
    ssim,
    without_border,
)
from coursekit.nets.perceptual import WhichColour
from coursekit.nets.srgan import enlarge


@pytest.fixture(scope="module")
def images():
    """Four patches and the same enlarged from a quarter."""
    high, low = photo_pairs(4, 64, "right", seed=2, names=("coffee",)).floats()
    return high, enlarge(low).clamp(-1, 1)


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return WhichColour().eval()


def planes(x):
    return luminance(x)[:, 0].double().numpy()


def test_luminance_is_scikit_images_y_on_our_scale():
    photograph = read_photograph("coffee")
    expected = color.rgb2ycbcr(photograph.permute(1, 2, 0).numpy())[..., 0]
    mine = (luminance(to_float(photograph[None]))[0, 0] + 1) / 2 * 255
    np.testing.assert_allclose(mine, expected, atol=1e-3)


def test_psnr_of_each_pair_is_scikit_images_and_infinite_for_equals(images):
    high, made = (luminance(x).double() for x in images)
    expected = [
        peak_signal_noise_ratio(a, b, data_range=2) for a, b in zip(planes(images[0]), planes(images[1]), strict=True)
    ]
    assert psnr(made, high).tolist() == pytest.approx(expected, abs=1e-4)
    assert psnr(high, high).tolist() == [np.inf] * 4


def test_a_difference_of_a_tenth_of_the_span_is_20_db():
    a = torch.zeros(3, 1, 4, 4)
    assert psnr(a, a + 0.2).tolist() == pytest.approx([20.0] * 3, abs=1e-4)


def test_ssim_of_each_pair_is_scikit_images(images):
    how = {"data_range": 2, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = [structural_similarity(a, b, **how) for a, b in zip(planes(images[0]), planes(images[1]), strict=True)]
    mine = ssim(luminance(images[0]).double(), luminance(images[1]).double())
    assert mine.tolist() == pytest.approx(expected, abs=1e-5)
    assert ssim(images[0], images[0]).tolist() == pytest.approx([1.0] * 4, abs=1e-5)


def test_what_is_published_is_luminance_in_8_bits_without_four_pixels_of_border(images):
    seen = as_published(images[1])
    assert seen.shape == (4, 1, 56, 56)
    eight_bits = to_float(((images[1] + 1) * 127.5).round().to(torch.uint8))
    torch.testing.assert_close(seen, luminance(eight_bits)[..., 4:-4, 4:-4])
    touched = images[0].clone()
    touched[..., :4, :] = 1
    touched[..., -4:] = -1
    assert psnr(as_published(touched), as_published(images[0])).tolist() == [np.inf] * 4


@pytest.mark.parametrize("distance", [feature_distance, perceptual_distance])
def test_a_distance_is_0_for_equals_and_grows_with_the_damage(distance, images, net):
    high, blurred = images
    values = [float(torch.as_tensor(distance(net, high + t * (blurred - high), high)).mean()) for t in (0, 0.3, 0.6, 1)]
    assert values[0] == pytest.approx(0, abs=1e-6) and values == sorted(values) and values[1] > 0


def test_the_perceptual_distance_does_not_ask_which_image_is_which(images, net):
    high, blurred = images
    order = torch.tensor([2, 0, 3, 1])
    assert perceptual_distance(net, blurred[order], high) == pytest.approx(perceptual_distance(net, blurred, high))
    assert perceptual_distance(net, high[order], high) == pytest.approx(0, abs=1e-6)
    assert feature_distance(net, high[order], high).min() > 0.01


def test_the_perceptual_distance_is_frechets_by_scipy_in_percent_of_the_real_variance(images, net):
    a, b = (local_features(net, x).double().numpy() for x in images)
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    cross = np.trace(linalg.sqrtm(cov_a @ cov_b).real)
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * cross
    mine = perceptual_distance(net, images[1], images[0])
    assert mine == pytest.approx(100 * expected / np.trace(cov_a), rel=1e-2)


def test_the_feature_distance_is_that_of_unit_vectors_by_hand(images, net):
    total = 0
    for f, g in zip(net.maps(images[0][:1]), net.maps(images[1][:1]), strict=True):
        f, g = (m[0].flatten(1).T.detach().double().numpy() for m in (f, g))  # places, channels
        f, g = (m / np.linalg.norm(m, axis=1, keepdims=True) for m in (f, g))
        total += ((f - g) ** 2).sum(1).mean()
    assert feature_distance(net, images[0][:1], images[1][:1]).item() == pytest.approx(total, rel=1e-4)


def test_what_cannot_be_compared_is_refused(net):
    a, b = torch.zeros(2, 3, 16, 16), torch.zeros(2, 3, 16, 20)
    for compare in (psnr, ssim, lambda x, y: feature_distance(net, x, y)):
        with pytest.raises(ValueError, match=r"\(2, 3, 16, 16\) and \(2, 3, 16, 20\)"):
            compare(a, b)
    with pytest.raises(ValueError, match="nothing inside a border of 4"):
        without_border(torch.zeros(1, 1, 8, 20))
    with pytest.raises(ValueError, match="window has 11 pixels"):
        ssim(torch.zeros(1, 1, 10, 20), torch.zeros(1, 1, 10, 20))
    with pytest.raises(ValueError, match=r"colour images \(N, 3, H, W\), it got \(1, 1, 8, 8\)"):
        luminance(torch.zeros(1, 1, 8, 8))
