# ---
# jupyter:
#   coursekit:
#     title: Mode collapse, counted
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
# # 06 · Mode collapse, counted: exercises
#
# **Two honest counts, and five remedies: two layers, a memory, a look ahead, and a pack.**
#
# The lecture is [06 · Mode collapse, counted](../notebooks/06_mode_collapse.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
import math

import torch
from torch import Tensor, nn

from coursekit.checks import check
from coursekit.plots.collapse import clouds
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure, show, table

angles = torch.arange(8) * math.pi / 4
centers = 2 * torch.stack([angles.cos(), angles.sin()], 1)  # a ring of eight modes
sd, radius, n = 0.1, 0.3, 2000


def draw(modes):
    """n samples, evenly from the first few modes of the ring."""
    return centers[torch.arange(n) % modes] + sd * torch.randn(n, 2)


# %% [markdown]
# ## 06.count_modes · difficulty 2 of 5 · 10 minutes · 2 points
#
# Whoever counts a mode from one sample on calls a heap with eight lucky hits complete. So a mode is **held** by a share of
# *all* $N$ samples: with $c(x)$ the centre that is nearest to $x$,
#
# $$ \text{mode } i \text{ is held} \iff \#\{x : c(x) = i,\ \lVert x - c_i \rVert \le r\} \ge s_\text{min} N. $$


# %%
def count_modes(samples: Tensor, centers: Tensor, radius: float, min_share: float) -> int:
    """How many centres hold at least min_share of all samples within radius: an integer.

    `samples` (N, d) and `centers` (M, d) are float64. A sample counts for its nearest centre alone,
    and only if its distance from it is at most `radius`. `min_share` > 0 is a share of all N
    samples, good or not; exactly that share is enough. Changes no argument.
    """
    ### BEGIN SOLUTION
    distances, nearest = torch.cdist(samples, centers).min(1)
    counts = torch.bincount(nearest[distances <= radius], minlength=len(centers))
    return int((counts >= min_share * len(samples)).sum())
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: all distances at once</summary>
#
# `torch.cdist(samples, centers)` has the shape (N, M), and its `.min(1)` gives both the smallest distance of each sample
# and the number of the centre.
#
# </details>
#
# <details><summary>Hint 2: how many samples has each centre?</summary>
#
# `torch.bincount(numbers, minlength=M)`, for the numbers of the good samples only.
#
# </details>

# %%
held = check("06.count_modes", count_modes)

# %% [markdown]
# **See it.** The real ring, three of its modes, and a heap with eight lucky hits. **Predict** both counts of each.

# %%
torch.manual_seed(0)
heap = torch.cat([0.2 * torch.randn(n - 8, 2), centers])
examples = {"real": draw(8), "three modes": draw(3), "heap and hits": heap}
titles = {}
for name, cloud in examples.items():
    one, share = (held(cloud, centers, radius, s) for s in (1 / n, 0.01))
    titles[f"{name}: {one} by one, {share} by 1 %"] = cloud
show(
    clouds(titles, centers, radius, panel=2.7),
    "Counted from one sample on, and from 1 % of the samples on: the second count sees the heap.",
)

# %% [markdown]
# ## 06.mode_kl · difficulty 2 of 5 · 10 minutes · 2 points
#
# Are the modes filled *evenly*? Every sample, good or not, goes to its nearest centre; $s_i$ is the share that centre $i$
# gets. How far that is from even:
#
# $$ \text{KL}(s \parallel \text{uniform}) = \sum_{i=1}^{M} s_i \log \frac{s_i}{1/M}. $$


# %%
def mode_kl(samples: Tensor, centers: Tensor) -> float:
    """KL(shares || uniform) in nats over the centres nearest to all samples: a number >= 0.

    `samples` (N, d) and `centers` (M, d) are float64, N >= 1. The share of a centre is that of the
    samples to which it is the nearest, however far. 0 log 0 counts as 0. Exact to 1e-9: compute in
    float64. A float or a tensor with one number. Changes no argument.
    """
    ### BEGIN SOLUTION
    nearest = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(centers)).double() / len(samples)
    return (torch.xlogy(shares, shares).sum() + math.log(len(centers))).item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: an empty mode</summary>
