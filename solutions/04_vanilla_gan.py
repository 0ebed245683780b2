# ---
# jupyter:
#   coursekit:
#     title: The first GAN, from noise to digits
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
# # 04 · The first GAN, from noise to digits: exercises
#
# **Three losses, two turns, one loop: at the end you have written a GAN, and it has drawn for you.**
#
# The lecture is [04 · The first GAN, from noise to digits](../notebooks/04_vanilla_gan.ipynb). Replace each
# `raise NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your
# function once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function
# stand on its own: then a mistake in one costs nothing in another. (If you call one of yours from another, call it by
# the name in its stub.)

# %%
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.optim import Optimizer

from coursekit.checks import check
from coursekit.data.streams import Latent
from coursekit.data.toys import ring
from coursekit.nets.mlp import mlp
from coursekit.plots.curves import UNDECIDED
from coursekit.plots.lines import draw_lines
from coursekit.plots.points import draw_points, probability_map
from coursekit.plots.style import D_LINE, FAKE_LINE, label, new_figure, show

torch.set_num_threads(1)  # the networks below are small

# %% [markdown]
# ## 04.discriminator_loss · difficulty 1 of 5 · 10 minutes · 2 points
#
# All that $D$ ever learns comes from this number. It pays for each real sample that it doubts and for each fake that it
# believes, and each kind has a mean of its own:
#
# $$ L_D = -\operatorname{E}_x \log D(x) - \operatorname{E}_z \log(1 - D(G(z))), \qquad D = \sigma(s) = \frac{1}{1 + e^{-s}}. $$
#
# $D$ ends in a raw score $s$, and no sigmoid is taken before the logarithm: $\sigma(-200)$ is 0 in float32, and
# $\log 0$ ends a training run.


# %%
def discriminator_loss(real_scores: Tensor, fake_scores: Tensor) -> Tensor:
    """-V(D, G) in nats: the sum of two means, each over its own batch; one number.

    `real_scores` and `fake_scores` are raw scores (logits), any finite numbers, shape (N,) or
    (N, 1); the two batches may differ in length and in shape. The value and its gradient are
    right at scores of +-100 and beyond. Changes neither argument.
    """
    ### BEGIN SOLUTION
    return softplus(-real_scores).mean() + softplus(fake_scores).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: one step instead of two</summary>
#
# $-\log \sigma(s) = \log(1 + e^{-s}) = \operatorname{softplus}(-s)$, and PyTorch's `softplus` (imported above) is exact
# for every $s$.
#
# </details>
#
# <details><summary>Hint 2: the other logarithm</summary>
#
# $1 - \sigma(s) = \sigma(-s)$.
#
# </details>
#
# <details><summary>Hint 3: a test that you can do in your head</summary>
#
# At scores 0 the loss is $\log 2 + \log 2 = 1.386$. If yours is 0.693, you took one mean over both batches, or half.
#
# </details>

# %%
d_loss = check("04.discriminator_loss", discriminator_loss)

# %% [markdown]
# **See it.** A detective that gives every real sample the score $s$ and every fake one $-s$. **Predict**: where on this
# line is the coin, and what does being sure cost at the two ends?

# %%
scores = torch.linspace(-6, 6, 121)
figure = new_figure(7, 2.8)
paid = {"$L_D$": [d_loss(s, -s) for s in scores[:, None]]}
axis_name = "s (real samples score s, fakes -s)"
draw_lines(
    figure.subplots(), scores, paid, axis_name, "nats", {"the coin, log 4": UNDECIDED["d_loss"]}
)
show(figure, "Right and sure costs nothing; wrong and sure costs twice the score.")

# %% [markdown]
# ## 04.saturating_generator_loss · difficulty 1 of 5 · 5 minutes · 1 point
#
# $G$ can change one of the two terms of $V$. The game as it is written (equation 1 of the paper) tells it to minimise
# that term, without the minus that $L_D$ has:
#
# $$ L_G = \operatorname{E}_z \log(1 - D(G(z))). $$


# %%
def saturating_generator_loss(fake_scores: Tensor) -> Tensor:
    """E log(1 - D(G(z))) in nats, one number: never above 0, and lower for fakes that D believes.

    `fake_scores` are raw scores (logits), any finite numbers, shape (N,) or (N, 1). The value
    and its gradient are right at scores of +-100 and beyond. Changes nothing in place.
    """
    ### BEGIN SOLUTION
    return -softplus(fake_scores).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: the sign</summary>
