# ---
# jupyter:
#   coursekit:
#     title: The minimax game, solved exactly
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
# # 03 · The minimax game, solved exactly: exercises
#
# **Six functions. With them every number of the theory is your own.**
#
# The lecture is [03 · The minimax game, solved exactly](../notebooks/03_minimax_theory.ipynb). Replace each
# `raise NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your
# function once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function
# stand on its own: then a mistake in one costs nothing in another.

# %%
import math

import torch
from torch import Tensor

from coursekit.checks import check
from coursekit.plots.densities import densities
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure, show


def normal_pdf(x, mean, sd):
    return torch.exp(-(((x - mean) / sd) ** 2) / 2) / (sd * math.sqrt(2 * math.pi))


x = torch.linspace(-20, 20, 4001, dtype=torch.float64)
dx = 0.01  # the spacing of the grid
p_data, p_g = normal_pdf(x, 0, 1), normal_pdf(x, 1.5, 0.7)

# %% [markdown]
# ## 03.optimal_discriminator · difficulty 1 of 5 · 10 minutes · 2 points
#
# Of all samples that fall at $x$, which share is real? That share is the best answer of the detective (Proposition 1):
#
# $$ D^*(x) = \frac{p_\text{data}(x)}{p_\text{data}(x) + p_g(x)}. $$
#
# Where both densities are zero no sample will ever ask; say 1/2 there. But small is not zero: of two densities around
# $10^{-200}$ one may still be twice the other.


# %%
def optimal_discriminator(p_data: Tensor, p_g: Tensor) -> Tensor:
    """D* = p_data / (p_data + p_g) at each point, in [0, 1]; 1/2 where both densities are zero.

    `p_data` and `p_g` hold the densities on the same points: any shape, equal, entries >= 0,
    float64. Returns a new tensor of that shape and changes neither argument.
    """
    ### BEGIN SOLUTION
    total = p_data + p_g
    seen = total > 0
    return torch.where(seen, p_data / torch.where(seen, total, 1), 0.5)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: how do I treat some points differently?</summary>
#
# `torch.where(condition, a, b)` takes each entry from `a` where the condition holds and from `b` elsewhere.
#
# </details>
#
# <details><summary>Hint 2: and the division by zero?</summary>
#
# Divide by a denominator that you have made 1 wherever the sum is 0. A small number added to every denominator is
# something else: it spoils all small densities, and makes 0 where 1/2 is wanted.
#
# </details>

# %%
best_d = check("03.optimal_discriminator", optimal_discriminator)

# %% [markdown]
# **See it.** $D^*$ for the two densities of the lecture, out to 20 standard deviations.

# %%
show(
    densities(x, p_data, p_g, {r"$D^*$": best_d(p_data, p_g)}),
    "Above, the two densities. Below, your best detective.",
)

# %% [markdown]
# Far from everything $D^*$ is sure of the real on both sides, though the upper picture shows nothing there: in the tails
# the wider density is larger by many orders of magnitude, and only the ratio counts.

# %% [markdown]
# ## 03.js_divergence · difficulty 2 of 5 · 10 minutes · 2 points
#
# The Jensen-Shannon divergence of two discrete distributions is the mean of two Kullback-Leibler divergences, each to the
# average $m = (p + q) / 2$:
#
# $$ \text{JSD}(p \parallel q) = \tfrac12 \sum_i p_i \log \frac{p_i}{m_i} + \tfrac12 \sum_i q_i \log \frac{q_i}{m_i},
#    \qquad 0 \log 0 = 0. $$


# %%
def js_divergence(p: Tensor, q: Tensor) -> Tensor:
    """The Jensen-Shannon divergence of two discrete distributions in nats: between 0 and log 2,
    one number.

    `p` and `q` hold probabilities, shape (n,), float64, each with sum 1; entries may be 0, and
    0 log 0 = 0. Exact to 1e-9. Changes neither argument.
    """
    ### BEGIN SOLUTION
    m = (p + q) / 2
    return (torch.xlogy(p, p) + torch.xlogy(q, q) - torch.xlogy(p + q, m)).sum() / 2
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: 0 log 0</summary>
#
# `torch.xlogy(a, b)` is `a * log(b)`, and 0 wherever `a` is 0.
#
# </details>
#
# <details><summary>Hint 2: from quotients to xlogy</summary>
#
# $p \log (p / m) = p \log p - p \log m$, and the two parts with $\log m$ can be put together.
#
# </details>