#
# `0 * torch.log(0)` is nan. `torch.xlogy(s, s)` is $s \log s$, and 0 where $s$ is 0.
#
# </details>
#
# <details><summary>Hint 2: where does 1/M go?</summary>
#
# Take the logarithm of the quotient apart: since the shares sum to 1, the KL is $\log M + \sum_i s_i \log s_i$.
#
# </details>

# %%
unevenness = check("06.mode_kl", mode_kl)

# %% [markdown]
# **See it.** A forger that holds $m$ of eight modes, evenly. **Predict** the KL at $m = 1$, 4 and 8.

# %%
figure = new_figure(6.5, 2.8)
kls = [unevenness(draw(m).double(), centers.double()) for m in range(1, 9)]
axis = figure.subplots()
draw_lines(axis, range(1, 9), {"KL": kls}, "modes held", "KL (nats)", {"log 8": math.log(8)})
show(figure, "From log 8 down to 0: with $m$ even modes of $M$ the KL is $\\log(M / m)$.")
table(["cloud", "KL"], [[k, f"{unevenness(x, centers):.3f}"] for k, x in examples.items()])

# %% [markdown]
# The heap is as even as the real samples: the KL alone is no proof either. Read it beside the count.

# %% [markdown]
# ## 06.minibatch_stddev · difficulty 2 of 5 · 10 minutes · 2 points
#
# $D$ sees one sample at a time, and a heap of good copies looks real to it. One number about the *batch* is enough to give
# it away (Karras et al. 2018). For every entry $e$ of a sample, take the standard deviation over the batch; the mean over
# all entries becomes one more channel, the same number everywhere:
#
# $$ \text{spread} = \frac{1}{E} \sum_{e=1}^{E} \sqrt{\tfrac{1}{N} \sum_{i=1}^{N} (x_{ie} - \bar x_e)^2 + 10^{-8}}. $$


# %%
def minibatch_stddev(x: Tensor) -> Tensor:
    """x with one channel more, the last, that holds the spread of the batch: (N, C + 1, ...).

    `x` (N, C, ...) are points (N, C) or images (N, C, H, W), N >= 1, float64. The variance is divided
    by N, and 1e-8 is added to it under the root. Exact to 1e-9. The slope goes back through the
    spread to x, and is finite for a batch of copies too. Does not change `x`.
    """
    ### BEGIN SOLUTION
    spread = (x.var(0, correction=0) + 1e-8).sqrt().mean()
    return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: divided by N</summary>
#
# `x.var(0)` divides by N - 1. With `correction=0` it divides by N.
#
# </details>
#
# <details><summary>Hint 2: the new channel</summary>
#
# `spread.expand(len(x), 1, *x.shape[2:])` repeats one number in the right shape, for points and for images, and keeps the
# slope. Then `torch.cat([x, ...], 1)`.
#
# </details>

# %%
with_spread = check("06.minibatch_stddev", minibatch_stddev)

# %% [markdown]
# **See it.** Forgers that hold the first $m$ modes. **Predict**: does the spread expose all of them?

# %%
rows = [[m, f"{with_spread(draw(m))[0, -1].item():.2f}"] for m in (1, 2, 3, 4, 6, 8)]
rows.append(["two opposite ones", f"{with_spread(draw(8)[torch.arange(n) % 4 == 1])[0, -1]:.2f}"])
table(
    ["modes held", "spread"],
    rows,
    "D gets the number in the second column. The last forger is not exposed by it.",
)