#
# $\log(1 - \sigma(s)) = -\operatorname{softplus}(s)$. At scores 0 the loss is $-\log 2 = -0.693$.
#
# </details>

# %%
saturating = check("04.saturating_generator_loss", saturating_generator_loss)

# %% [markdown]
# **See it.** Four fakes, scored -6, -4, -2 and 0. Let each go down the slope of your loss with respect to its own score,
# as if $G$ could move every fake alone. **Predict**: which one is first to look real, and where is the worst one after
# 60 steps?


# %%
def climb(loss, s, n_steps=60):
    """The scores of some fakes that follow the slope of `loss`, one row a step."""
    rows = [s]
    for _ in range(n_steps):
        s = s.clone().requires_grad_()
        (slope,) = torch.autograd.grad(len(s) * loss(s), s)  # the loss is a mean over the fakes
        s = (s - 0.2 * slope).detach()
        rows.append(s)
    return torch.stack(rows)


def show_climb(loss, text):
    """The way of four fakes."""
    starts = torch.tensor([-6.0, -4.0, -2.0, 0.0])
    paths = climb(loss, starts)
    lines = {f"starts at {s:.0f}": paths[:, i] for i, s in enumerate(starts)}
    figure = new_figure(7, 2.8)
    draw_lines(figure.subplots(), range(len(paths)), lines, "step", "score")
    show(figure, text)


show_climb(saturating, "The saturating loss: whoever is far behind stays there.")

# %% [markdown]
# ## 04.non_saturating_generator_loss · difficulty 1 of 5 · 5 minutes · 1 point
#
# The paper's own advice (section 3): do not minimise the probability of being caught, maximise that of being believed.
# The goal is the same, the slope is not:
#
# $$ L_G = -\operatorname{E}_z \log D(G(z)). $$


# %%
def non_saturating_generator_loss(fake_scores: Tensor) -> Tensor:
    """-E log D(G(z)) in nats, one number: never below 0, and lower for fakes that D believes.

    `fake_scores` are raw scores (logits), any finite numbers, shape (N,) or (N, 1). The value
    and its gradient are right at scores of +-100 and beyond. Changes nothing in place.
    """
    ### BEGIN SOLUTION
    return softplus(-fake_scores).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: you have written it already</summary>
#
# It is what $D$ pays for a real sample, asked of a fake one: the label is turned round, not the sign of the loss. At
# scores 0 it is $\log 2 = 0.693$.
#
# </details>

# %%
non_saturating = check("04.non_saturating_generator_loss", non_saturating_generator_loss)

# %% [markdown]
# **See it.** The same four fakes. **Predict** what their paths look like now, before you run the cell.

# %%
show_climb(non_saturating, "The non-saturating loss: whoever is far behind is pulled hardest.")

# %% [markdown]
# ## 04.discriminator_step · difficulty 3 of 5 · 20 minutes · 3 points
#
# $D$'s turn: score a batch of real samples and the fakes $G(z)$, and go one step down the slope of $L_D$. The fakes are
# data here. Nothing in $G$ may move, and no gradient may be left in it: $G$'s own optimiser would act on it later, and
# would teach the forger to be caught.


# %%
def discriminator_step(
    D: nn.Module, G: nn.Module, d_optimizer: Optimizer, real: Tensor, z: Tensor
) -> Tensor | float:
    """One update of D on `real` and on G(z); returns the loss that was minimised, one number.

    `real` (N, ...) is a batch of real samples, `z` (N, latent) the noise for as many fakes;
    G(z) has the shape of `real`. D gives raw scores, (N,) or (N, 1). The loss is L_D, taken
    before the update; a tensor or a float. `d_optimizer` holds D's parameters and makes one
    step, on the gradient of this loss alone: gradients that D holds already play no part.
    G's parameters stay as they are, and G's gradients are empty or as they came. Both nets
    keep their modes (train or eval) throughout, and every parameter that needed a gradient
    before does after. No seed is set; `real` and `z` are not changed.
    """
    ### BEGIN SOLUTION
    fake = G(z).detach()
    loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
    d_optimizer.zero_grad()
    loss.backward()
    d_optimizer.step()
    return loss.detach()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: the order</summary>
#
# Fakes, scores, loss; then `zero_grad`, `backward`, `step`; then `return`.
#
# </details>
#
# <details><summary>Hint 2: how do I keep gradients out of G?</summary>
#
# `G(z).detach()` gives the same numbers without their history, so that `backward` ends there. `torch.no_grad()` around
# `G(z)` does the same and never builds the history.
#
# </details>

