# ---
# jupyter:
#   coursekit:
#     title: SRGAN, four times as large
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
# # 16 · SRGAN, four times as large: exercises
#
# **How a net makes an image larger, two ways to say how far it is from the truth, and a loss that would rather be sharp
# than safe.**
#
# The lecture is [16 · SRGAN, four times as large](../notebooks/16_srgan.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, conv2d, interpolate, softplus

from coursekit.checks import check
from coursekit.data.photographs import photo_patches
from coursekit.nets.dcgan import DCGANDiscriminator
from coursekit.plots.lines import draw_lines
from coursekit.plots.sheets import sheet
from coursekit.plots.style import new_figure, show, table

torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other


# %%
def most_detailed(patches, n):
    """The n of the patches (N, 3, size, size) with most of what a blur would take away."""
    detail = (patches - avg_pool2d(patches, 3, 1, 1)).square().mean((1, 2, 3))
    return patches[detail.topk(n).indices]


def shrink(x, factor=4):
    """The images at a fraction of their size, bicubic."""
    return interpolate(x, scale_factor=1 / factor, mode="bicubic", antialias=True)


def enlarge(x, factor=4):
    """The images at a multiple of their size, bicubic."""
    return interpolate(x, scale_factor=factor, mode="bicubic").clamp(-1, 1)


photographs = most_detailed(photo_patches(120, size=64, half="right", seed=1).floats(), 24)
shown = [0, 5, 9, 17, 6, 10]
some = photographs[shown]

# %% [markdown]
# ## 16.pixel_shuffle · difficulty 3 of 5 · 20 minutes · 2 points
#
# SRGAN works at the small size, where convolutions are cheap, and enlarges at the very end: $r^2$ channels of a small map
# become **one** channel of a map $r$ times as large. The $r^2$ numbers at a place fill its block of $r \times r$ pixels,
# row by row (Shi et al. 2016):
#
# $$ y_{n,\ c,\ hr + i,\ wr + j} = x_{n,\ c r^2 + i r + j,\ h,\ w}, \qquad i, j = 0, \dots, r - 1. $$
#
# torch calls it `pixel_shuffle`, and you may not: write it by hand.


