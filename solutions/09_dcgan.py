# ---
# jupyter:
#   coursekit:
#     title: DCGAN, guideline by guideline
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
# # 09 · DCGAN, guideline by guideline: exercises
#
# **A convolution run backwards, the pair of nets that made GANs work on images, and what their latent space and their
# detective have learned.**
#
# The lecture is [09 · DCGAN, guideline by guideline](../notebooks/09_dcgan.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_max_pool2d

from coursekit.checks import check
from coursekit.data.images import load_images
from coursekit.data.streams import Latent
from coursekit.fit import fit
from coursekit.plots.lines import draw_lines
from coursekit.plots.sheets import sheet
from coursekit.plots.style import new_figure, show, table
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other
garments = load_images("fashion-mnist-embedded", device="cpu")

# %% [markdown]
# ## 09.output_size · difficulty 1 of 5 · 5 minutes · 1 point
#
# A **transposed convolution** goes the way of a convolution backwards: each of the $n$ pixels of a row stamps a kernel of
# $k$ pixels, the stamps lie $s$ pixels apart, and $p$ pixels are cut off at both ends. How many are left?
#
# $$ n' = (n - 1)\, s + k - 2p $$


# %%
def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """Pixels a side that a transposed convolution makes of `size` pixels a side.

    `size`, `kernel` and `stride` are at least 1, `padding` at least 0. Raises ValueError where the
    result would be below 1.
    """
    ### BEGIN SOLUTION
    side = (size - 1) * stride + kernel - 2 * padding
    if side < 1:
        raise ValueError(f"nothing is left of {size} pixels: padding {padding} is too large")
    return side
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: where do the stamps begin?</summary>
#
# At 0, s, 2s, ..., (n - 1) s. The last one ends k pixels further on.
#
# </details>

# %%
side = check("09.output_size", output_size)

# %% [markdown]
# **See it.** Which settings double an image exactly? **Predict** first.

# %%
rows = []
for kernel, stride, padding in ((2, 2, 0), (3, 2, 1), (4, 2, 1), (5, 2, 2), (7, 1, 0)):
    sizes = [str(side(n, kernel, stride, padding)) for n in (1, 7, 14)]
    rows.append([kernel, stride, padding, *sizes])
table(["kernel", "stride", "padding", "1 becomes", "7 becomes", "14 becomes"], rows)

# %% [markdown]
# Kernel 4, stride 2, padding 1 doubles, and so does kernel 2 without padding; the odd kernels miss by one pixel. Kernel 7
# turns one pixel into a map of 7 x 7: that is how a generator begins.

# %% [markdown]
# ## 09.conv_transpose2d · difficulty 4 of 5 · 25 minutes · 3 points
#
# The same with numbers. The pixel $x_{ncij}$ multiplies the kernels $w_c$ of its channel, and the stamp is **added** to
# the output at row $is$, column $js$; last, $p$ pixels are cut off all four edges:
#
# $$ y_{n\,o\,(is + u - p)\,(js + v - p)} \mathrel{+}= \sum_c x_{n c i j}\, w_{c o u v}. $$
#
# torch calls it `conv_transpose2d`, and you may not: write it by hand.