# %%
d_step = check("04.discriminator_step", discriminator_step)

# %% [markdown]
# **See it.** A forger that has learned nothing, real points on a ring, and your $D$ after 0, 30 and 300 turns. (The
# cells below define functions and call them: pictures like this one need a little room.)


# %%
def new_game(seed=0):
    """Two small networks for points on the plane, and an Adam for each."""
    torch.manual_seed(seed)
    G = mlp((2, 64, 64, 2), nn.ReLU)
    D = mlp((2, 64, 64, 1), nn.Tanh)
    adams = [torch.optim.Adam(net.parameters(), 2e-3, (0.5, 0.999)) for net in (G, D)]
    return G, D, *adams


def draw_game(axis, G, D, title):
    """400 real points, 400 fakes, and D's opinion of the plane."""
    real, fake = ring().draw(400, torch.Generator().manual_seed(1)), G(Latent(2, seed=1)(400))
    draw_points(axis, real, fake, 3.0, probability_map(D, 3.0))
    axis.set_title(title, fontsize=11, loc="left")


LEGEND = "Circles are real, triangles fake. Blue: D says real. Orange: D says fake."


# %%
def watch_d(step, moments=(0, 30, 300)):
    """D learns against a G that stands still; one panel for each moment."""
    G, D, _, d_adam = new_game()
    batches, latent = ring().batches(128), Latent(2)
    figure = new_figure(8, 2.9)
    axes = iter(figure.subplots(1, len(moments)))
    for turn in range(max(moments) + 1):
        if turn in moments:
            draw_game(next(axes), G, D, f"{turn} turns of D")
        step(D, G, d_adam, *next(batches), latent(128))
    show(figure, LEGEND)


watch_d(d_step)

# %% [markdown]
# ## 04.generator_step · difficulty 3 of 5 · 20 minutes · 3 points
#
# $G$'s turn: it has no data, only what $D$ says of its fakes. The gradient of the non-saturating loss must come back
# *through* $D$ into $G$, and nothing of it may stay in $D$: whatever is left there waits for an optimiser that adds it to
# $D$'s next update, and it would teach the detective to believe fakes.


# %%
def generator_step(D: nn.Module, G: nn.Module, g_optimizer: Optimizer, z: Tensor) -> Tensor | float:
    """One update of G through D; returns the non-saturating loss that was minimised, one number.

    `z` (N, latent) is the noise; D(G(z)) are raw scores, (N,) or (N, 1). The loss is taken
    before the update; a tensor or a float. `g_optimizer` holds G's parameters and makes one
    step, on the gradient of this loss alone: gradients that G holds already play no part.
    D's parameters stay as they are, and D's gradients are empty or as they came. Both nets
    keep their modes (train or eval) throughout, and every parameter that needed a gradient
    before does after. No seed is set; `z` is not changed.
    """
    ### BEGIN SOLUTION
    D.requires_grad_(False)  # gradients pass through D, and none are kept in it
    loss = softplus(-D(G(z))).mean()
    g_optimizer.zero_grad()
    loss.backward()
    g_optimizer.step()
    D.requires_grad_(True)
    return loss.detach()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: why not detach again?</summary>
#
# `G(z).detach()` cuts $G$ off, and $G$ is what should learn. Here the other network is to be left out, and it lies
# *between* the loss and $G$: the gradient has to pass through it.
#
# </details>
#
# <details><summary>Hint 2: three ways to keep D empty</summary>
#
# Tell $D$'s parameters that they need no gradient, `D.requires_grad_(False)`, and turn that back when you are done. Or ask
# for the gradients of $G$ only, with `torch.autograd.grad`. Or let `backward` fill both, and empty $D$ afterwards with
# `D.zero_grad()`. The first saves the most work.
#
# </details>

# %%
g_step = check("04.generator_step", generator_step)

# %% [markdown]
# **See it.** Now $D$ stands still, after the 300 turns above, and $G$ has all the turns to itself. **Predict**: will the
# fakes find the eight spots?


# %%
def watch_g(step, moments=(0, 30, 300)):
    """G learns against a D that stands still; one panel for each moment."""
    G, D, g_adam, d_adam = new_game()
    batches, latent = ring().batches(128), Latent(2)
    for _ in range(300):
        d_step(D, G, d_adam, *next(batches), latent(128))
    figure = new_figure(8, 2.9)
    axes = iter(figure.subplots(1, len(moments)))
    for turn in range(max(moments) + 1):
        if turn in moments:
            draw_game(next(axes), G, D, f"{turn} turns of G")
        step(D, G, g_adam, latent(128))
    show(figure, LEGEND)