# %%
def pixel_shuffle(x: Tensor, r: int) -> Tensor:
    """Maps (N, C r^2, H, W) as maps r times as large: (N, C, H r, W r), in torch's order of channels.

    `r` is at least 1. Raises ValueError where the number of channels is no multiple of r^2.
    Keeps the dtype and is part of the graph. Does not change `x`.
    """
    ### BEGIN SOLUTION
    n, channels, height, width = x.shape
    if channels % r**2:
        raise ValueError(f"{channels} channels make no blocks of {r} x {r} pixels")
    blocks = x.reshape(n, channels // r**2, r, r, height, width)
    return blocks.permute(0, 1, 4, 2, 5, 3).reshape(n, -1, height * r, width * r)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: six axes</summary>
#
# `x.reshape(n, c, r, r, h, w)` takes the channel axis apart into $c, i, j$. Nothing has moved yet.
#
# </details>
#
# <details><summary>Hint 2: the order before they are joined</summary>
#
# A row of the large map is $hr + i$: h runs slowly, i quickly, and they must be neighbours: $n, c, h, i, w, j$. `permute`
# brings them there, `reshape` joins them.
#
# </details>

# %%
shuffled = check("16.pixel_shuffle", pixel_shuffle)

# %% [markdown]
# **See it.** A photograph of 64 pixels is cut into 16 of 16 pixels: the first has every fourth pixel, each of the others
# starts a pixel further on. To shuffle is to put them together again. **Predict** what comes out if they are dealt in
# another order first, and what if all 16 are the first one.

# %%
photograph = some[3:4]
thumbnails = nn.functional.pixel_unshuffle(photograph, 4)  # (1, 3 * 16, 16, 16)
dealt = thumbnails.view(1, 3, 16, 16, 16)
orders = [torch.arange(16), torch.arange(16).flip(0), torch.zeros(16, dtype=torch.long)]
with torch.no_grad():
    put_together = [shuffled(dealt[:, :, order].flatten(1, 2), 4) for order in orders]
show(sheet(dealt[0].transpose(0, 1), 8, 3), "Sixteen thumbnails: 3 x 16 channels of one small map.")
show(
    sheet(torch.cat(put_together), 3, 3),
    "Shuffled: in the right order; dealt in reverse; sixteen times the first.",
)

# %% [markdown]
# A net must learn to fill the sixteen channels so that neighbours agree. Where it has not yet, the pattern of the middle
# picture shows: a grid of $r \times r$ pixels.

# %% [markdown]
# ## 16.psnr · difficulty 2 of 5 · 10 minutes · 2 points
#
# How far is an image $a$ from the truth $b$? The **peak signal-to-noise ratio** compares the mean squared error with the
# span of the pixels, which is 2 for pixels in $[-1, 1]$, in decibels:
#
# $$ \text{PSNR} = 10 \log_{10} \frac{2^2}{\text{MSE}}, \qquad \text{MSE} = \text{mean}\,(a - b)^2
#    \text{ over the pixels and channels of the image.} $$


# %%
def psnr(a: Tensor, b: Tensor) -> Tensor:
    """The PSNR in dB of each image of `a` against its partner in `b`: (N,); inf where they are equal.

    `a` and `b` (N, C, H, W) are float64 with pixels in [-1, 1]; pixels beyond count as they are.
    Each image has a mean, and a PSNR, of its own. Exact to 1e-9. Changes neither.
    """
    ### BEGIN SOLUTION
    mse = (a - b).square().mean((1, 2, 3))
    return 10 * torch.log10(4 / mse)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: check it in your head</summary>
#
# An error of 0.2 at each pixel has an MSE of 0.04, and 4 / 0.04 = 100: 20 dB.
#
# </details>

# %%
decibels = check("16.psnr", psnr)

# %% [markdown]
# **See it.** Four ways to spoil a photograph. **Predict** the order of their PSNR, and then which of the four you would
# rather have on the wall.

# %%
torch.manual_seed(0)
spoiled = {
    "blurred": avg_pool2d(nn.functional.pad(some, [2, 2, 2, 2], mode="replicate"), 5, 1),
    "noise": some + 0.12 * torch.randn_like(some),
    "shifted by a pixel": some.roll((1, 1), (2, 3)),
    "darker": some - 0.2,
}
rows = [
    [name, f"{decibels(x.double(), some.double()).mean():.1f} dB"] for name, x in spoiled.items()
]
show(
    sheet(torch.cat([some, *spoiled.values()]), 6),
    "Rows: original, " + ", ".join(spoiled) + ".",
)
table(["spoiled", "mean PSNR"], rows)

# %% [markdown]
# A shift by one pixel, which nobody sees, costs more than a blur that everybody does. PSNR compares pixel with pixel and
# knows nothing else: that is why SRGAN looks for another distance.

# %% [markdown]
# ## 16.content_loss · difficulty 3 of 5 · 15 minutes · 2 points
#
# That other distance compares **features** $\phi$: what a layer of a trained net makes of the image. With $\hat x$ the
# image that $G$ made and $x$ the real one,
#
# $$ L_\text{content} = \text{mean}\,\bigl(\phi(\hat x) - \phi(x)\bigr)^2. $$
#
# $\phi(x)$ is a **target**, a constant: all that may move is $\hat x$.


# %%
def content_loss(features: Callable, sr: Tensor, hr: Tensor) -> Tensor:
    """The mean squared difference of features(sr) and features(hr) over everything: one number.

    `features` maps images (N, C, H, W) to a tensor (N, ...) of any shape: a net in eval mode or a
    plain function. `sr` and `hr` are images of one shape. The slope goes back through features(sr);
    none goes through features(hr), neither to `hr` nor to the weights of `features`.
    Leaves `features` as it is and changes no argument. Exact to 1e-9 for float64.
    """
    ### BEGIN SOLUTION
    target = features(hr).detach()
    return (features(sr) - target).square().mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: a target</summary>
#
# `features(hr).detach()`, or `with torch.no_grad():` around `features(hr)` and around nothing else.
#
# </details>

# %%
content = check("16.content_loss", content_loss)

# %% [markdown]
# **See it.** For features without a training, take what the first layers of most nets find: edges. Four filters, the
# absolute value, and the mean over neighbourhoods of $8 \times 8$ pixels, so that it counts whether there is an edge and
# not where to the pixel. **Predict** the new order of the four.

# %%
edges = torch.tensor([[[0, 0], [-1, 1]], [[0, -1], [0, 1]], [[-1, 0], [0, 1]], [[0, -1], [1, 0.0]]])


def edge_features(x):
    """Strength of the edges in four directions, in each colour: (N, 12, H / 8, W / 8)."""
    maps = conv2d(x, edges.repeat(3, 1, 1)[:, None], padding=1, groups=3)[..., :-1, :-1]
    return avg_pool2d(maps.abs(), 8)


# %%
rows = []
for name, x in spoiled.items():
    in_db = decibels(x.double(), some.double()).mean()
    rows.append([name, f"{in_db:.1f} dB", f"{1000 * content(edge_features, x, some):.2f}"])
table(
    ["spoiled", "mean PSNR (more is better)", "1000 x content loss (less is better)"],
    rows,
    "Now the shift is cheap and the blur is the worst; darkness, which has no edges, costs next to nothing.",
)

# %% [markdown]
# Every distance is blind to something. The lecture's features come from trained nets, whose later layers see more than
# edges.

# %% [markdown]
# ## 16.total_variation · difficulty 1 of 5 · 10 minutes · 1 point
#
# A weak wish for smoothness: what neighbours differ by, in each direction.
#
# $$ \text{TV}(x) = \text{mean}\,\lvert x_{i+1,\,j} - x_{ij} \rvert + \text{mean}\,\lvert x_{i,\,j+1} - x_{ij} \rvert $$
#
# Absolute values and not squares: an edge of height 1 costs the same as a ramp of height 1, so edges may stay.


# %%
def total_variation(x: Tensor) -> Tensor:
    """Mean |difference of rows| + mean |difference of columns|, each over its own differences.

    `x` (N, C, H, W) with H and W at least 2; neighbours are within the image. One number, part of
    the graph. Exact to 1e-9 for float64. Does not change `x`.
    """
    ### BEGIN SOLUTION
    down = x[:, :, 1:] - x[:, :, :-1]
    right = x[:, :, :, 1:] - x[:, :, :, :-1]
    return down.abs().mean() + right.abs().mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: neighbours</summary>
#
# `x[:, :, 1:]` is all rows but the first, `x[:, :, :-1]` all but the last: their difference has H - 1 rows.
#
# </details>

# %%
variation = check("16.total_variation", total_variation)

# %% [markdown]
# **See it.** Noise has much variation. Start from a noisy photograph and go down
# $\text{mean}\,(x - \text{noisy})^2 + \lambda\, \text{TV}(x)$ by the slope of your function. **Predict** what a large
# $\lambda$ does to a photograph.


# %%
def smoothed(noisy, weight, n_steps=120):
    """The images that minimise the squared distance from `noisy` plus weight * TV."""
    x = noisy.clone().requires_grad_()
    adam = torch.optim.Adam([x], lr=0.02)
    for _ in range(n_steps):
        loss = (x - noisy).square().mean() + weight * variation(x)
        adam.zero_grad()
        loss.backward()
        adam.step()
    return x.detach()


# %%
torch.manual_seed(1)
noisy = some + 0.25 * torch.randn_like(some)
weights = [0.15, 0.6, 3]
images = [some, noisy, *(smoothed(noisy, weight) for weight in weights)]
names = ["original", "noisy", *(f"lambda = {weight:g}" for weight in weights)]
show(sheet(torch.cat(images), 6), "Rows: " + "; ".join(names) + ".")
table(
    ["image", "TV", "PSNR"],
    [
        [name, f"{variation(x):.3f}", f"{decibels(x.double(), some.double()).mean():.1f} dB"]
        for name, x in zip(names, images, strict=True)
    ],
)

# %% [markdown]
# Edges stay where leaves and grain go: total variation cannot tell texture from noise. SRGAN gives it next to no weight.

# %% [markdown]
# ## 16.perceptual_loss · difficulty 2 of 5 · 10 minutes · 2 points
#
# The whole of $G$'s loss in SRGAN (Ledig et al. 2017, eq. 3): stay near the truth, and look real to $D$.
#
# $$ L_G = L_\text{content} + w \cdot \text{mean}\,\bigl(-\log D(\hat x)\bigr), \qquad D = \sigma(s), \qquad w = 10^{-3} $$


# %%
def perceptual_loss(content: Tensor, fake_scores: Tensor, weight: float = 1e-3) -> Tensor:
    """content + weight * mean(-log D) in nats: one number, part of the graph of both.

    `content` is one number, the content loss. `fake_scores` are D's raw scores of the images that G
    made, any finite numbers in any shape: (N,), (N, 1), or a map. `weight` >= 0. The value and its
    slope are right at scores of +-100 and beyond. Changes no argument.
    """
    ### BEGIN SOLUTION
    return content + weight * softplus(-fake_scores).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: a logarithm that stays finite</summary>
#
# $-\log \sigma(s) = \operatorname{softplus}(-s)$.
#
# </details>

# %%
perceptual = check("16.perceptual_loss", perceptual_loss)

# %% [markdown]
# **See it.** Why is SRResNet blurred? Take one pixel of a stripe: from the small image nobody can tell whether it is
# black (-1) or white (+1). $G$ has to answer with one number $g$. Averaged over both truths, the squared error is
# $(g^2 + 1)$. A $D$ that has seen real pixels gives high scores near black and near white. **Predict** the best answer
# for weight 0, and what happens as the weight grows.

# %%
answers = torch.linspace(-1.6, 1.6, 161, dtype=torch.float64)
real = sum(torch.exp(-((answers - truth) ** 2) / (2 * 0.35**2)) for truth in (-1, 1))
scores = torch.log(real) + 1  # D's score of a pixel g: high where real pixels are
curves = {}
for weight in (0, 0.1, 1):
    losses = [perceptual(g**2 + 1, s[None], weight) for g, s in zip(answers, scores, strict=True)]
    curves[f"w = {weight:g}"] = torch.stack(losses)
figure = new_figure(6.5, 3.2)
axis = figure.subplots()
draw_lines(axis, answers, curves, "G's answer g", "$L_G$")
for losses in curves.values():
    best = losses <= losses.min() + 1e-9
    axis.plot(answers[best], losses[best], "o", color="black", markersize=6, zorder=3)
show(
    figure,
    "Dots: the best answers. Weight 0 says grey; the larger the weight, the nearer to black or white.",
)

# %% [markdown]
# That is the whole trade: the decided answer is wrong half of the time, which costs PSNR, and looks like a stripe, which
# the grey does not.

# %% [markdown]
# ## 16.ResidualBlock · difficulty 3 of 5 · 20 minutes · 3 points
#
# The body of SRGAN's generator is a row of blocks, each of which adds a correction to what it gets:
#
# $$ x \;\to\; x + \text{BN}(\text{conv}(\text{PReLU}(\text{BN}(\text{conv}(x))))). $$
#
# **PReLU** lets a share of what is below 0 through, and learns the share. Nothing stands behind the sum: $x$ reaches the
# end of any number of blocks unbent, and the slope reaches the first layer.


# %%
class ResidualBlock(nn.Module):
    """Maps (N, width, H, W) -> maps of the same shape: x plus its correction.

    Made of torch.nn's layers: two convolutions of kernel 3 that keep the size and have `width`
    channels in and out, each followed by a batch norm of its own; one PReLU between the two halves.
    In eval mode N may be 1. No other layers. Does not change `x`.
    """

    def __init__(self, width: int):
        ### BEGIN SOLUTION
        super().__init__()
        first = [nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.PReLU()]
        second = [nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width)]
        self.layers = nn.Sequential(*first, *second)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        return x + self.layers(x)
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: five layers and a plus</summary>
#
# `nn.Conv2d(width, width, 3, padding=1)` keeps the size; `nn.PReLU()` has one learned number. Put the five into an
# `nn.Sequential`, and let `forward` add x to what they give.
#
# </details>