# %%
jsd = check("03.js_divergence", js_divergence)

# %% [markdown]
# **See it.** A normal moves away from another one: multiplied by `dx`, densities are probabilities of the grid's cells.

# %%
means = torch.linspace(-8, 8, 81, dtype=torch.float64)
moved = torch.stack([jsd(p_data * dx, normal_pdf(x, mean, 1) * dx) for mean in means])
figure = new_figure(7, 2.8)
levels = {"log 2": math.log(2)}
draw_lines(figure.subplots(), means, {"JSD": moved}, "mean of the fake normal", "nats", levels)
show(figure, "The divergence knows no more than log 2: beyond a distance of 6 it is flat.")

# %% [markdown]
# ## 03.value_function · difficulty 2 of 5 · 15 minutes · 2 points
#
# What a detective $D$ earns, as an integral over the grid (equation 1 of the paper):
#
# $$ V(D, G) = \int p_\text{data}(x) \log D(x) + p_g(x) \log(1 - D(x)) \; dx. $$
#
# A very sure detective says 1 or 0, and a single sample of the other kind would cost it an infinite amount. As PyTorch's
# own loss does, stop each logarithm at -100. And a network's output of shape (n, 1) must not meet a density of
# shape (n,): the product would be an n x n table, and its sum a number that means nothing.