watch_g(g_step)

# %% [markdown]
# They leave the orange island by the shortest way, and past its shore nothing calls them on: this $D$ takes all the rest
# of the plane for real, since no fake was ever there. A forger needs a detective that answers.

# %% [markdown]
# ## 04.train_gan · difficulty 4 of 5 · 25 minutes · 4 points
#
# Algorithm 1 of the paper. A *step* is
#
# 1. $k$ times $D$'s turn, each on a **new** real batch and **new** noise, as many fakes as real samples;
# 2. then $G$'s turn, once, on new noise again, as much as before, against the $D$ that has just learned.
#
# Keep account of the losses: of $D$ the loss of its last turn in the step, of $G$ that of its only one. A loss tensor
# holds on to all that it was computed from, so store its number.
#
# Both turns end with the same three lines; here they are, if you want them.


# %%
def update(optimizer: Optimizer, loss: Tensor) -> None:
    """Old gradients away, new ones in, one step."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


# %%
def train_gan(G, D, g_optimizer, d_optimizer, batches, latent, n_steps, k=1) -> dict:
    """Algorithm 1 with the non-saturating loss: `n_steps` steps; returns the history.

    `(real,) = next(batches)` is a real batch: the iterator is endless, the batches may differ
    in size. `latent(n)` is new noise (n, latent). Draw what the steps need and nothing else,
    set no seed, leave both nets in their modes. `n_steps` and `k` are at least 1.
    The history is a dict: "d_loss" and "g_loss" are lists of n_steps floats.
    """
    ### BEGIN SOLUTION
    history = {"d_loss": [], "g_loss": []}
    for _ in range(n_steps):
        for _ in range(k):
            (real,) = next(batches)
            fake = G(latent(len(real))).detach()
            d_loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
            update(d_optimizer, d_loss)
        g_loss = softplus(-D(G(latent(len(real))))).mean()
        update(g_optimizer, g_loss)
        history["d_loss"].append(d_loss.item())
        history["g_loss"].append(g_loss.item())
    return history
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: which gradients are where?</summary>
#
# $G$'s turn fills both nets here, and that does no harm as long as each turn begins with `zero_grad` of its own
# optimiser. If you call your `discriminator_step` and `generator_step`, they see to it.
#
# </details>
#
# <details><summary>Hint 2: how many draws are there in a step?</summary>
#
# With $k = 3$: three batches and four noises. If you count fewer, two turns share something.
#
# </details>

# %%
train = check("04.train_gan", train_gan)

# %% [markdown]
# **See it.** Your loop, your game: the same ring, the same two networks, and now each answers the other.


# %%
def watch_both(train, moments=(20, 300, 1200), k=1):
    """Both learn; one panel for each moment. Returns the losses of the whole way."""
    G, D, *adams = new_game()
    batches, latent = ring().batches(128), Latent(2)
    figure = new_figure(8, 2.9)
    axes = figure.subplots(1, len(moments))
    history = {"d_loss": [], "g_loss": []}
    for axis, before, now in zip(axes, (0, *moments), moments, strict=False):
        told = train(G, D, *adams, batches, latent, now - before, k)
        for name, losses in history.items():
            losses.extend(told[name])
        draw_game(axis, G, D, f"step {now}, k = {k}")
    show(figure, LEGEND)
    return history


# %%
def show_losses(history):
    """Both losses, with the levels that they have where D is 1/2 everywhere."""
    figure = new_figure(8, 2.6)
    axis = figure.subplots()
    for name, style in (("d_loss", D_LINE), ("g_loss", FAKE_LINE)):
        axis.plot(history[name], label=f"{name[0].upper()}'s loss", **style | {"linewidth": 1})
        axis.axhline(UNDECIDED[name], color="black", linestyle=":", linewidth=1.2)
    label(axis, x="step", y="nats")
    show(figure, "The losses of the same run. Dotted: log 4 and log 2, where D cannot tell.")


# %% [markdown]
# **Predict** before you run it: will the two losses fall while the fakes find the ring?

# %%
show_losses(watch_both(train))

# %% [markdown]
# They do not. After a hundred steps both lie near the levels of a $D$ that cannot tell, and there they stay, while the
# fakes go from a smear to a circle and from the circle to the eight spots. Try `watch_both(train, k=3)`, and a game of
# your own.