# %%
Block = check("16.ResidualBlock", ResidualBlock)

# %% [markdown]
# **See it.** All six at work. A small generator of your blocks is enlarged by your shuffle and adds its correction to the
# bicubic image. The last convolution starts at 0, so the net starts as bicubic: whatever it does better, it has learned.


# %%
class SuperResolver(nn.Module):
    """Images at a quarter of their size (N, 3, h, w) -> (N, 3, 4 h, 4 w)."""

    def __init__(self, width=16, n_blocks=3):
        super().__init__()
        self.head = nn.Sequential(nn.Conv2d(3, width, 3, padding=1), nn.PReLU())
        self.blocks = nn.Sequential(*(Block(width) for _ in range(n_blocks)))
        self.up = nn.ModuleList(nn.Conv2d(width, 4 * width, 3, padding=1) for _ in range(2))
        self.last = nn.Conv2d(width, 3, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, low):
        h = self.head(low)
        h = h + self.blocks(h)
        for layer in self.up:
            h = shuffled(layer(h), 2).relu()
        return enlarge(low) + self.last(h)


# %%
# From the left halves of the photographs; the images that are shown come from the right halves.
train = most_detailed(photo_patches(480, size=32, seed=2).floats(), 240)


def batch(n=8):
    hr = train[torch.randint(len(train), (n,))]
    return shrink(hr), hr


