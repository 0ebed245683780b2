"""LAPGAN: the chain adds residuals to enlarged images; training is reproducible; a file holds weights and recipe."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import nn

from coursekit.data.images import Images
from coursekit.data.levels import level_batches
from coursekit.data.pyramid import downsample, upsample
from coursekit.lapgan import (
    Lapgan,
    LapganRecipe,
    chained_batches,
    sample_lapgan,
    train_lapgan,
    train_level,
)

SMALL = LapganRecipe(size=16, widths=(6, 6), latent=4, hidden=16, batch_size=16)


def stripes(n: int = 200, size: int = 16, channels: int = 1) -> Images:
    """Pictures of stripes, two classes: lying and standing, with random brightness."""
    generator = torch.Generator().manual_seed(0)
    waves = (torch.arange(size) // 2 % 2 * 2 - 1).float()
    light = 60 + 40 * torch.rand(n, channels, 1, 1, generator=generator)
    labels = torch.arange(n) % 2
    lying, standing = waves[:, None].expand(size, size), waves[None].expand(size, size)
    pattern = torch.where(labels[:, None, None, None] == 0, lying, standing)
    return Images((128 + light * pattern).to(torch.uint8), labels, "stripes", ("lying", "standing"))


class Constant(nn.Module):
    """Adds the same residual everywhere, and remembers what it was given."""

    def __init__(self, value: float):
        super().__init__()
        self.value, self.seen = value, []

    def forward(self, z: torch.Tensor, low: torch.Tensor, *label: torch.Tensor) -> torch.Tensor:
        self.seen.append((z, low, *label))
        return torch.full_like(low, self.value) + z.view(low.shape)


def test_the_chain_adds_each_residual_to_the_enlarged_image_before():
    coarse = torch.rand(2, 1, 3, 3, generator=torch.Generator().manual_seed(1))
    levels, label = [Constant(0.25), Constant(-0.5)], torch.tensor([4, 7])
    noise = [torch.zeros(2, 36), torch.full((2, 144), 0.125)]
    first, second, third = sample_lapgan(coarse, levels, noise, label)
    zoom = {"order": 1, "mode": "nearest", "grid_mode": True}
    assert torch.equal(first, coarse)
    assert np.allclose(second.numpy(), ndimage.zoom(coarse.numpy(), (1, 1, 2, 2), **zoom) + 0.25, atol=1e-6)
    assert np.allclose(third.numpy(), ndimage.zoom(second.numpy(), (1, 1, 2, 2), **zoom) - 0.375, atol=1e-6)
    assert all(torch.equal(level.seen[0][2], label) for level in levels)


def test_the_chain_needs_noise_for_each_level():
    with pytest.raises(ValueError, match="got noise for 1 levels, there are 2"):
        sample_lapgan(torch.zeros(1, 1, 2, 2), [Constant(0), Constant(0)], [torch.zeros(1, 16)])


@pytest.mark.parametrize("size", [16, 8])
def test_the_batches_of_a_level_are_what_was_lost_and_what_was_left(size):
    images = stripes()
    residual, low, label = next(level_batches(images, size, 32, seed=3, labels=True))
    index = torch.randint(len(images), (32,), generator=torch.Generator().manual_seed(3))
    real = images.floats(index)
    real = real if size == 16 else torch.nn.functional.avg_pool2d(real, 2)
    assert torch.allclose(residual + low, real, atol=1e-6) and torch.equal(label, images.labels[index])
    assert torch.allclose(low, upsample(downsample(real)), atol=1e-6)
    assert len(next(level_batches(images, size, 32, seed=3))) == 2


def test_generated_lows_keep_the_sum_real_and_the_label_theirs():
    recipe = LapganRecipe(size=16, widths=(4, 4), latent=4, hidden=8, batch_size=20, n_classes=2, generated=0.75)
    torch.manual_seed(0)
    below, images = Lapgan(recipe), stripes()
    nn.init.zeros_(below.coarse.net.layers[-1].weight)
    below.coarse.forward = lambda z, label: (label * 2.0 - 1).view(-1, 1, 1, 1).expand(-1, 1, 4, 4)  # tells its class
    residual, low, label = next(chained_batches(images, below, 8, seed=3))
    index = torch.randint(len(images), (20,), generator=torch.Generator().manual_seed(3))
    real = downsample(images.floats(index))
    assert torch.allclose(residual + low, real, atol=1e-6)
    assert torch.allclose(low[15:], upsample(downsample(real))[15:])
    assert torch.equal(low[:15].flatten(1), (label[:15] * 2.0 - 1)[:, None].expand(15, 64))


def test_without_generated_lows_a_level_is_the_papers():
    recipe = LapganRecipe(size=16, widths=(4, 4), latent=4, hidden=8, batch_size=20, generated=0.0)
    ours, papers = chained_batches(stripes(), Lapgan(recipe), 16, 3), level_batches(stripes(), 16, 20, 3)
    assert all(torch.equal(a, b) for a, b in zip(next(ours), next(papers), strict=True))


def test_the_seed_decides_the_lapgan_and_its_samples():
    torch.set_num_threads(1)
    recipe = replace(SMALL, generated=0.5)
    trained = [train_lapgan(stripes(), recipe, (20, 10, 10), seed, progress=False)[0] for seed in (1, 1, 2)]
    one, same, other = (lapgan.sample(6, seed=5) for lapgan in trained)
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert not torch.equal(one, trained[0].sample(6, seed=6))
    assert one.shape == (6, 1, 16, 16) and one.abs().max() <= 1


def test_training_one_level_leaves_the_others_as_they_are_and_keeps_the_average():
    seen, heard = [], []
    images = stripes()

    def watch(n: int, losses: dict) -> None:
        heard.append((n, set(losses)))

    lapgan, histories = train_lapgan(images, SMALL, (12, 8, 4), 0, (watch,), progress=False)
    assert [len(history) for history in histories] == [12, 8, 4]
    assert [n for n, _ in heard] == [*range(1, 13), *range(1, 9), *range(1, 5)]
    assert heard[0][1] == {"d_loss", "g_loss"}
    before = {name: tensor.clone() for name, tensor in lapgan.state_dict().items()}
    train_level(lapgan, 2, images, 3, seed=9, progress=False)
    for name, tensor in lapgan.state_dict().items():
        seen.append(torch.equal(tensor, before[name]) == (not name.startswith("levels.1.")))
    assert all(same for name, same in zip(before, seen, strict=True) if not name.startswith("levels.1."))
    assert not all(torch.equal(t, before[n]) for n, t in lapgan.state_dict().items() if n.startswith("levels.1."))


def test_detail_is_learned_and_a_smaller_sample_is_near_the_image_before():
    torch.set_num_threads(1)
    recipe = LapganRecipe(size=8, widths=(12,), latent=4, hidden=32, batch_size=32, n_classes=2, lr=4e-3)
    images = stripes(size=8)
    lapgan, _ = train_lapgan(images, recipe, (150, 250), seed=0, progress=False)
    coarse, fine = lapgan.chain(200)
    energy = [(x - upsample(downsample(x))).square().mean().sqrt() for x in (fine, images.floats())]
    assert 0.5 < energy[0] / energy[1] < 2
    assert (downsample(fine) - coarse).square().mean().sqrt() < 0.5 * energy[1]
    lying, standing = fine[0::2], fine[1::2]  # labels 0 and 1 in turn
    across = [
        (x[:, :, 1:] - x[:, :, :-1]).abs().mean() / (x[..., 1:] - x[..., :-1]).abs().mean() for x in (lying, standing)
    ]
    assert across[0] > 2 and across[1] < 0.5


def test_three_levels_of_colour_sample_at_each_size():
    recipe = LapganRecipe(channels=3, size=32, widths=(4, 4, 4), latent=4, hidden=8, batch_size=8)
    lapgan, _ = train_lapgan(stripes(20, 32, channels=3), recipe, (2, 2, 2, 2), progress=False)
    chain = lapgan.chain(5)
    assert [tuple(x.shape) for x in chain] == [(5, 3, s, s) for s in (4, 8, 16, 32)] and recipe.sizes == (4, 8, 16, 32)
    assert torch.equal(lapgan.sample(5), chain[-1].clamp(-1, 1))
    assert len(lapgan.chain(5, n_levels=1)) == 2
    assert torch.equal(lapgan.chain(5, n_levels=1)[1], chain[1])


def test_labels_are_given_in_turn_or_by_the_caller():
    conditional = Lapgan(LapganRecipe(size=8, widths=(4,), n_classes=3, hidden=8))
    assert conditional.labels(5).tolist() == [0, 1, 2, 0, 1]
    twos = torch.full((4,), 2)
    assert not torch.equal(conditional.sample(4), conditional.sample(4, label=twos))
    assert torch.equal(conditional.sample(4)[2], conditional.sample(4, label=twos)[2])
    with pytest.raises(ValueError, match=r"labels are \(3,\), they must be \(4,\)"):
        conditional.sample(4, label=twos[:3])
    with pytest.raises(ValueError, match="trained without"):
        Lapgan(SMALL).sample(4, label=twos)


def test_images_and_steps_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"images are \(1, 8, 8\).*size=16"):
        train_lapgan(stripes(size=8), SMALL, (1, 1, 1), progress=False)
    with pytest.raises(ValueError, match=r"got steps for 2 GANs, the sizes are \(4, 8, 16\)"):
        train_lapgan(stripes(), SMALL, (1, 1), progress=False)
    with pytest.raises(ValueError, match="3 levels below 28 pixels.*from 1 to 2"):
        LapganRecipe(size=28, widths=(8, 8, 8))


def test_the_hash_of_a_recipe_moves_with_its_numbers():
    assert LapganRecipe().hash() == LapganRecipe().hash() != LapganRecipe(generated=0.5).hash()