# %%
def conv_transpose2d(x: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """The transposed convolution (N, C_out, H', W'), without bias: part of the graph.

    `x` (N, C_in, H, W) and `weight` (C_in, C_out, k, k), as torch has it, are float64.
    H' = (H - 1) stride + k - 2 padding >= 1, and likewise W'. The slope goes back to both.
    Changes no argument. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    n, _, height, width = x.shape
    k = weight.shape[-1]
    stamps = torch.einsum("ncij,couv->noijuv", x, weight)
    full = [(length - 1) * stride + k for length in (height, width)]
    out = x.new_zeros(n, weight.shape[1], *full)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            out[:, :, top : top + k, left : left + k] += stamps[:, :, i, j]
    return out[:, :, padding : full[0] - padding, padding : full[1] - padding]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: all stamps at once</summary>
#
# `torch.einsum("ncij,couv->noijuv", x, weight)` holds for each pixel its stamp, summed over the input channels.
#
# </details>
#
# <details><summary>Hint 2: where do they go?</summary>
#
# Start with zeros of the size before the cut, two loops over i and j, and `+=` on a slice of k x k pixels. Cut with a
# slice, too: `padding : full - padding` is right for padding 0 as well, which `padding : -padding` is not.
#
# </details>

# %%
stamped = check("09.conv_transpose2d", conv_transpose2d)

# %% [markdown]
# **See it.** Put in a map of ones, with a kernel of ones: how many stamps fall on each pixel? **Predict** for which of
# the two kernels they are spread evenly.

# %%
figure = new_figure(6.5, 2.9)
ones = torch.ones(1, 1, 8, 8, dtype=torch.float64)
for axis, (k, padding) in zip(figure.subplots(1, 2), ((3, 1), (4, 1)), strict=True):
    counts = stamped(ones, torch.ones(1, 1, k, k, dtype=torch.float64), 2, padding)[0, 0]
    drawn = axis.imshow(counts, cmap="gray", vmin=0, vmax=4)
    axis.set_title(f"kernel {k}, stride 2, padding {padding}", fontsize=11, loc="left")
    axis.set(xlabel="column", ylabel="row", xticks=[], yticks=[])
figure.colorbar(drawn, ax=figure.axes, label="stamps on a pixel", ticks=[0, 1, 2, 3, 4])
show(
    figure,
    "A kernel that the stride does not divide counts pixels unevenly: checkerboards in samples.",
)

# %% [markdown]
# ## 09.DCGANGenerator · difficulty 3 of 5 · 20 minutes · 3 points
#
# The guidelines of the paper for $G$: no hidden dense layer, transposed convolutions of stride 2 instead of fixed
# upsampling, batch norm and **ReLU** after every layer but the last, and **tanh** at the end, without batch norm.
# For 28 pixels and width $w$:
#
# $$ z \to 2w \times 7 \times 7 \to w \times 14 \times 14 \to C \times 28 \times 28. $$


# %%
class DCGANGenerator(nn.Module):
    """Noise (N, latent) -> images (N, channels, size, size) in [-1, 1].

    Made of torch.nn's layers. `size` is 28, 32 or 64: the first map, straight from z, has size // 4
    pixels a side, or less, and each layer of stride 2 doubles it. The map before the last layer has
    `width` channels; each map at half that size twice as many. In eval mode N may be 1.
    No other layers: no dropout, say.
    """

    def __init__(self, size: int, channels: int, latent: int, width: int):
        ### BEGIN SOLUTION
        super().__init__()
        wide = 2 * width
        first = [nn.ConvTranspose2d(latent, wide, size // 4), nn.BatchNorm2d(wide), nn.ReLU()]
        second = [nn.ConvTranspose2d(wide, width, 4, 2, 1), nn.BatchNorm2d(width), nn.ReLU()]
        last = [nn.ConvTranspose2d(width, channels, 4, 2, 1), nn.Tanh()]
        self.layers = nn.Sequential(*first, *second, *last)
        ### END SOLUTION

    def forward(self, z: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        return self.layers(z[:, :, None, None])
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: from z to the first map</summary>
#
# `z[:, :, None, None]` is a map of one pixel, and `nn.ConvTranspose2d(latent, 2 * width, size // 4)` makes size // 4
# pixels a side of it. A dense layer from z and a reshape are the same thing, and as good.
#
# </details>
#
# <details><summary>Hint 2: doubling</summary>
#
# `nn.ConvTranspose2d(a, b, 4, 2, 1)` doubles the map. `nn.BatchNorm2d(b)` comes before `nn.ReLU()`. `__init__` begins
# with `super().__init__()`.
#
# </details>

# %%
Generator = check("09.DCGANGenerator", DCGANGenerator)

# %% [markdown]
# **See it.** What comes out of a generator that has learned nothing, and how many numbers would it learn? **Predict**:
# with twice the width, how many times as many?

# %%
torch.manual_seed(0)
nets = {w: Generator(28, 1, 32, w) for w in (8, 16, 32)}
with torch.no_grad():
    untrained = nets[16](torch.randn(8, 32))
rows = [[w, f"{sum(p.numel() for p in net.parameters()):,}"] for w, net in nets.items()]
table(["width", "parameters"], rows)
show(sheet(untrained, 8), "Eight untrained images: noise, enlarged twice.")

# %% [markdown]
# ## 09.DCGANDiscriminator · difficulty 3 of 5 · 20 minutes · 3 points
#
# The guidelines for $D$: strided convolutions instead of pooling, **LeakyReLU** with slope 0.2 everywhere, batch norm
# after every convolution but the first and the last, and one raw score at the end:
#
# $$ C \times 28 \times 28 \to w \times 14 \times 14 \to 2w \times 7 \times 7 \to 1. $$


# %%
class DCGANDiscriminator(nn.Module):
    """Images (N, channels, size, size) -> raw scores (N, 1).

    Made of torch.nn's layers. `size` is 28, 32 or 64. Layers of stride 2 halve the map, at least
    twice, and the last layer makes the score of what is left. The map at size / 2 pixels has
    `width` channels; each map at half that size twice as many. In eval mode N may be 1.
    No other layers: no dropout, say.
    """

    def __init__(self, size: int, channels: int, width: int):
        ### BEGIN SOLUTION
        super().__init__()
        wide = 2 * width
        first = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        second = [nn.Conv2d(width, wide, 4, 2, 1), nn.BatchNorm2d(wide), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*first, *second, nn.Conv2d(wide, 1, size // 4), nn.Flatten())
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        return self.layers(x)
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: halving</summary>
#
# `nn.Conv2d(a, b, 4, 2, 1)` halves the map: 28 to 14, 14 to 7.
#
# </details>
#
# <details><summary>Hint 2: the score</summary>
#
# A convolution with a kernel as large as the map that is left gives one number; `flatten(1)` makes (N, 1) of it. A dense
# layer on the flat map is the same thing, and as good. No sigmoid: it is in the loss.
#
# </details>

# %%
Discriminator = check("09.DCGANDiscriminator", DCGANDiscriminator)

# %% [markdown]
# **See it.** How much of the image has a say in one entry of the second map? The gradient of that entry by the pixels
# shows it. **Predict** its width: a kernel of 4, stride 2, on a kernel of 4, stride 2.


# %%
def seen_by(D, x, which=1):
    """The pixels (H, W) that change the middle entry of a convolution's map: 1, else 0."""
    convolutions = [layer for layer in D.modules() if isinstance(layer, nn.Conv2d)]
    maps = []
    handle = convolutions[which].register_forward_hook(lambda layer, came, out: maps.append(out))
    x = x.clone().requires_grad_()
    D.eval()(x)
    handle.remove()
    middle = maps[0].shape[-1] // 2
    maps[0][:, :, middle, middle].sum().backward()
    return (x.grad[0].abs().sum(0) > 0).float()


# %%
torch.manual_seed(0)
field = seen_by(Discriminator(28, 1, 16), garments.floats(slice(0, 1)))
wide = int(field.any(0).sum())
table(["map", "pixels that one entry sees"], [["second", f"{wide} x {wide}"]])
show(
    sheet(torch.cat([garments.floats(slice(0, 1)), 2 * field[None, None] - 1]), 2, 4),
    "White: seen.",
)

# %% [markdown]
# ## 09.dcgan_init · difficulty 2 of 5 · 15 minutes · 2 points
#
# The paper draws its weights itself, and narrow: convolutions, transposed and dense ones from $\mathcal N(0,\ 0.02)$ with
# zero biases; the gains of batch norm from $\mathcal N(1,\ 0.02)$, its biases zero. The 0.02 is the standard deviation.


# %%
def dcgan_init(module: nn.Module) -> nn.Module:
    """Draw DCGAN's initial weights into every layer of `module`, in place, and return it.

    Every layer, at whatever depth, and `module` itself: Conv2d, ConvTranspose2d and Linear, some
    without bias; BatchNorm1d and BatchNorm2d. Layers of other kinds stay as they are. The numbers
    come from torch's global generator; set no seed.
    """
    ### BEGIN SOLUTION
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
            nn.init.zeros_(layer.bias)
    return module
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: every layer</summary>
#
# `module.modules()` yields the module itself and everything inside it; `module.children()` only what lies directly
# inside.
#
# </details>
#
# <details><summary>Hint 2: in place</summary>
#
# `nn.init.normal_(layer.weight, mean, standard_deviation)` fills the parameter that is there. `layer.bias` is None
# where a layer has none.
#
# </details>

# %%
initialised = check("09.dcgan_init", dcgan_init)

# %% [markdown]
# **See it.** A short game on garments with your pair and your initial weights: Algorithm 1 as in lesson 04.


# %%
def play(G, D, n_steps, lr=2e-3, batch_size=16):
    """Train the pair on garments; G comes back in eval mode."""
    adams = [torch.optim.Adam(net.parameters(), lr, (0.5, 0.999)) for net in (G, D)]
    step = adversarial(Game(G, D, *adams, Latent(32, seed=1)))
    fit(step, garments.batches(batch_size, seed=2), n_steps, progress=False)
    return G.eval()


# %%
torch.manual_seed(0)
G = play(initialised(Generator(28, 1, 32, 16)), initialised(Discriminator(28, 1, 16)), 150)
torch.manual_seed(3)
with torch.no_grad():
    show(sheet(G(torch.randn(24, 32)), 12), "First shapes after 150 steps of a small pair.")

# %% [markdown]
# Seconds, not hours: the lecture trains longer and wider, and scores what each guideline is worth.

# %% [markdown]
# ## 09.slerp · difficulty 3 of 5 · 15 minutes · 2 points
#
# Gaussian codes of $d$ numbers lie near a sphere of radius $\sqrt d$. A straight line between two of them leaves it;
# **spherical interpolation** stays on it. With $\omega$ the angle between $z_0$ and $z_1$:
#
# $$ \operatorname{slerp}(z_0, z_1, t) = \frac{\sin((1 - t)\,\omega)}{\sin \omega}\, z_0
#    + \frac{\sin(t\,\omega)}{\sin \omega}\, z_1, \qquad \cos \omega = \frac{z_0 \cdot z_1}{\lVert z_0 \rVert\, \lVert z_1 \rVert}. $$


# %%
def slerp(z0: Tensor, z1: Tensor, t: float) -> Tensor:
    """The point t on the arc from z0 to z1, row by row: the shape of z0.

    `z0` and `z1`, (d,) or (n, d), are float64 and no row of them is zero; `t` is a number in [0, 1].
    The two are taken as they are, whatever their norms. Rows that point the same way or opposite
    ways (sin(omega) below 1e-6) have no one arc: (1 - t) z0 + t z1 there. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    u, v = (z / z.norm(dim=-1, keepdim=True) for z in (z0, z1))
    omega = torch.acos((u * v).sum(-1, keepdim=True).clamp(-1, 1))
    sine = omega.sin()
    arc = (((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1) / sine
    return torch.where(sine < 1e-6, (1 - t) * z0 + t * z1, arc)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: one angle for each row</summary>
#
# Sum over the last axis with `keepdim=True`: then the same code is right for (d,) and (n, d), and the weights fit the
# rows.
#
# </details>
#
# <details><summary>Hint 2: nan</summary>
#
# Rounding makes cosines of 1.0000000000000002, whose `acos` is nan: `clamp(-1, 1)`. Where the sine is 0, `torch.where`
# takes the straight line.
#
# </details>

# %%
arc = check("09.slerp", slerp)

# %% [markdown]
# **See it.** The norms of a hundred codes on both ways, and the samples of one way. **Predict** how short the codes
# get half-way on the straight line.

# %%
torch.manual_seed(4)
a, b, times = torch.randn(100, 32).double(), torch.randn(100, 32).double(), torch.linspace(0, 1, 12)
ways = {"slerp": arc, "straight line": torch.lerp}
norms = {
    name: [way(a, b, t.item()).norm(dim=1).mean().item() for t in times]
    for name, way in ways.items()
}
figure = new_figure(6.5, 2.8)
draw_lines(figure.subplots(), times, norms, "t", "mean norm", {"root of d": 32**0.5})
show(
    figure, "The straight line runs through codes that are shorter than any that G was trained on."
)

# %%
with torch.no_grad():
    images = [G(way(a[0], b[0], t.item())[None].float()) for way in ways.values() for t in times]
show(sheet(torch.cat(images), 12), "From one sample to another. Upper row: slerp; lower: straight.")

# %% [markdown]
# ## 09.latent_arithmetic · difficulty 1 of 5 · 5 minutes · 1 point
#
# "Smiling woman minus woman plus man": take a few codes of each concept, whose images *you* have picked, and calculate
# with the **means**, since a single code holds much besides:
#
# $$ \bar a - \bar b + \bar c. $$


# %%
def latent_arithmetic(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """mean(a) - mean(b) + mean(c), each over the rows: (d,).

    `a`, `b` and `c` (n, d) are float64; n >= 1 may differ from one to the next.
    """
    ### BEGIN SOLUTION
    return a.mean(0) - b.mean(0) + c.mean(0)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: which axis?</summary>
#
# Rows are axis 0: `a.mean(0)` has the shape (d,).
#
# </details>

# %%
sums = check("09.latent_arithmetic", latent_arithmetic)

# %% [markdown]
# **See it.** Why three codes and not one? Suppose concepts are directions, and each code is its concepts plus noise.
# How far is the sum from the code that has just the right concepts? **Predict**: with four times the codes?

# %%
torch.manual_seed(5)
smile, woman, man = torch.randn(3, 32, dtype=torch.float64)


def codes(concept, n):
    return concept + torch.randn(n, 32, dtype=torch.float64)


counts, off = [1, 2, 3, 4, 8, 16, 32, 64], []
for n in counts:
    tries = []
    for _ in range(200):
        got = sums(codes(smile + woman, n), codes(woman, n), codes(man, n))
        tries.append((got - smile - man).norm().item())
    off.append(sum(tries) / len(tries))
figure = new_figure(6.5, 2.8)
axis = figure.subplots()
draw_lines(axis, counts, {"distance": off}, "codes for each concept", "mean distance")
axis.set(xscale="log", yscale="log")
axis.set_xticks(counts, counts)
axis.set_yticks([2, 5, 10], [2, 5, 10])
axis.minorticks_off()
show(figure, "The noise falls as one over the root of n: four times the codes halve it.")

# %% [markdown]
# ## 09.discriminator_features · difficulty 3 of 5 · 20 minutes · 2 points
#
# The detective learned what images are made of, without a label. The paper takes the maps of all its convolutions,
# **after** the non-linearity, max-pools each to $4 \times 4$, flattens and joins them: features for an ordinary linear
# classifier.


# %%
def discriminator_features(D: nn.Module, x: Tensor) -> Tensor:
    """Features (N, 16 * sum of channels) of images x (N, C, H, W): pooled maps, first to last.

    `D.features` is an nn.Sequential of nn.Conv2d, nn.BatchNorm2d and nn.LeakyReLU; each convolution's
    map is ready after the nn.LeakyReLU that follows it. `D.score`, which makes the score, is not
    used. Each map is max-pooled to 4 x 4 and flattened, channel by channel. D is in eval mode; leave
    it as it is, and no hooks in it.
    """
    ### BEGIN SOLUTION
    pooled = []
    for layer in D.features:
        x = layer(x)
        if isinstance(layer, nn.LeakyReLU):
            pooled.append(adaptive_max_pool2d(x, 4).flatten(1))
    return torch.cat(pooled, 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: one layer after the other</summary>
#
# An `nn.Sequential` can be walked through: `for layer in D.features`. Keep what comes out of each `nn.LeakyReLU`.
#
# </details>
#
# <details><summary>Hint 2: 7 x 7 to 4 x 4</summary>
#
# `adaptive_max_pool2d(h, 4)` takes maps of any size; `.flatten(1)` keeps the images apart.
#
# </details>

# %%
features = check("09.discriminator_features", discriminator_features)

# %% [markdown]
# **See it.** Five hundred labelled garments, a linear classifier, and three kinds of features: pixels, a $D$ of random
# weights, and the same $D$ after a game against a generator that never saw a label. **Predict** the order.


# %%
class Detective(nn.Module):
    """A small D with `features` and `score`."""

    def __init__(self, width=16):
        super().__init__()
        first = [nn.Conv2d(1, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        second = [
            nn.Conv2d(width, 2 * width, 4, 2, 1),
            nn.BatchNorm2d(2 * width),
            nn.LeakyReLU(0.2),
        ]
        self.features = nn.Sequential(*first, *second)
        self.score = nn.Conv2d(2 * width, 1, 7)

    def forward(self, x):
        return self.score(self.features(x)).flatten(1)


# %%
def accuracy(extract, n_labels=500, n_tests=2500, weight=300.0):
    """Share of the next `n_tests` garments that ridge regression on the first `n_labels` gets right."""
    with torch.no_grad():
        x = extract(garments.floats(slice(0, n_labels + n_tests))).double()
    x = (x - x[:n_labels].mean(0)) / (x[:n_labels].std(0) + 1e-3)
    y = nn.functional.one_hot(garments.labels[: n_labels + n_tests], 10).double() - 0.1
    kernel = x @ x[:n_labels].T
    alpha = torch.linalg.solve(kernel[:n_labels] + weight * torch.eye(n_labels), y[:n_labels])
    return ((kernel[n_labels:] @ alpha).argmax(1) == y[n_labels:].argmax(1)).double().mean().item()


# %% [markdown]
# The classifier is ridge regression: its dual form solves a system of as many equations as there are labels.

# %%
torch.manual_seed(6)
D = Detective()
rows = [["pixels", f"{accuracy(lambda x: x.flatten(1)):.3f}"]]
for name, n_steps in (("random D", 0), ("trained D", 120)):
    play(Generator(28, 1, 32, 16), D, n_steps) if n_steps else None
    rows.append([name, f"{accuracy(lambda x: features(D.eval(), x)):.3f}"])
table(["features", "accuracy"], rows, "500 labels; 2,500 other garments are the test.")

# %% [markdown]
# Convolutions beat pixels before they have learned anything. A game as short as this one adds nothing that one draw of
# labels could show: the lecture trains longer, and takes several draws and fewer labels.