def turn(adam, loss):
    adam.zero_grad()
    loss.backward()
    adam.step()


# %% [markdown]
# Two trainings, one after the other: on the squared error of pixels, as SRResNet's, then with content and adversarial
# loss, as SRGAN's.


# %%
def learn_pixels(G, n_steps, lr=2e-3):
    adam = torch.optim.Adam(G.parameters(), lr)
    for step in range(n_steps):
        adam.param_groups[0]["lr"] = lr * (1 - step / n_steps)
        low, hr = batch()
        turn(adam, (G(low) - hr).square().mean())


def learn_to_look_real(G, D, n_steps, weight=3e-3):
    g_adam, d_adam = (torch.optim.Adam(net.parameters(), 1e-3, (0.5, 0.999)) for net in (G, D))
    for _ in range(n_steps):
        low, hr = batch()
        sr = G(low)
        turn(d_adam, softplus(-D(hr)).mean() + softplus(D(sr.detach())).mean())
        near = content(edge_features, sr, hr) + 0.3 * (sr - hr).square().mean()
        turn(g_adam, perceptual(near, D(sr), weight))


# %% [markdown]
# **Predict** which of the two is ahead in decibels, and which in content loss.

# %%
torch.manual_seed(0)
G = SuperResolver()
low = shrink(photographs)
upscaled = {"bicubic": enlarge(low)}
learn_pixels(G, 250)
with torch.no_grad():
    upscaled["squared error"] = G.eval()(low)

# %%
learn_to_look_real(G.train(), DCGANDiscriminator(32, 3, 16), 100)
with torch.no_grad():
    upscaled["SRGAN"] = G.eval()(low)

# %% [markdown]
# What came of it, on photographs that no net has seen:

# %%
rows = []
for name, x in upscaled.items():
    in_db = decibels(x.double(), photographs.double()).mean()
    rows.append([name, f"{in_db:.2f} dB", f"{1000 * content(edge_features, x, photographs):.2f}"])
columns = torch.cat([*(x[shown] for x in upscaled.values()), some])
show(sheet(columns, 6), "Rows: " + ", ".join(upscaled) + ", original. None was trained on.")
table(["enlarged four times", "mean PSNR", "1000 x content loss"], rows)

# %% [markdown]
# The squared error gains half a decibel on bicubic and a little sharpness. The adversarial part gives the decibels back
# for grain: more like leaves, though not like these leaves, and some of it only the grid of the shuffle. The lecture trains
# longer, on better features, and measures what is gained.
