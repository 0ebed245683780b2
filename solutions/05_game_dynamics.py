# ---
# jupyter:
#   coursekit:
#     title: Why two losses do not go down
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
# # 05 · Why two losses do not go down: exercises
#
# **Five functions: a game that never ends, the eigenvalues that foresee it, and two ways out.**
#
# The lecture is [05 · Why two losses do not go down](../notebooks/05_game_dynamics.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
import torch
from torch import Tensor

from coursekit.checks import check
from coursekit.plots.dynamics import fields, race, spectrum
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure, show


def xy_velocity(w):
    x, y = w.unbind(-1)
    return torch.stack([-y, x], -1)


# %% [markdown]
# ## 05.xy_alternating · difficulty 1 of 5 · 10 minutes · 2 points
#
# $x$ wants the product $xy$ small, $y$ wants it large, and they take turns: $x$ moves first, and $y$ answers to the
# *new* $x$.
#
# $$ x_{n+1} = x_n - h\,y_n, \qquad y_{n+1} = y_n + h\,x_{n+1}. $$
#
# One index decides whether the game runs away or goes round for ever.


# %%
def xy_alternating(x: float, y: float, lr: float, n_steps: int) -> Tensor:
    """The path of the xy-game from (x, y): shape (n_steps + 1, 2), float64, one row (x, y) for
    the start and one after each step.

    In a step x moves first, by -lr * y, and then y, by +lr * (the new x). `n_steps` may be 0:
    then only the start is in the path. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    path = [(x, y)]
    for _ in range(n_steps):
        x = x - lr * y
        y = y + lr * x
        path.append((x, y))
    return torch.tensor(path, dtype=torch.float64)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: how do I collect a path?</summary>
#
# Start a list with the pair $(x, y)$, append a pair after each step, and make a tensor of the list at the end, with
# `dtype=torch.float64`.
#
# </details>
#
# <details><summary>Hint 2: a test that you can do in your head</summary>
#
# From $(1, 1)$ with `lr` 1 the first step leads to $(0, 1)$, and the sixth back to $(1, 1)$.
#
# </details>

# %%
orbit = check("05.xy_alternating", xy_alternating)

# %% [markdown]
# **See it.** Three step sizes from the same start. **Predict** for each: does the path close?

# %%
panels = [
    {
        "velocity": xy_velocity,
        "low": -2,
        "high": 2,
        "names": ("x", "y"),
        "title": f"step size {lr:.2f}",
        "equilibria": [(0, 0)],
        "paths": {"path": orbit(1.0, 1.0, lr, n_steps)},
    }
    for lr, n_steps in ((0.3, 20), (1.0, 6), (2**0.5, 4))
]
show(
    fields(panels, width=9),
    "Each path stays on an ellipse; the step size sets its shape and its pace.",
)

# %% [markdown]
# ## 05.dirac_jacobian · difficulty 3 of 5 · 20 minutes · 3 points
#
# The Dirac-GAN: real samples at 0, fake ones at $\theta$, $D(x) = \operatorname{sigmoid}(-\psi x)$, and R1 with weight
# $\gamma$ on the detective. With $\sigma$ the sigmoid, the two players are drawn by the velocities
#
# $$ v_\theta = -\psi\,\sigma(-\theta\psi), \qquad v_\psi = \theta\,\sigma(-\theta\psi) - \gamma\psi. $$
#
# All that the lecture foresees comes from their four derivatives,
#
# $$ J = \begin{pmatrix} \partial v_\theta / \partial\theta & \partial v_\theta / \partial\psi \\
#    \partial v_\psi / \partial\theta & \partial v_\psi / \partial\psi \end{pmatrix}. $$
#
# Find them with pencil and paper, for any $\theta$ and $\psi$, not only at the equilibrium.


# %%
def dirac_jacobian(theta: float, psi: float, r1_weight: float) -> Tensor:
    """The Jacobian of (v_theta, v_psi) at (theta, psi): shape (2, 2), float64.

    Row 0 belongs to v_theta, row 1 to v_psi; column 0 is the derivative by theta, column 1 by
    psi. All arguments are floats of any size, `r1_weight` >= 0. Exact to 1e-9, and finite.
    """
    ### BEGIN SOLUTION
    t = torch.tensor(theta * psi, dtype=torch.float64)
    s = torch.sigmoid(-t)
    bend = s * torch.sigmoid(t)  # minus the derivative of s by t
    cross = s - t * bend
    entries = [psi**2 * bend, -cross, cross, -(theta**2) * bend - r1_weight]
    return torch.stack(entries).reshape(2, 2)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: the derivative of the sigmoid</summary>
#
# Let $t = \theta\psi$ and $s = \sigma(-t)$. Then $\frac{ds}{dt} = -s\,(1 - s)$, and $1 - s = \sigma(t)$. By the chain
# rule $\frac{\partial s}{\partial\theta} = \psi \frac{ds}{dt}$.
#
# </details>
#
# <details><summary>Hint 2: two of the entries are products</summary>
#
# $\partial(\psi s) / \partial\psi = s + \psi \cdot \partial s / \partial\psi$. At $(0, 0)$ you should get 0, -1/2, 1/2
# and $-\gamma$.
#
# </details>

# %%
jacobian = check("05.dirac_jacobian", dirac_jacobian)

# %% [markdown]
# **See it.** The eigenvalues at the equilibrium for four weights of R1. **Predict** where those of weight 0.6 are.

# %%
pairs = {f"weight {g}": torch.linalg.eigvals(jacobian(0.0, 0.0, g)) for g in (0.0, 0.6, 1.0, 1.5)}
show(
    spectrum(pairs, 1.0, (-2.2, 0.4, 1.2)),
    "R1 pushes the eigenvalues to the left, into the disc, until they meet and part.",
)

# %% [markdown]
# ## 05.spectral_radius · difficulty 2 of 5 · 10 minutes · 2 points
#
# A step of size $h$ maps a small distance $e$ from the equilibrium to $(I + hJ)\,e$. In the long run it changes the
# length of $e$ by the **spectral radius** $\rho = \max |\text{eigenvalue of } I + hJ|$: below 1 the players come
# nearer.


# %%
def spectral_radius(jacobian: Tensor, lr: float) -> Tensor:
    """The largest modulus among the eigenvalues of I + lr * jacobian: one number, >= 0.

    `jacobian` has the shape (n, n), any n >= 1, float64, and need not be symmetric: eigenvalues
    may be complex. Exact to 1e-9. Changes no argument.
    """
    ### BEGIN SOLUTION
    step = torch.eye(len(jacobian), dtype=jacobian.dtype) + lr * jacobian
    return torch.linalg.eigvals(step).abs().max()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: which function?</summary>
#
# `torch.linalg.eigvals` takes any square matrix and returns complex numbers; `eigvalsh` and `svdvals` answer other
# questions. The modulus of complex numbers is their `abs()`.
#
# </details>
#
# <details><summary>Hint 2: a test that you can do in your head</summary>
#
# For the $xy$-game, $J = \begin{pmatrix} 0 & -1 \\ 1 & 0 \end{pmatrix}$, the radius is $|1 + ih| = \sqrt{1 + h^2}$.
#
# </details>

# %%
radius = check("05.spectral_radius", spectral_radius)

# %% [markdown]
# **See it.** The Dirac-GAN, simultaneous steps: the radius over the learning rate, for four weights of R1. **Predict**
# which of them allows the largest rate, and which the fastest convergence.

# %%
rates = torch.linspace(0, 4, 161, dtype=torch.float64).tolist()
lines = {
    f"R1 weight {g}": [radius(jacobian(0.0, 0.0, g), lr).item() for lr in rates]
    for g in (0.0, 0.3, 1.0, 2.0)
}
figure = new_figure(7, 3)
axis = figure.subplots()
draw_lines(axis, rates, lines, "learning rate", "spectral radius", {"1": 1.0})
axis.set_ylim(0, 2.5)
show(figure, "Below the dotted level the game converges.")

# %% [markdown]
# At weight 1 and rate 2 both eigenvalues of the step are 0: near the equilibrium two steps are enough. At rate 4 it no
# longer converges. A larger weight converges more slowly *and* allows a smaller rate only.

# %% [markdown]
# ## 05.extragradient_step · difficulty 2 of 5 · 15 minutes · 2 points
#
# Look ahead, then move. Take a step to where both players are drawn, read the arrow *there*, come back, and go along
# that arrow instead:
#
# $$ \tilde w = w + h\,v(w), \qquad w_\text{new} = w + h\,v(\tilde w). $$


# %%
def extragradient_step(velocity, w: Tensor, lr: float) -> Tensor:
    """The state after one extragradient step from w, a new tensor of the shape of w.

    `velocity` is a function that maps a state to the direction in which the players are drawn,
    a tensor of the same shape; `w` is float64 of any shape, `lr` > 0. Exact to 1e-9. Does not
    change `w`.
    """
    ### BEGIN SOLUTION
    ahead = w + lr * velocity(w)
    return w + lr * velocity(ahead)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: how many evaluations?</summary>
#
# Two: the first only to find the place at which to evaluate the second. The first arrow is then thrown away.
#
# </details>
#
# <details><summary>Hint 2: a test that you can do in your head</summary>
#
# The $xy$-game from $(1, 0)$ with `lr` 0.5: the arrow is $(0, 1)$, the place ahead $(1, 0.5)$, the arrow there
# $(-0.5, 1)$, and the new state $(0.75, 0.5)$.
#
# </details>

# %%
look_ahead = check("05.extragradient_step", extragradient_step)

# %% [markdown]
# **See it.** The $xy$-game once more, against plain simultaneous steps.

# %%
w = torch.tensor([1.0, 1.0], dtype=torch.float64)
paths = {"simultaneous": [w], "extragradient": [w]}
for _ in range(100):
    plain, extra = paths["simultaneous"], paths["extragradient"]
    plain.append(plain[-1] + 0.15 * xy_velocity(plain[-1]))
    extra.append(look_ahead(xy_velocity, extra[-1], 0.15))
show(
    race({name: torch.stack(path) for name, path in paths.items()}, 100, 5.0, ("x", "y")),
    "The same arrows, read in two places: out, and in.",
)

# %% [markdown]
# ## 05.r1_penalty · difficulty 3 of 5 · 20 minutes · 3 points
#
# R1 (Mescheder et al. 2018, equation 9) makes a steep detective pay where the real samples are:
#
# $$ R_1 = \frac{\gamma}{2} \operatorname{E}_{x \sim \text{real}} \|\nabla_x D(x)\|^2, $$
#
# with $D(x)$ the raw score. Write the expectation; $\gamma / 2$ stays outside. The penalty joins $D$'s loss, so
# `backward` must be able to go *through the gradient* to $D$'s weights.


# %%
def r1_penalty(scores: Tensor, real: Tensor) -> Tensor:
    """The mean over the batch of the squared norm of each score's gradient by its own sample:
    one number, part of the graph.

    `real` has the shape (N, ...), points or images, and `requires_grad`; `scores` = D(real), of
    shape (N,) or (N, 1), was computed from it, each score from its own sample alone. The squared norm
    is the sum of squares over all entries of one sample. Leaves every `.grad` as it was.
    """
    ### BEGIN SOLUTION
    (gradient,) = torch.autograd.grad(scores.sum(), real, create_graph=True)
    return gradient.square().flatten(1).sum(1).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: one call for the whole batch</summary>
#
# A score depends on its own sample alone. So the gradient of the *sum* of all scores holds, in row $i$, the gradient of
# score $i$. `torch.autograd.grad(scores.sum(), real, ...)` returns a tuple with one entry.
#
# </details>
#
# <details><summary>Hint 2: the way back to the weights</summary>
#
# `create_graph=True` keeps the graph of the gradient itself. Without it the gradient is a constant for `backward`.
#
# </details>

# %%
penalty = check("05.r1_penalty", r1_penalty)

# %% [markdown]
# **See it.** A detective with 16 hidden units against one fake point in the plane; the real samples are all $(0, 0)$.
# Both move at once, by plain gradient descent. **Predict** the two curves.


# %%
def distances(gamma, n_steps=250, lr=0.1):
    torch.manual_seed(0)
    D = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    fake, seen = torch.ones(1, 2, requires_grad=True), []
    for _ in range(n_steps):
        real = torch.zeros(1, 2, requires_grad=True)
        scores, fake_score = D(real), D(fake)
        g_loss = -torch.nn.functional.softplus(fake_score).sum()
        d_loss = torch.nn.functional.softplus(torch.cat([-scores, fake_score])).sum()
        d_loss = d_loss + gamma / 2 * penalty(scores, real)
        (g_slope,) = torch.autograd.grad(g_loss, fake, retain_graph=True)
        d_slopes = torch.autograd.grad(d_loss, list(D.parameters()))
        with torch.no_grad():
            for player, slope in zip((fake, *D.parameters()), (g_slope, *d_slopes), strict=True):
                player -= lr * slope
        seen.append(fake.norm().item())
    return seen


# %%
figure = new_figure(7, 3)
axis = figure.subplots()
curves = {"without R1": distances(0.0), "with R1, weight 1": distances(1.0)}
draw_lines(axis, range(250), curves, "step", "distance of the fake point")
axis.set_yscale("log")
show(figure, "Without the penalty the forger swings past the real point; with it, it arrives.")
