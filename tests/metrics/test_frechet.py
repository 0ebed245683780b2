"""The Frechet distance against scipy, torchmetrics and closed forms, and the laws that FID-feat keeps."""

import numpy as np
import pytest
import scipy.linalg
import torch

from coursekit.data.images import Images, load_images, to_uint8
from coursekit.metrics import frechet
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import fid_feat, frechet_distance, moments, real_against_real, reference


@pytest.fixture(scope="module")
def net():
    return load_feature_net("fashion-mnist", "cpu")


@pytest.fixture(scope="module")
def garments():
    return load_images("fashion-mnist-embedded", "test", device="cpu")


def gaussian(seed: int, d: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    a = torch.randn(d, d, generator=generator, dtype=torch.float64)
    return torch.randn(d, generator=generator, dtype=torch.float64), a @ a.T + 0.1 * torch.eye(d)


def test_the_distance_equals_the_formula_with_scipys_matrix_root():
    (mu0, cov0), (mu1, cov1) = gaussian(0), gaussian(1)
    root = scipy.linalg.sqrtm(cov0.numpy() @ cov1.numpy()).real
    expected = np.sum((mu0 - mu1).numpy() ** 2) + np.trace(cov0.numpy() + cov1.numpy() - 2 * root)
    assert frechet_distance(mu0, cov0, mu1, cov1) == pytest.approx(expected, rel=1e-9)


def test_diagonal_covariances_give_the_sum_over_axes():
    mu0, mu1 = torch.tensor([0.0, 1.0, 2.0]), torch.tensor([3.0, 1.0, 0.0])
    sd0, sd1 = torch.tensor([1.0, 2.0, 0.0]), torch.tensor([1.0, 5.0, 4.0])  # one axis is singular
    expected = ((mu0 - mu1) ** 2 + (sd0 - sd1) ** 2).sum().item()
    assert frechet_distance(mu0, (sd0**2).diag(), mu1, (sd1**2).diag()) == pytest.approx(expected, rel=1e-6)


def test_the_distance_is_symmetric_zero_to_itself_and_kept_by_rotations():
    (mu0, cov0), (mu1, cov1) = gaussian(2), gaussian(3)
    q, _ = torch.linalg.qr(gaussian(4)[1])
    there = frechet_distance(mu0, cov0, mu1, cov1)
    assert frechet_distance(mu1, cov1, mu0, cov0) == pytest.approx(there, rel=1e-9)
    assert 0 <= frechet_distance(mu0, cov0, mu0, cov0) < 1e-6
    assert frechet_distance(q @ mu0, q @ cov0 @ q.T, q @ mu1, q @ cov1 @ q.T) == pytest.approx(there, rel=1e-9)


def test_a_shift_of_all_features_costs_its_square():
    mu, cov = gaussian(5)
    assert frechet_distance(mu, cov, mu + 2, cov) == pytest.approx(4 * len(mu), rel=1e-6)


def test_moments_are_numpys():
    x = torch.randn(200, 5, generator=torch.Generator().manual_seed(0))
    mu, cov = moments(x)
    assert np.allclose(mu, x.double().numpy().mean(0)) and np.allclose(cov, np.cov(x.double().numpy().T))


def test_too_few_samples_and_diverged_ones_are_refused():
    with pytest.raises(ValueError, match="127 samples are too few for 64 features: give at least 128"):
        moments(torch.zeros(127, 64))
    with pytest.raises(ValueError, match="not all finite"):
        moments(torch.full((200, 64), torch.nan))


def test_fid_feat_agrees_with_torchmetrics_on_the_same_features(net, garments):
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Features(torch.nn.Module):
        num_features = 64

        def forward(self, x):
            return net.features(x)

    real, fake = garments.floats(slice(0, 1000)), garments.floats(slice(1000, 2000)).roll(1, 3)
    theirs = FrechetInceptionDistance(feature=Features()).set_dtype(torch.float64)
    theirs.update(real, real=True)
    theirs.update(fake, real=False)
    assert fid_feat(real, fake, net) == pytest.approx(theirs.compute().item(), rel=1e-3)


def test_fid_feat_rises_with_the_noise_on_real_images(net, garments):
    order = torch.randperm(len(garments), generator=torch.Generator().manual_seed(1))
    real, other = net.features(garments.floats(order[:1500])), garments.floats(order[1500:3000])
    generator = torch.Generator().manual_seed(2)
    noise = torch.randn(other.shape, generator=generator)
    ladder = [fid_feat(real, (other + sd * noise).clamp(-1, 1), net) for sd in (0, 0.05, 0.1, 0.2, 0.4, 0.8)]
    assert all(low < high for low, high in zip(ladder, ladder[1:], strict=False)), ladder
    assert ladder[0] < 0.7 < 10 < ladder[-2]


def test_fid_feat_sees_missing_classes_and_is_biased_upward_at_small_n(net, garments):
    floor = real_against_real(garments, net)
    half = garments.floats(garments.labels < 5)
    assert fid_feat(reference(garments, net), half, net) > 50 * floor
    assert real_against_real(garments, net, n=500) > 2 * floor


def test_images_and_their_features_give_the_same_figure(net, garments):
    real, fake = garments.floats(slice(0, 300)), garments.floats(slice(300, 600))
    expected = fid_feat(real, fake, net)
    assert fid_feat(net.features(real), fake, net) == pytest.approx(expected, rel=1e-6)


def test_sides_of_different_size_are_refused_with_the_cure(net, garments):
    with pytest.raises(ValueError, match="size=32"):
        fid_feat(garments.floats(slice(0, 200)), torch.zeros(200, 1, 32, 32), net)


class Pixels:
    """Stands in for a net: its features are the pixels."""

    def features(self, x):
        return x.flatten(1)


def numbered(n: int) -> Images:
    """Images of two pixels that together say which of the n it is."""
    index = torch.arange(n)
    pixels = torch.stack([index // 256, index % 256], 1).to(torch.uint8)
    return Images(pixels.view(n, 1, 1, 2), None, "numbered")


def numbers(features: torch.Tensor) -> list[int]:
    high, low = to_uint8(features).long().T
    return (high * 256 + low).tolist()


def test_the_reference_is_5000_images_by_a_permutation_with_seed_0(capsys):
    expected = torch.randperm(6000, generator=torch.Generator().manual_seed(0))[:5000]
    assert numbers(reference(numbered(6000), Pixels())) == expected.tolist()
    assert capsys.readouterr().out == ""


def test_the_reference_takes_all_images_where_there_are_fewer_and_says_so(capsys):
    assert sorted(numbers(reference(numbered(797), Pixels()))) == list(range(797))
    assert "numbered has 797 images" in capsys.readouterr().out


@pytest.mark.parametrize(("n", "expected"), [(5000, 100), (30, 30)])
def test_real_against_real_compares_two_disjoint_random_sets_of_at_most_n(monkeypatch, n, expected):
    compared = []
    monkeypatch.setattr(frechet, "fid_feat", lambda real, fake, net: compared.extend((real, fake)))
    real_against_real(numbered(200), Pixels(), n)
    first, second = (set(numbers(x)) for x in compared)
    assert len(first) == len(second) == expected and not first & second
    assert not first <= set(range(100)) and not second <= set(range(100, 200))  # not the first and the last half