# %%
def value_function(d: Tensor, p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """V(D, G) in nats: the sum over the grid of (p_data log d + p_g log(1 - d)) dx, one number.

    `d` in [0, 1], `p_data` and `p_g` >= 0: tensors of one shape, float64; another shape among
    them is a ValueError. `dx` > 0 is the spacing of the grid. Both logarithms stop at -100.
    Changes no argument.
    """
    ### BEGIN SOLUTION
    if not d.shape == p_data.shape == p_g.shape:
        shapes = tuple(d.shape), tuple(p_data.shape), tuple(p_g.shape)
        raise ValueError(f"the shapes are {shapes}: give all three on the same points")
    log_d, log_not_d = d.log().clamp(min=-100), (1 - d).log().clamp(min=-100)
    return ((p_data * log_d + p_g * log_not_d) * dx).sum()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: an integral from numbers on a grid</summary>
#
# Height times width, summed: each point of the grid stands for a cell of width `dx`.
#
# </details>
#
# <details><summary>Hint 2: stopping at -100</summary>
#
# `torch.log` gives `-inf` at 0, without an error, and `clamp(min=-100)` makes it -100. Do it before you multiply:
# 0 times `-inf` is `nan`.
#
# </details>

# %%
value = check("03.value_function", value_function)

# %% [markdown]
# **See it.** Take the best detective and change its temper: multiply its logit by $t$. At $t = 0$ it is a coin, at
# $t = 1$ it is $D^*$, at $t = 3$ it is far too sure of itself. **Predict** where $V$ is highest.

# %%
logit = -(x**2) / 2 + ((x - 1.5) / 0.7) ** 2 / 2 + math.log(0.7)  # log p_data - log p_g
tempers = torch.linspace(0, 3, 61, dtype=torch.float64)
values = torch.stack([value(torch.sigmoid(t * logit), p_data, p_g, dx) for t in tempers])
figure = new_figure(7, 2.8)
levels = {"the coin, -log 4": -math.log(4)}
draw_lines(figure.subplots(), tempers, {"V": values}, "temper t", "nats", levels)
show(figure, f"The highest value is at t = {tempers[values.argmax()]:.2f}.")

# %% [markdown]
# ## 03.virtual_training_criterion · difficulty 3 of 5 · 15 minutes · 2 points
#
# What the game is worth when the detective plays its best, and so what the forger really minimises (Theorem 1):
#
# $$ C(G) = \max_D V(D, G) = V(D^*, G) = -\log 4 + 2 \, \text{JSD}(p_\text{data} \parallel p_g). $$
#
# Any of the three forms will do.


# %%
def virtual_training_criterion(p_data: Tensor, p_g: Tensor, dx: float) -> Tensor:
    """C(G) = V(D*, G) in nats, one number: -log 4 for a perfect copy, 0 for densities that
    never meet.

    `p_data` and `p_g`: densities >= 0 on an even grid of spacing `dx`, shape (n,), float64,
    each with area 1; entries may be 0. Exact to 1e-9. Changes no argument.
    """
    ### BEGIN SOLUTION
    total = p_data + p_g
    terms = torch.xlogy(p_data, p_data) + torch.xlogy(p_g, p_g) - torch.xlogy(total, total)
    return terms.sum() * dx
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: put D* in</summary>
#
# $\log D^* = \log p_\text{data} - \log(p_\text{data} + p_g)$, and $\log(1 - D^*)$ looks alike.
#
# </details>
#
# <details><summary>Hint 2: a test that you can do in your head</summary>
#
# For $p_g = p_\text{data}$ the answer is $-\log 4 = -1.386$. If yours is 0 there, the $-\log 4$ is missing; if it is
# $-0.693$, you have taken one of the two terms.
#
# </details>

# %%
c_of_g = check("03.virtual_training_criterion", virtual_training_criterion)

# %% [markdown]
# **See it.** A forger with the right centre and the wrong width. **Predict**: which is worse, half as wide as the data
# or twice as wide?

# %%
widths = 2 ** torch.linspace(-2, 2, 81, dtype=torch.float64)
criterion = torch.stack([c_of_g(p_data, normal_pdf(x, 0, width), dx) for width in widths])
figure = new_figure(7, 2.8)
axis = figure.subplots()
axis.set_xscale("log", base=2)
levels = {"-log 4": -math.log(4)}
draw_lines(axis, widths, {"C(G)": criterion}, "standard deviation of the fakes", "nats", levels)
show(figure, f"C at half the width {criterion[20]:.4f}, at twice the width {criterion[60]:.4f}.")

# %% [markdown]
# Neither: measure $x$ in units of the fakes' width, and the two cases change places. The divergence is symmetric in its
# two distributions and knows no units.

# %% [markdown]
# ## 03.jsd_from_discriminator · difficulty 3 of 5 · 15 minutes · 3 points
#
# Turn the theorem round. A detective's raw scores $s$, with $D = \operatorname{sigmoid}(s)$, on real and on fake samples
# give an estimate of the divergence, without any density:
#
# $$ \widehat{\text{JSD}} = \tfrac12 \Big( \operatorname{mean} \log \operatorname{sigmoid}(s_\text{real})
#    + \operatorname{mean} \log \big(1 - \operatorname{sigmoid}(s_\text{fake})\big) + \log 4 \Big). $$


# %%
def jsd_from_discriminator(scores_real: Tensor, scores_fake: Tensor) -> Tensor:
    """The estimate (V + log 4) / 2 of the Jensen-Shannon divergence in nats, one number, at
    most log 2.

    `scores_real` and `scores_fake` are raw scores (logits) of any size, shape (n,) or (n, 1);
    the two batches may differ in length and in shape. Finite for any finite scores; below 0 for
    a detective that is mostly wrong. Changes neither argument.
    """
    ### BEGIN SOLUTION
    log_d = torch.nn.functional.logsigmoid(scores_real)
    log_not_d = torch.nn.functional.logsigmoid(-scores_fake)
    return (log_d.mean() + log_not_d.mean() + math.log(4)) / 2
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: why does mine become infinite?</summary>
#
# The sigmoid of -1000 is 0 in floating point, and that of 1000 is 1. Never take the logarithm of a rounded number: go
# from the score to the logarithm in one step, with `logsigmoid` or `softplus`.
#
# </details>
#
# <details><summary>Hint 2: log(1 - sigmoid(s))</summary>
#
# $1 - \operatorname{sigmoid}(s) = \operatorname{sigmoid}(-s)$.
#
# </details>

# %%
estimate = check("03.jsd_from_discriminator", jsd_from_discriminator)

# %% [markdown]
# **See it.** Two detectives judge ever more samples of the two normals above: one has the perfect scores
# $\log p_\text{data} - \log p_g$, the other the same scores times 3.

# %%
generator = torch.Generator().manual_seed(0)
noise = torch.randn(2, 20_000, generator=generator, dtype=torch.float64)
scores = [
    -(s**2) / 2 + ((s - 1.5) / 0.7) ** 2 / 2 + math.log(0.7)
    for s in (noise[0], 1.5 + 0.7 * noise[1])
]
sizes = [int(10 ** (1 + k / 10)) for k in range(34)]
perfect, too_sure = (
    [estimate(t * scores[0][:n], t * scores[1][:n]).item() for n in sizes] for t in (1, 3)
)
truth = [jsd(p_data * dx, p_g * dx).item()] * len(sizes)
lines = {"perfect scores": perfect, "true JSD": truth, "three times too sure": too_sure}
figure = new_figure(7, 2.8)
axis = figure.subplots()
axis.set_xscale("log")
draw_lines(axis, sizes, lines, "samples of each kind", "nats")
show(figure, "The perfect scores close in on the truth; the others settle far below it.")

# %% [markdown]
# More samples make an estimate steadier, never better than its detective: the bound
# $\widehat{\text{JSD}} \le \text{JSD}$ holds on average for every detective, and only $D^*$ reaches it. (On average: on
# 10 samples of each kind both came out above it.)

# %% [markdown]
# ## 03.smoothed_optimal_discriminator · difficulty 3 of 5 · 15 minutes · 3 points
#
# Train the detective with the label $\alpha$ for real and $\beta$ for fake. At each $x$ it now maximises
#
# $$ p_\text{data} \, [\alpha \log y + (1 - \alpha) \log(1 - y)] + p_g \, [\beta \log y + (1 - \beta) \log(1 - y)]. $$
#
# Set the derivative with respect to $y$ to zero on paper, then write the result as a function. Say 1/2 where both
# densities are zero.


# %%
def smoothed_optimal_discriminator(
    p_data: Tensor, p_g: Tensor, alpha: float, beta: float
) -> Tensor:
    """The best D when real samples are labelled `alpha` and fake ones `beta`, both in [0, 1].

    `p_data` and `p_g` hold the densities on the same points: any shape, equal, entries >= 0,
    float64. Returns a new tensor of that shape, 1/2 where both densities are zero; alpha = 1
    and beta = 0 give D*. Changes no argument.
    """
    ### BEGIN SOLUTION
    total = p_data + p_g
    seen = total > 0
    return torch.where(seen, (alpha * p_data + beta * p_g) / torch.where(seen, total, 1), 0.5)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: collect before you differentiate</summary>
#
# All that multiplies $\log y$ is $A = \alpha p_\text{data} + \beta p_g$, all that multiplies $\log(1 - y)$ is
# $B = (1 - \alpha) p_\text{data} + (1 - \beta) p_g$. You know where $A \log y + B \log(1 - y)$ is largest.
#
# </details>
#
# <details><summary>Hint 2: a test that you can do in your head</summary>
#
# Where there are no fakes at all, the best answer is $\alpha$; where there are only fakes, $\beta$.
#
# </details>

# %%
smoothed = check("03.smoothed_optimal_discriminator", smoothed_optimal_discriminator)

# %% [markdown]
# **See it.** Fakes around 4, real samples around 0. The forger climbs $\log D$. How strongly is the average fake pulled
# to the left, towards the data, as the label of the fakes rises from 0?

# %%
far = normal_pdf(x, 4, 1)
betas = torch.linspace(0, 0.3, 31, dtype=torch.float64)
near = slice(1000, 3001)  # -10 to 10: beyond, both densities are too small to matter


def pull(beta):
    slope = smoothed(p_data, far, 0.9, beta)[near].log().diff()
    return -(slope * far[near][1:]).sum().item()


figure = new_figure(7, 2.8)
pulls = {"pull to the left": [pull(beta.item()) for beta in betas]}
draw_lines(figure.subplots(), betas, pulls, "label of the fakes", "mean slope of log D")
show(
    figure, f"Pull at label 0: {pull(0.0):.2f}; at 0.01: {pull(0.01):.2f}; at 0.1: {pull(0.1):.2f}."
)

# %% [markdown]
# One hundredth is enough to take most of the pull away. Smooth the label of the real samples, if any, and leave that of
# the fakes at 0.
