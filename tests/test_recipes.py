"""Recipes: the same seed gives the same run, a stopped run goes on bit for bit, a paper's numbers are in place."""

import dataclasses
import math

import pytest
import torch

from coursekit import checkpoints
from coursekit.data.images import Images
from coursekit.recipes import DCGAN, RECIPES, falling


@pytest.fixture(scope="module")
def images():
    pixels = torch.randint(0, 256, (200, 1, 28, 28), generator=torch.Generator().manual_seed(0)).byte()
    return Images(pixels, None, "made up", ())


def small(name, **changes):
    """The recipe with small batches: the same nets and updates in a fraction of the time."""
    return dataclasses.replace(RECIPES[name], batch_size=16, **changes)


class Stop(Exception):
    pass


def weights(run):
    return torch.cat([p.detach().flatten() for net in run.nets.values() for p in (*net.parameters(), *net.buffers())])


def stop_at(step):
    def callback(n, losses):
        if n == step:
            raise Stop

    return callback


@pytest.mark.parametrize(("name", "n_threads"), [("vanilla", 1), ("dcgan", 1), ("dcgan-fast", 1), ("dcgan-fast", 2)])
def test_a_resumed_run_is_bit_identical_to_an_uninterrupted_one(name, n_threads, images, tmp_path):
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        whole = small(name).start(images, 6, seed=3)
        whole.fit(progress=False)
        part = small(name).start(images, 6, seed=3)
        with pytest.raises(Stop):
            part.fit((stop_at(3),), progress=False)
        checkpoints.save(tmp_path / "run.safetensors", part.parts, part.meta)
        torch.manual_seed(12345)  # whatever happened in between
        resumed = small(name).start(images, 6, seed=99)
        checkpoints.load(tmp_path / "run.safetensors", resumed.parts)
        resumed.fit(progress=False)
    finally:
        torch.set_num_threads(before)
    assert torch.equal(weights(whole), weights(resumed))
    assert whole.history["d_loss"].tolist() == resumed.history["d_loss"].tolist()
    assert torch.equal(whole.sample(2), resumed.sample(2))


@pytest.mark.parametrize("name", RECIPES)
def test_the_seed_decides_the_run(name, images):
    first, again, other = (small(name).start(images, 2, seed) for seed in (0, 0, 1))
    for run in (first, again, other):
        run.fit(progress=False)
    assert torch.equal(weights(first), weights(again))
    assert not torch.equal(weights(first), weights(other))


@pytest.mark.parametrize("name", RECIPES)
def test_a_run_learns_the_mean_of_its_images(name):
    # Dark images with one bright square: a few dozen steps must bring the average sample near the average image.
    pixels = torch.zeros(64, 1, 28, 28, dtype=torch.uint8)
    pixels[:, :, 8:20, 8:20] = 230
    size = 64 if name == "stacked-pac4" else 16  # so that D judges sixteen at once, of one sample or of four
    recipe = dataclasses.replace(RECIPES[name], batch_size=size, lr=2e-3)
    run = recipe.start(Images(pixels, None, "square", ()), 40)
    target = pixels[0].float() / 127.5 - 1
    before = (run.sample(32).mean(0) - target).abs().mean()
    run.fit(progress=False)
    run.average.net.load_state_dict(run.game.G.state_dict())  # the raw generator: the average lags behind
    assert (run.sample(32).mean(0) - target).abs().mean() < 0.6 * before


def test_the_rate_is_flat_then_falls_linearly_to_its_end():
    assert [falling(100, 0.02, n) for n in (0, 50)] == [1, 1]
    assert falling(100, 0.02, 75) == pytest.approx(0.51)
    assert falling(100, 0.02, 100) == pytest.approx(0.02) == falling(100, 0.02, 150)
    assert falling(100, 1.0, 80) == 1


def test_the_hash_moves_with_a_number_and_not_with_the_prose():
    assert DCGAN.hash() == DCGAN.hash()
    assert dataclasses.replace(DCGAN, lr=1e-3).hash() != DCGAN.hash()
    assert dataclasses.replace(DCGAN, noise=torch.randn).hash() != DCGAN.hash()
    assert dataclasses.replace(DCGAN, summary="other words").hash() == DCGAN.hash()


def test_dcgan_has_the_papers_numbers(images):
    # Radford et al. 2016, sec. 4: Adam 2e-4, beta1 0.5, batches of 128, N(0, 0.02); noise uniform in [-1, 1].
    assert (DCGAN.lr, DCGAN.betas, DCGAN.batch_size, DCGAN.latent) == (2e-4, (0.5, 0.999), 128, 100)
    run = DCGAN.start(images, 1)
    z = run.game.latent(500)
    assert z.abs().max() <= 1 and z.var().item() == pytest.approx(1 / 3, abs=0.01)
    spread = run.game.G.net.layers[3].weight.std().item()
    assert spread == pytest.approx(0.02, rel=0.05)


def test_vanilla_noise_has_unit_variance_and_goodfellows_range(images):
    z = RECIPES["vanilla"].start(images, 1).game.latent(500)
    assert z.abs().max() <= math.sqrt(3) and z.var().item() == pytest.approx(1, abs=0.03)


def test_images_that_are_not_square_are_refused_by_a_dcgan():
    wide = Images(torch.zeros(4, 1, 28, 32, dtype=torch.uint8), None, "wide", ())
    with pytest.raises(ValueError, match="28 x 32.*size=28"):
        DCGAN.start(wide, 1)