# %% [markdown]
# ## 06.MinibatchDiscrimination · difficulty 4 of 5 · 20 minutes · 3 points
#
# The older remedy *learns* what to compare (Salimans et al. 2016). A tensor $T$ of shape $F \times K \times d$ maps the
# features $f_i$ of a sample to a matrix $M_i$ with $K$ rows; the new feature $b$ of sample $i$ says how close the whole
# batch, itself included, comes to it in row $b$:
#
# $$ M_i = \sum_{a=1}^{F} f_{ia} T_a, \qquad
#    o(i)_b = \sum_{j=1}^{N} \exp\bigl(-\lVert M_{ib} - M_{jb} \rVert_1\bigr). $$


# %%
class MinibatchDiscrimination(nn.Module):
    """A layer (N, n_features) -> (N, n_features + n_kernels): the features, then the new ones.

    Its only parameter, of any name, has the shape (n_features, n_kernels, kernel_dim), and starts
    with small random numbers. The slope goes back to it and to the features.
    """

    def __init__(self, n_features: int, n_kernels: int, kernel_dim: int):
        ### BEGIN SOLUTION
        super().__init__()
        start = torch.randn(n_features, n_kernels, kernel_dim)
        self.kernels = nn.Parameter(0.1 * start / n_features**0.5)
        ### END SOLUTION

    def forward(self, features: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        matrices = torch.einsum("nf,fkd->nkd", features, self.kernels)
        distances = (matrices[:, None] - matrices[None]).abs().sum(3)  # (N, N, n_kernels)
        return torch.cat([features, torch.exp(-distances).sum(1)], 1)
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: from features to matrices</summary>
#
# `torch.einsum("nf,fkd->nkd", features, kernels)` is the sum over $a$ for all samples at once. `__init__` begins with
# `super().__init__()`.
#
# </details>
#
# <details><summary>Hint 2: all pairs</summary>
#
# `m[:, None] - m[None]` has the shape (N, N, K, d). Absolute values, summed over d: one distance for each pair and row.
# Then `exp(-...)`, and the sum over the second axis.
#
# </details>

# %%
Discrimination = check("06.MinibatchDiscrimination", MinibatchDiscrimination)

# %% [markdown]
# **See it.** A random layer with one kernel looks at 64 samples around one point. **Predict** the new feature for a tiny
# cloud, and for a very wide one.

# %%
torch.manual_seed(0)
widths, curves = torch.logspace(-2, 3, 60), {}
with torch.no_grad():
    for size in (1, 3):
        layer, cloud = Discrimination(2, 1, size), torch.randn(64, 2)
        curves[f"kernel_dim {size}"] = [layer(w * cloud)[:, -1].mean().item() for w in widths]
figure = new_figure(6.5, 2.8)
axis = figure.subplots()
levels = {"all 64 alike": 64.0, "each alone": 1.0}
draw_lines(axis, widths, curves, "width of the cloud", "new feature (mean)", levels)
axis.set_xscale("log")
show(figure, "From N for copies to 1 for a cloud without neighbours.")

# %% [markdown]
# ## 06.ReplayBuffer · difficulty 3 of 5 · 20 minutes · 3 points
#
# A forger that answers the latest detective runs in circles, because the detective forgets. A **replay buffer** shows it
# old fakes, too (Shrivastava et al. 2017): it swaps half of each batch for samples of the past. With $N$ fakes and a full
# buffer of size $B$, $\min(\lfloor N / 2 \rfloor, B)$ rows change places. Nothing is lost, nothing is there twice.


# %%
class ReplayBuffer:
    """Up to `capacity` >= 1 old fakes."""

    def __init__(self, capacity: int):
        ### BEGIN SOLUTION
        self.capacity, self.store = capacity, None
        ### END SOLUTION

    def exchange(self, fakes: Tensor, generator: torch.Generator) -> Tensor:
        """A new tensor of the shape of fakes (N, ...), detached; fakes stays as it was.

        While there is room, copies of the first fakes that fit are stored, and all come back. Else
        min(N // 2, capacity) random rows change places with different random old samples, and the
        other rows stay where they are. All random numbers come from `generator`."""
        ### BEGIN SOLUTION
        fakes, old = fakes.detach().clone(), self.store
        if old is None or len(old) < self.capacity:
            kept = fakes if old is None else torch.cat([old, fakes])
            self.store = kept[: self.capacity].clone()
            return fakes
        draws = [torch.randperm(len(x), generator=generator) for x in (fakes, old)]
        here, there = (slots[: min(len(fakes) // 2, self.capacity)] for slots in draws)
        fakes[here], old[there] = old[there], fakes[here]
        return fakes
        ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: different rows</summary>
#
# `torch.randperm(N, generator=generator)[:k]` draws $k$ of the numbers below $N$, none of them twice. Draw twice: rows of
# the batch, and slots of the store.
#
# </details>
#
# <details><summary>Hint 2: whose memory is it?</summary>
#
# A slice `x[:5]` shares memory with `x`, and so does `x.detach()`. Whoever fills the batch with something else would
# change your store: `clone()` what you store and what you return. `x[rows]` with a tensor of numbers is a copy.
#
# </details>

# %%
Buffer = check("06.ReplayBuffer", ReplayBuffer)

# %% [markdown]
# **See it.** In each round the forger makes 32 fakes, numbered by the round. **Predict**: how old, on average, are the
# fakes that the detective sees with a buffer for 64?

# %%
random = torch.Generator().manual_seed(0)
buffers = {f"room for {size}": Buffer(size) for size in (16, 64, 256)}
ages = {name: [] for name in buffers}
for now in range(120):
    for name, buffer in buffers.items():
        batch = buffer.exchange(torch.full((32,), float(now)), random)
        ages[name].append((now - batch).mean().item())
figure = new_figure(6.5, 2.8)
draw_lines(figure.subplots(), range(120), ages, "round", "mean age (rounds)")
show(figure, "How many rounds old the fakes are that D sees: a larger buffer remembers longer.")

# %% [markdown]
# ## 06.unrolled_generator_loss · difficulty 5 of 5 · 30 minutes · 4 points
#
# The **unrolled** GAN lets $G$ foresee the answer (Metz et al. 2017): it is judged by the $D$ that would be there *after
# $k$ more updates*, and the gradient goes through all of them. With $w_0$ the weights of $D$,
#
# $$ w_{i+1} = w_i - h\,\nabla_w L_D(w_i), \qquad L_D = \operatorname{E} \operatorname{softplus}(-D_w(x))
#    + \operatorname{E} \operatorname{softplus}(D_w(G(z))), $$
#
# $$ L_G = \operatorname{E} \operatorname{softplus}\bigl(-D_{w_k}(G(z))\bigr). $$


# %%
def unrolled_generator_loss(
    G: nn.Module, D: nn.Module, real: Tensor, z: Tensor, k: int, lr: float
) -> Tensor:
    """-E log D_k(G(z)): one number, part of the graph. D_k is D after k virtual updates.

    All updates see the same batches, `real` and G(z), which may differ in length. The slope by
    G's weights goes through them, the fakes in them included. D(x) are raw scores (N,) or (N, 1).
    k = 0 is the ordinary loss. D stays as it was; every `.grad` does, too. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    fake, softplus = G(z), torch.nn.functional.softplus
    weights = {name: p.detach().requires_grad_() for name, p in D.named_parameters()}
    for _ in range(k):
        scores = [torch.func.functional_call(D, weights, (x,)) for x in (real, fake)]
        d_loss = softplus(-scores[0]).mean() + softplus(scores[1]).mean()
        slopes = torch.autograd.grad(d_loss, list(weights.values()), create_graph=True)
        pairs = zip(weights.items(), slopes, strict=True)
        weights = {name: w - lr * slope for (name, w), slope in pairs}
    return softplus(-torch.func.functional_call(D, weights, (fake,))).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: D with other weights</summary>
#
# `torch.func.functional_call(D, weights, (x,))` is $D(x)$ with the weights of the dict `weights` (name -> tensor) in place
# of its own. Begin with `{name: p.detach().requires_grad_() for name, p in D.named_parameters()}`.
#
# </details>
#
# <details><summary>Hint 2: one virtual update</summary>
#
# `torch.autograd.grad(d_loss, list(weights.values()), create_graph=True)` gives one slope a weight, with its own graph.
# Make a *new* dict of `w - lr * slope`: nothing is changed in place.
#
# </details>

# %%
foresee = check("06.unrolled_generator_loss", unrolled_generator_loss)

# %% [markdown]
# **See it.** All real points lie at 0, all fakes at one place $\theta$; $D(x) = \sigma(x)$ takes what lies to the right for
# real. The forger descends. **Predict** where it will want to go, with $k = 0$, and with $k = 5$.

# %%
places = torch.linspace(-3, 3, 61)
G, D = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
nn.init.ones_(D.weight)
curves = {f"k = {k}": [] for k in (0, 1, 5)}
for place in places:
    nn.init.constant_(G.weight, place.item())
    for k in (0, 1, 5):
        loss = foresee(G, D, torch.zeros(1, 1), torch.ones(1, 1), k, 0.5)
        curves[f"k = {k}"].append(loss.item())
figure = new_figure(6.5, 2.8)
draw_lines(figure.subplots(), places, curves, "where the fakes lie", "unrolled loss of G")
show(
    figure,
    "Today's D lures the forger to the right for ever; five answers ahead there is a valley.",
)

# %% [markdown]
# ## 06.pack · difficulty 1 of 5 · 5 minutes · 1 point
#
# The smallest remedy: let $D$ judge $m$ samples at once (PacGAN, Lin et al. 2018). A pack of equal samples is rare among
# real ones. The samples of a pack are joined along the channels:
#
# $$ (N, C, \ldots) \to (N / m,\ m\,C, \ldots), \qquad \text{pack}_i = (x_{im}, x_{im+1}, \ldots, x_{im+m-1}). $$


# %%
def pack(x: Tensor, m: int) -> Tensor:
    """m samples in a row become one: (N, C, ...) -> (N / m, m C, ...).

    Pack i holds the samples i m to i m + m - 1, all channels of the first, then all of the next.
    Raises ValueError if m does not divide N. `x` has at least two axes, m >= 1.
    """
    ### BEGIN SOLUTION
    if len(x) % m:
        raise ValueError(f"{len(x)} samples cannot be packed by {m}")
    return x.reshape(len(x) // m, m * x.shape[1], *x.shape[2:])
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: nothing has to move</summary>
#
# In memory the numbers of consecutive samples stand one after the other already: one `reshape` is enough.
#
# </details>
#
# <details><summary>Hint 2: a test that you can do in your head</summary>
#
# `pack(torch.arange(8).reshape(4, 2), 2)` is `[[0, 1, 2, 3], [4, 5, 6, 7]]`.
#
# </details>

# %%
packed = check("06.pack", pack)

# %% [markdown]
# **See it.** Samples of *one* number, with modes at -2 and 2; a pack of two is a point in the plane. The forger keeps to
# one mode for a batch, and changes it from batch to batch. **Predict** where its packs lie.

# %%
corners = 2.0 * torch.tensor([[-1, -1], [-1, 1], [1, -1], [1, 1]])
real = 4.0 * torch.randint(2, (800, 1)) - 2
forged = (4.0 * torch.randint(2, (10, 1)) - 2).repeat_interleave(80, 0)
both = {"packs of real samples": real, "packs of the forger": forged}
points = {name: packed(x + sd * torch.randn(800, 1), 2) for name, x in both.items()}
show(
    clouds(points, corners, radius, panel=2.6),
    "Sample by sample both are alike. In packs two corners are missing: D sees it at a glance.",
)
