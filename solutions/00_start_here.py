# ---
# jupyter:
#   coursekit:
#     title: Start here
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
# # 00 · Start here: exercise
#
# **One function, the loss that every GAN begins with, and your first round with a check.**
#
# The lecture is [00 · Start here](../notebooks/00_start_here.ipynb). An exercise always looks like the one below:
#
# 1. a text and a **stub**, a function with a docstring that says exactly what to return;
# 2. folded **hints**;
# 3. a cell with **`check`**: it calls your function, also with awkward numbers, and says whether it passed, or what it
#    expected, what came, and which mistake that looks like. Run it as often as you like, and once before you start;
# 4. a cell that **uses** what you wrote. Until your function passes, it runs with coursekit's.
#
# `python -m coursekit progress` in a terminal shows what you have done.

# %%
import torch
from torch import Tensor, nn

from coursekit.checks import check

torch.set_num_threads(1)  # the network below is small

# %% [markdown]
# ## 00.warmup_bce · difficulty 2 of 5 · 15 minutes · 2 points
#
# A detective gives a sample the score $s$ (also called a *logit*: any number), and means the probability
# $\sigma(s) = 1 / (1 + e^{-s})$. The target $t$ is 1 for a real sample and 0 for a fake one. The binary cross-entropy
# says how surprised the detective is by the truth, averaged over the samples:
#
# $$ L = \operatorname{mean} \big( -t \log \sigma(s) - (1 - t) \log (1 - \sigma(s)) \big). $$
#
# The formula is short and the machine is not exact: $\sigma(100)$ is rounded to 1, and $\log(1 - 1)$ is $-\infty$. One
# such sample ruins a training run. So your function must be right for **any** score, and so must its gradient.
# (PyTorch has this function. Write it without, to know what it does.)


# %%
def warmup_bce(logits: Tensor, targets: Tensor) -> Tensor:
    """The mean binary cross-entropy in nats of raw scores against targets, one number.

    `logits` any finite numbers, `targets` in [0, 1], not only 0 and 1: tensors of one shape,
    any shape; a ValueError if the shapes differ. Value and gradient are right at scores of
    +-100 and beyond. Changes neither argument.
    """
    ### BEGIN SOLUTION
    if logits.shape != targets.shape:
        shapes = f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"the shapes are {shapes}: give one target for each logit")
    return (nn.functional.softplus(logits) - targets * logits).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: one step instead of two</summary>
#
# $-\log \sigma(s) = \log(1 + e^{-s}) = \operatorname{softplus}(-s)$, and PyTorch's `softplus` is exact for every $s$.
#
# </details>
#
# <details><summary>Hint 2: the other logarithm</summary>
#
# $1 - \sigma(s) = \sigma(-s)$.
#
# </details>
#
# <details><summary>Hint 3: why should I compare shapes?</summary>
#
# Networks put out (n, 1), targets are often (n,). PyTorch stretches the two to n x n without a word, and the mean over
# that table is a loss that pairs every score with every target.
#
# </details>

# %%
bce = check("00.warmup_bce", warmup_bce)

# %% [markdown]
# **See it.** Train a detective with *your* loss: it learns to tell the points of a ring from those of a forger who only
# knows how far they lie from the centre.

# %%
from coursekit.data.toys import ring
from coursekit.nets.mlp import mlp
from coursekit.plots.points import points, probability_map
from coursekit.plots.style import show

generator = torch.Generator().manual_seed(0)
real = ring().draw(400, generator)
noise = torch.randn(400, 2, generator=generator)
fake = 2 * noise / noise.norm(dim=1, keepdim=True)
samples = torch.cat([real, fake])
targets = torch.cat([torch.ones(400, 1), torch.zeros(400, 1)])

torch.manual_seed(0)
D = mlp((2, 64, 64, 1), nn.Tanh)
optimizer = torch.optim.Adam(D.parameters(), lr=5e-3)
for _ in range(400):
    loss = bce(D(samples), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
show(
    points(real, fake, 3.0, f"loss {loss.item():.2f}", probability_map(D, extent=3.0)),
    "Eight modes in the detective's eyes, learned from labels alone.",
)

# %% [markdown]
# The loss began near 0.69, which is log 2: the price of not knowing. In lesson 04 the forger gets to answer.
