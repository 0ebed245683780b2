# ---
# jupyter:
#   coursekit:
#     title: LAPGAN, from coarse to fine
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 · LAPGAN, from coarse to fine: exercises
#
# **An image taken apart into a coarse one and what is lost at each halving, put together again without a loss, and a
# generator that learns to invent what was lost.**
#
# The lecture is [10 · LAPGAN, from coarse to fine](../notebooks/10_lapgan.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from coursekit.checks import check
from coursekit.data.images import load_images
from coursekit.data.streams import Batches, Latent, uniform
from coursekit.fit import fit
from coursekit.plots.sheets import sheet
from coursekit.plots.style import show, table
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other
garments = load_images("fashion-mnist-embedded", device="cpu")
some = garments.floats(slice(0, 12))  # (12, 1, 28, 28) in [-1, 1]


def blocks(x, size=28):
    """The images at `size` pixels, each pixel repeated: to show small ones beside large ones."""
    return x.repeat_interleave(size // x.shape[-1], 2).repeat_interleave(size // x.shape[-1], 3)


# %% [markdown]
# ## 10.downsample · difficulty 1 of 5 · 5 minutes · 1 point
#
# Half the size: each pixel of the small image is the mean of a block of $2 \times 2$. Taking every second pixel instead
# would let fine stripes win or vanish by chance.
#
# $$ d(x)_{ij} = \tfrac14\,(x_{2i,\,2j} + x_{2i,\,2j+1} + x_{2i+1,\,2j} + x_{2i+1,\,2j+1}) $$


# %%
def downsample(x: Tensor) -> Tensor:
    """Images (N, C, H, W) at half their size: (N, C, H/2, W/2), the mean of each 2 x 2 block.

    Raises ValueError where H or W is odd. Does not change `x`. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    height, width = x.shape[2:]
    if height % 2 or width % 2:
        raise ValueError(f"{height} x {width} pixels cannot be halved: both sides must be even")
    return avg_pool2d(x, 2)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: two ways</summary>
#
# `x[:, :, ::2, ::2]` is the upper left pixel of each block, and the other three are slices, too. Or `avg_pool2d(x, 2)`.
#
# </details>

# %%
small = check("10.downsample", downsample)

# %% [markdown]
# **See it.** Twelve garments at 28, 14 and 7 pixels. **Predict** down to which size you can tell a shirt from a coat.

# %%
sizes = [some, small(some), small(small(some))]
show(sheet(torch.cat([blocks(x) for x in sizes]), 12), "28, 14 and 7 pixels a side.")

# %% [markdown]
# ## 10.upsample · difficulty 1 of 5 · 5 minutes · 1 point
#
# Twice the size, **bilinear**. Pixels are areas: the centres of the new ones lie a quarter of an old pixel to both
# sides of the old centre, so that in each direction a new pixel is $\tfrac34$ its old one and $\tfrac14$ the next
# neighbour. Beyond the border the border pixel is repeated.


# %%
def upsample(x: Tensor) -> Tensor:
    """Images (N, C, H, W) at twice their size: (N, C, 2H, 2W), bilinear.

    As torch has it with align_corners=False. Does not change `x`. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: torch has it</summary>
#
# `interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)`.
#
# </details>

# %%
large = check("10.upsample", upsample)

# %% [markdown]
# **See it.** From 7 pixels back to 28. **Predict** what is missing.

# %%
back = large(large(sizes[2]))
show(
    sheet(torch.cat([some, back]), 12),
    "Above: the images; below: all that their 7 x 7 pixels tell.",
)

# %% [markdown]
# ## 10.laplacian_pyramid · difficulty 3 of 5 · 15 minutes · 2 points
#
# What is missing is the difference, and it can be kept. With $I_0 = x$ and $I_{k+1} = d(I_k)$,
#
# $$ h_k = I_k - u(I_{k+1}), \qquad k = 0, \dots, K - 1, $$
#
# where $d$ is `downsample` and $u$ is `upsample`. The pyramid is $[h_0, \dots, h_{K-1}, I_K]$: fine to coarse, the coarse
# image last.


# %%
def laplacian_pyramid(x: Tensor, n_levels: int) -> list[Tensor]:
    """[h_0, ..., h_{n_levels - 1}, coarse] of images (N, C, H, W): h_k has the sides H / 2^k, W / 2^k.

    `x` is float64; with n_levels = 0 the pyramid is [x]. Raises ValueError where H or W cannot be
    halved n_levels times. downsample and upsample are those of the two exercises above.
    Does not change `x`. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    if any(side % 2**n_levels for side in x.shape[2:]):
        raise ValueError(f"{tuple(x.shape[2:])} pixels cannot be halved {n_levels} times")
    pyramid = []
    for _ in range(n_levels):
        coarse = avg_pool2d(x, 2)
        low = interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
        pyramid.append(x - low)
        x = coarse
    return [*pyramid, x]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: one level</summary>
#
# Halve the image, enlarge the half again, keep the difference, and go on with the half.
#
# </details>

# %%
pyramid_of = check("10.laplacian_pyramid", laplacian_pyramid)

# %% [markdown]
# **See it.** The residuals of the garments (grey is 0), and the size of what each part holds. **Predict** which has the
# larger numbers, $h_0$ or $h_1$.

# %%
parts = pyramid_of(some.double(), 2)
show(sheet(torch.cat([blocks(x) for x in parts]), 12), "$h_0$, $h_1$ and the coarse images.")
names = ["$h_0$, 28 pixels", "$h_1$, 14 pixels", "coarse, 7 pixels"]
rms = [[name, f"{x.square().mean().sqrt():.3f}"] for name, x in zip(names, parts, strict=True)]
table(["part", "root of the mean square"], rms)

# %% [markdown]
# ## 10.reconstruct · difficulty 2 of 5 · 10 minutes · 2 points
#
# The way back adds what was taken away, from coarse to fine:
#
# $$ I_k = u(I_{k+1}) + h_k. $$
#
# Nothing was lost on the way, so the image comes back exactly, whatever $d$ and $u$ are.


# %%
def reconstruct(pyramid: list[Tensor]) -> Tensor:
    """The images (N, C, H, W) whose Laplacian pyramid this is, exact up to rounding (1e-9).

    `pyramid` is [h_0, ..., coarse], fine to coarse, float64, of length 1 or more: that of an image,
    or any tensors of such shapes, the pixels beyond [-1, 1] included. Do not change the list.
    """
    ### BEGIN SOLUTION
    *residuals, x = pyramid
    for residual in reversed(residuals):
        x = interpolate(x, scale_factor=2, mode="bilinear", align_corners=False) + residual
    return x
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: from the end</summary>
#
# `*residuals, x = pyramid` takes the list apart without changing it, and `reversed(residuals)` runs from coarse to fine.
#
# </details>

# %%
rebuilt = check("10.reconstruct", reconstruct)

# %% [markdown]
# **See it.** The garments rebuilt from all parts, without $h_0$, without $h_1$, and with the $h_0$ of their neighbour.
# **Predict** which of the last three disturbs most.

# %%
fine, middle, coarse_images = parts
others = {
    "all": parts,
    "no $h_0$": [0 * fine, middle, coarse_images],
    "no $h_1$": [fine, 0 * middle, coarse_images],
    "the neighbour's $h_0$": [fine.roll(1, 0), middle, coarse_images],
}
images = {name: rebuilt(pyramid) for name, pyramid in others.items()}
show(sheet(torch.cat(list(images.values())), 12), "Row by row: " + "; ".join(others) + ".")
errors = [[name, f"{(x - some).square().mean().sqrt():.1e}"] for name, x in images.items()]
table(["parts", "error (root of the mean square)"], errors)

# %% [markdown]
# ## 10.LevelGenerator · difficulty 3 of 5 · 20 minutes · 3 points
#
# Now invent what was lost. One level of LAPGAN is a conditional generator: it sees $l = u(\text{coarser image})$ and
# noise $z$, one number a pixel, which joins the image as **one more plane**; and it returns a residual of the image's
# size, $\hat h = G(z, l)$. A residual has both signs and no bound: no tanh.


# %%
class LevelGenerator(nn.Module):
    """(z, low) -> residual (N, channels, size, size), which is to be added to low.

    `z` (N, size * size) is a plane of noise, row by row; `low` is (N, channels, size, size). The
    first convolution sees both; two or more hidden ones have `width` channels at full size, batch
    norm and ReLU; the last one makes the residual. Made of torch.nn's layers.
    """

    def __init__(self, size: int, channels: int, width: int):
        ### BEGIN SOLUTION
        super().__init__()
        first = [nn.Conv2d(channels + 1, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
        second = [nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
        self.layers = nn.Sequential(*first, *second, nn.Conv2d(width, channels, 3, padding=1))
        ### END SOLUTION

    def forward(self, z: Tensor, low: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        plane = z.view(len(z), 1, *low.shape[2:])
        return self.layers(torch.cat([plane, low], 1))
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: one more plane</summary>
#
# `z.view(len(z), 1, size, size)` and `torch.cat([..., low], 1)`: channels + 1 go into the first convolution.
#
# </details>
#
# <details><summary>Hint 2: full size</summary>
#
# `nn.Conv2d(a, b, 3, padding=1)` keeps the size.
#
# </details>

# %%
Level = check("10.LevelGenerator", LevelGenerator)

# %% [markdown]
# **See it.** A short game on one level, 7 to 14 pixels: $D$ sees the **sum** of low and residual, as the paper has it.
# What the batches hold are the real residuals and lows of garments.


# %%
class LevelDetective(nn.Module):
    """(residual, low) -> scores of the image low + residual."""

    def __init__(self, size, width=16):
        super().__init__()
        first = [nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        second = [nn.Conv2d(width, 2 * width, 4, 2, 1), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*first, *second, nn.Flatten(), nn.LazyLinear(1))
        self.layers(torch.zeros(1, 1, size, size))

    def forward(self, residual, low):
        return self.layers(low + residual)


# %%
def play_level(size, n_steps, width=16, batch_size=32):
    """A LevelGenerator for `size` pixels after a game on real residuals, in eval mode."""

    def draw(n, generator):
        x = garments.floats(torch.randint(len(garments), (n,), generator=generator))
        while x.shape[-1] > size:
            x = small(x)
        low = large(small(x))
        return x - low, low

    torch.manual_seed(size)
    G, D = Level(size, 1, width), LevelDetective(size)
    adams = [torch.optim.Adam(net.parameters(), 1e-3, (0.5, 0.999)) for net in (G, D)]
    step = adversarial(Game(G, D, *adams, Latent(size**2, seed=1, draw=uniform)))
    fit(step, Batches(draw, batch_size, seed=2), n_steps, progress=False)
    return G.eval()


# %% [markdown]
# **Predict**: with the same low and another $z$, how much of the image will change?

# %%
middle_level = play_level(14, 120)
low = large(small(small(some)))
with torch.no_grad():
    first, second = (low + middle_level(2 * torch.rand(12, 14 * 14) - 1, low) for _ in range(2))
rows = [blocks(x) for x in (low, first, second, small(some))]
show(sheet(torch.cat(rows), 12), "Low; low with two invented residuals; the real image.")

# %% [markdown]
# The noise moves the grain and leaves the shape alone: that is what low fixes. A game this short leaves grain where the
# real images are smooth.

# %% [markdown]
# ## 10.sample_lapgan · difficulty 3 of 5 · 20 minutes · 3 points
#
# The whole chain: a coarse image from noise, then at each level enlarge, invent what is missing, add it:
#
# $$ \tilde I_K = G_K(z_K), \qquad \tilde I_k = u(\tilde I_{k+1}) + G_k\bigl(z_k,\ u(\tilde I_{k+1})\bigr). $$
#
# The lecture's function is given the coarse images and the noise; yours draws both, and each net has noise of its own.
# Nobody learns here.


# %%
def sample_lapgan(
    coarse: nn.Module, levels: list[nn.Module], latents: list[Callable], n: int
) -> Tensor:
    """n images (n, C, size, size) of the chain, coarse to fine; not clipped.

    `coarse(z)` makes the coarse images; each level, in the order of the list, a residual
    `level(z, low)` for low = upsample(images so far), bilinear, and the images become low + residual.
    The noise of the coarse net is `latents[0](n)`, that of the k-th level `latents[k](n)`, k from 1,
    each drawn once. All nets run in eval mode and build no graph. `levels` may be empty.
    """
    ### BEGIN SOLUTION
    for net in (coarse, *levels):
        net.eval()
    with torch.no_grad():
        x = coarse(latents[0](n))
        for level, latent in zip(levels, latents[1:], strict=True):
            low = interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = low + level(latent(n), low)
    return x
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: pairs</summary>
#
# `zip(levels, latents[1:], strict=True)` gives each level its noise.
#
# </details>
#
# <details><summary>Hint 2: eval mode, no graph</summary>
#
# `net.eval()` on each net, and `with torch.no_grad():` around the rest.
#
# </details>

# %%
chain = check("10.sample_lapgan", sample_lapgan)

# %% [markdown]
# **See it.** For the coarse images, 49 pixels, no game is needed: a normal distribution with their mean and covariance.
# A second level goes from 14 to 28 pixels. **Predict** where the chain will fail: in the shapes, or in the detail?


# %%
class Gaussian(nn.Module):
    """Noise (N, 49) -> images of 7 x 7 pixels with the mean and the covariance of x."""

    def __init__(self, x):
        super().__init__()
        self.mean = x.flatten(1).mean(0)
        values, vectors = torch.linalg.eigh(x.flatten(1).T.cov())
        self.root = vectors * values.clamp(min=0).sqrt()

    def forward(self, z):
        return (self.mean + z @ self.root.T).view(-1, 1, 7, 7)


# %%
coarse = Gaussian(small(small(garments.floats())))
levels = [middle_level, play_level(28, 100, width=8, batch_size=16)]
latents = [Latent(49, 4), Latent(14 * 14, 5, draw=uniform), Latent(28 * 28, 6, draw=uniform)]
samples = [chain(coarse, levels[:k], latents[: k + 1], 12) for k in range(3)]
fed = small(some)
for_real = large(fed) + levels[1](latents[2](12), large(fed)).detach()
rows = [*(blocks(x) for x in samples), for_real]
show(
    sheet(torch.cat(rows), 12), "Chains of 0, 1 and 2 levels; below: the last level on real images."
)

# %% [markdown]
# The detail is plausible where the coarse image is; on real coarse images the same level does better. It was trained on
# those, and never saw a generated one: that gap is the weak point of LAPGAN, and the lecture measures it.
