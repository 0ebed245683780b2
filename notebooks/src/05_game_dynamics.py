# ---
# jupyter:
#   coursekit:
#     title: Why two losses do not go down
#     budget: 60
#     data: none
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
# # 05 · Why two losses do not go down
#
# **You will predict, from two numbers computed before the first step, whether a game settles, circles or explodes; then
# you will play it and compare.**

# %% [markdown]
# ## What you will be able to do
#
# - **tell** a game with several equilibria from one whose players chase each other,
# - **predict** with eigenvalues what simultaneous, alternating and extragradient steps will do,
# - **derive** the dynamics of the smallest GAN, and compute its spectrum,
# - **choose** the weight of R1, and say what too much of it costs,
# - **read** a map of learning rates,
# - **refute** five things that are often said about unstable GANs.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | the value function of lesson 03, the two generator losses of lesson 04, eigenvalues of a 2 x 2 matrix |
# | **Paper** | Mescheder, Geiger and Nowozin, *Which Training Methods for GANs do actually Converge?*, 2018: [arXiv:1801.04406](https://arxiv.org/abs/1801.04406) |
# | **Cost** | 25 s on 2 CPU cores (profile `fast`); GPU: not measured; data: none |
# | **Previous** | [04 · The first GAN, from noise to digits](04_vanilla_gan.ipynb) |
# | **Next** | [06 · Mode collapse, counted](06_mode_collapse.ipynb) |
# | **Exercise** | [05 · exercises](../exercises/05_game_dynamics.ipynb) |

# %%
import math

import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # two numbers at a time: a second thread has nothing to do


def numbers(*values):
    return torch.tensor(values, dtype=torch.float64)


# %% [markdown]
# ## 1. Two drivers, one road
#
# One network that learns goes downhill on one landscape. It may end in a poor valley, but it ends. A GAN has two
# learners, and what is downhill for one depends on where the other stands. Before we blame networks, let us look at
# games of two numbers.
#
# Two drivers come towards each other. The first goes left with probability $p$, the second with probability $q$ (each
# sees it from their own seat). If both choose the same side they pass, and each earns 1; if not, both earn 0:
#
# $$ u(p, q) = pq + (1 - p)(1 - q), \qquad \frac{\partial u}{\partial p} = 2q - 1. $$
#
# A **Nash equilibrium** is a pair from which neither gains by changing *alone*. How much could a driver gain at best?

# %% tags=["nbval-check-output"]
from coursekit.plots.style import table


def payoff(p, q):
    return p * q + (1 - p) * (1 - q)


habits = torch.linspace(0, 1, 101, dtype=torch.float64)
rows = []
for p, q in ((1.0, 1.0), (0.0, 0.0), (0.5, 0.5), (0.9, 0.2)):
    gains = [payoff(habits, q).max() - payoff(p, q), payoff(p, habits).max() - payoff(p, q)]
    is_nash = max(gains).item() < 1e-9
    rows.append([p, q, f"{payoff(p, q):.2f}", *(f"{g + 0:.2f}" for g in gains), is_nash])
table(["p", "q", "each earns", "first could gain", "second could gain", "Nash"], rows)
assert [row[-1] for row in rows] == [True, True, True, False]

# %% [markdown]
# **What we see.** Three equilibria: all left, all right, and a coin each. The third earns half as much, and yet nobody
# can improve on it alone. So "the equilibrium" of a game need not be one, and need not be good.
#
# Which one is reached? Let each driver drift towards what pays, slowly where the habit is firm (the *replicator*
# equation): $\dot p = p(1 - p)(2q - 1)$, and the same for $q$.
#
# **Predict.** The drivers start at $p = 0.3$, $q = 0.6$. On which side will they drive? Which starts lead to the left?


# %%
def driving_velocity(w):
    """Where two drivers (p, q) drift: towards what pays, slowly where a habit is firm."""
    return w * (1 - w) * (2 * w.flip(-1) - 1)


def simultaneous_step(velocity, w, lr):
    """Both players move at once, each from where the other was."""
    return w + lr * velocity(w)


# %% tags=["nbval-check-output"]
from coursekit.dynamics import play

starts = torch.rand(1000, 2, generator=torch.Generator().manual_seed(run.seed)).double()
end = play(simultaneous_step, driving_velocity, starts, 0.5, 1000)[-1]
on_left = (end > 0.99).all(1)
on_right = (end < 0.01).all(1)
predicted = starts.sum(1) > 1
print(f"of 1000 starts {on_left.sum()} end on the left, {on_right.sum()} on the right")
print(f"left exactly where p + q > 1: {torch.equal(on_left, predicted)}")
assert torch.equal(on_left, predicted) and torch.equal(on_right, ~predicted)

# %% [markdown]
# **What we see.** Every start settles, and the start alone decides where: $p + q > 1$ leads to the left, less to the
# right. (So 0.3 and 0.6 drive on the right.) The coin is an equilibrium that only starts exactly on $p + q = 1$ reach.

# %% [markdown]
# ## 2. One minus sign
#
# The drivers want the same. A forger and a detective want opposite things. The smallest game of that kind: $x$ wants
# the product $xy$ small, $y$ wants it large. Each follows its own slope:
#
# $$ \dot x = -\frac{\partial}{\partial x} xy = -y, \qquad \dot y = +\frac{\partial}{\partial y} xy = x. $$
#
# The only equilibrium is $(0, 0)$: at $y = 0$ nothing that $x$ does changes the product, and the other way round.
#
# **Predict.** The arrow at $(1, 0)$ points straight up, the one at $(0, 1)$ to the left. Draw the rest. Where does a
# player end up that follows the arrows?


# %%
def xy_velocity(w):
    """Where x, which wants x y small, and y, which wants it large, are drawn."""
    x, y = w.unbind(-1)
    return torch.stack([-y, x], -1)


# %%
from coursekit.plots.compact import show_compact
from coursekit.plots.dynamics import fields


def paths(velocity, *starts, lr=0.01, n_steps=1500):
    return {
        i: play(simultaneous_step, velocity, numbers(*w), lr, n_steps) for i, w in enumerate(starts)
    }


road = {
    "velocity": driving_velocity, "low": 0, "high": 1, "names": ("p", "q"),
    "equilibria": [(0, 0), (0.5, 0.5), (1, 1)], "title": "both want the same",
    "paths": paths(driving_velocity, (0.3, 0.6), (0.15, 0.83), (0.2, 0.85)),
}  # fmt: skip
circle = {
    "velocity": xy_velocity, "low": -2, "high": 2, "names": ("x", "y"),
    "equilibria": [(0, 0)], "title": "each wants the opposite",
    "paths": paths(xy_velocity, (1, 1), (0, 0.7), lr=0.001, n_steps=6000),
}  # fmt: skip
show_compact(
    fields([road, circle]),
    "Figure 1. Squares: starts; triangles: ends; stars: equilibria. Arrows: where both are drawn.",
    n_colors=160,
)

# %% [markdown]
# **What we see.** On the road every path runs into a corner, however close to the ridge it starts. In the $xy$-game the
# arrows lead round and round: nobody comes nearer to the equilibrium, and nobody leaves. Neither player is doing
# anything wrong. Each goes down its own slope all the time, and the slope turns with the other's move.
#
# What makes the difference can be read off the derivatives of the arrows, the **Jacobian** $J$:

# %% tags=["nbval-check-output"]
from torch.autograd.functional import jacobian

for name, velocity, at in (
    ("road, the coin", driving_velocity, (0.5, 0.5)),
    ("road, all left", driving_velocity, (1.0, 1.0)),
    ("xy-game", xy_velocity, (0.0, 0.0)),
):
    J = jacobian(velocity, numbers(*at))
    values = [f"{e.real + 0:.1f}{e.imag + 0:+.1f}i" for e in torch.linalg.eigvals(J).tolist()]
    print(f"{name}: J = {(J + 0).tolist()}, eigenvalues {' and '.join(sorted(values))}")

# %% [markdown]
# **What we see.** On the road the two off-diagonal entries agree ("your left makes me go left, and mine you"); the
# eigenvalues are real, and a positive one throws the players out of the middle. In the $xy$-game one of the two has a
# minus: "when you rise I fall, when I rise you rise". The eigenvalues are purely imaginary. They say *turn*, and
# nothing else.

# %% [markdown]
# ## 3. Who moves when?
#
# No computer follows the arrows exactly: it takes steps of size $h$, the learning rate. If both move at once,
#
# $$ x_{n+1} = x_n - h\,y_n, \qquad y_{n+1} = y_n + h\,x_n
#    \qquad\Rightarrow\qquad x_{n+1}^2 + y_{n+1}^2 = (1 + h^2)(x_n^2 + y_n^2). $$
#
# The step stands at a right angle to the radius, so by Pythagoras the distance grows by $\sqrt{1 + h^2}$, every time.
# After $n$ steps it is $r_0 (1 + h^2)^{n/2}$: a small rate makes it slow, none makes it stop.
#
# Algorithm 1 is not simultaneous, though the code released with it was: its players take turns. Let $x$ move first and
# let $y$ answer to the *new* $x$.
#
# **Predict.** Play it on paper from $(1, 1)$ with $h = 1$: six lines.


# %%
def alternating_step(velocity, w, lr):
    """The first player moves, then the second, which has seen that move."""
    first = simultaneous_step(velocity, w, lr)[..., 0]
    between = torch.stack([first, w[..., 1]], -1)
    second = simultaneous_step(velocity, between, lr)[..., 1]
    return torch.stack([first, second], -1)


# %% tags=["nbval-check-output"]
start = numbers(1, 1)
orbit = play(alternating_step, xy_velocity, start, 1.0, 6)
print("in turn, h = 1:", " ".join(f"({x:.0f}, {y:.0f})" for x, y in (orbit + 0).tolist()))
mean = orbit[:6].mean(0) + 0
print(f"mean of the six: ({mean[0]:.0f}, {mean[1]:.0f})")
away = play(simultaneous_step, xy_velocity, start, 0.1, 500).norm(dim=-1)
closed = math.sqrt(2) * (1 + 0.1**2) ** 250
print(f"at once, h = 0.1: distance after 500 steps {away[-1]:.3f}, by the formula {closed:.3f}")
assert torch.equal(orbit[6], start) and not any(torch.equal(w, start) for w in orbit[1:6])
assert mean.abs().max() < 1e-12 and abs(away[-1] - closed) < 1e-6

# %% [markdown]
# **What we see.** At once: from 1.4 to 17 in 500 steps, to six decimals as the formula says. In turn: after six steps
# the players are back where they began, and will be for ever. No run of any length would get them nearer. But the mean
# of the six places *is* the equilibrium, one reason why lesson 04 kept an average of $G$'s weights.
#
# Is six special? One round of turns is a matrix with determinant 1 and trace $2 - h^2$, a rotation on an ellipse, by
# the angle $\varphi$ with $\cos\varphi = 1 - h^2/2$. At $h = 1$ that is 60 degrees. The ellipse is
# $x^2 - hxy + y^2 = \text{const}$.

# %% tags=["nbval-check-output"]
rows = []
for lr, period in ((0.1, None), (1.0, 6), (math.sqrt(2), 4), (math.sqrt(3), 3)):
    x, y = play(alternating_step, xy_velocity, start, lr, 600).T
    ellipse = x**2 - lr * x * y + y**2
    angle = math.degrees(math.acos(1 - lr**2 / 2))
    rows.append([f"{lr:.3f}", f"{angle:.1f}", f"{360 / angle:.2f}"])
    assert (ellipse - ellipse[0]).abs().max() < 1e-6
    assert period is None or max(abs(x[period] - 1), abs(y[period] - 1)) < 1e-6
table(["step size", "degrees a step", "steps for a turn"], rows)

# %% [markdown]
# **What we see.** Taking turns neither helps nor harms: for every step size below 2 the game cycles, on an ellipse that
# it never leaves. The step size only sets the pace.

# %% [markdown]
# ## 4. Play
#
# Four games, three orders of moving, one path. *Extragradient* is new: look one step ahead, and move from where you
# *are* along the arrow that you would meet *there*. The dotted line is what the next section predicts.
#
# 1. *xy*, at once: is there a step size that brings the path nearer?
# 2. *xy*, in turn: from which step size on does it leave?
# 3. *xy*, extragradient: which step size is the fastest way in, and from which on does it leave?
# 4. *driving side*: find a start that takes a long detour past the coin.
# 5. *Dirac-GAN*, at once, step size 0.1, 100 steps: which R1 weight brings it nearest?

# %%
from coursekit.plots.style import show
from coursekit.widgets.vector_field import Settings, VectorFieldExplorer

show(
    VectorFieldExplorer(Settings(game="xy", moves="extragradient", lr=0.3, n_steps=60)),
    "Figure 2. Run the cell to use buttons and sliders (Tab and the arrow keys work, too).",
)

# %% tags=["nbval-check-output"]
from coursekit.widgets.vector_field import compute

grid = [k / 20 for k in range(1, 51)]  # the positions of the slider
factors = {
    moves: {lr: compute(Settings("xy", moves, lr, n_steps=0)).factor for lr in grid}
    for moves in ("at once", "in turn", "extragradient")
}
leaves = {moves: [lr for lr in grid if f[lr] > 1 + 1e-6] for moves, f in factors.items()}
best = min(grid, key=factors["extragradient"].get)
brakes = [k / 10 for k in range(31)]
ends = {g: compute(Settings("Dirac-GAN", "at once", 0.1, g)).distance[-1].item() for g in brakes}
print("leaves from:", {moves: lrs[0] for moves, lrs in leaves.items()})
print(f"extragradient is fastest at {best}: factor {factors['extragradient'][best]:.3f}")
print(f"best R1 weight {min(ends, key=ends.get)}")
assert leaves["at once"] == grid and leaves["in turn"][0] == 2.05
assert leaves["extragradient"][0] == 1.05 and best == 0.7

# %% [markdown]
# **What we see.** At once: no step size is small enough. In turn: beyond 2. The detours of the road start near the
# ridge $p + q = 1$, at its ends. Extragradient comes nearer for every step size below 1 (at 1 exactly it circles) and
# fastest at 0.7, where a step keeps 87 % of the distance. And R1, which section 9 explains, has a best weight: more is
# not better.

# %% [markdown]
# ## 5. What does a step do to a small distance?
#
# All of this can be known beforehand. Let $w^*$ be an equilibrium and $e$ a small distance from it. One step takes
#
# $$ e \;\mapsto\; e + h J e = (I + hJ)\,e, $$
#
# up to terms of order $e^2$. An eigenvalue $\lambda$ of $J$ becomes the eigenvalue $1 + h\lambda$ of the step, and
# after many steps the distance changes by the largest modulus among them, the **spectral radius** $\rho$:
#
# $$ \rho = \max_\lambda |1 + h\lambda|, \qquad |1 + h\lambda|^2 = (1 + h \operatorname{Re}\lambda)^2 + (h \operatorname{Im}\lambda)^2. $$
#
# Turning ($\operatorname{Im} \lambda$) always adds; only a negative real part can outweigh it. For
# $\lambda = \pm i\omega$ and $a = h\omega$ the three orders of moving give
#
# $$ \rho_\text{at once} = \sqrt{1 + a^2}, \qquad \rho_\text{in turn} = 1 \;(a \le 2), \qquad
#    \rho_\text{extragradient} = |1 + ia - a^2| = \sqrt{1 - a^2 + a^4}. $$


# %%
def spectral_radius(jacobian, lr):
    """The largest modulus among the eigenvalues of I + lr J: the factor of simultaneous steps."""
    identity = torch.eye(len(jacobian), dtype=jacobian.dtype)
    return torch.linalg.eigvals(identity + lr * jacobian).abs().max()


# %% [markdown]
# For the other two orders, differentiate the whole step: autograd does that, too.
#
# **Predict.** At $h = 0.1$ extragradient takes two looks at the arrows for each move. By how much does the distance
# shrink in one step: 10 %, 1 %, or less?

# %% tags=["nbval-check-output"]
from coursekit.dynamics import extragradient_step, step_jacobian

origin, h = numbers(0, 0), 0.1
closed = {
    simultaneous_step: math.sqrt(1 + h**2),
    alternating_step: 1.0,
    extragradient_step: math.sqrt(1 - h**2 + h**4),
}
rows = []
for step, formula in closed.items():
    factor = torch.linalg.eigvals(step_jacobian(step, xy_velocity, origin, h)).abs().max().item()
    played = play(step, xy_velocity, start, h, 500).norm(dim=-1)[-1].item()
    forecast = math.sqrt(2) * formula**500
    rows.append(
        [step.__name__, f"{factor:.6f}", f"{formula:.6f}", f"{forecast:.3f}", f"{played:.3f}"]
    )
    assert abs(factor - formula) < 1e-6
    assert step is alternating_step or abs(played - forecast) < 1e-6
table(["xy-game, h = 0.1", "autograd", "formula", "forecast after 500", "played"], rows)
assert abs(spectral_radius(jacobian(xy_velocity, origin), h) - closed[simultaneous_step]) < 1e-6

# %% [markdown]
# **What we see.** Autograd and formula agree, and so do forecast and play: 17.016 and 0.118. (In turn the factor is 1,
# and the distance swings a little about its forecast, since it moves on an ellipse and not on a circle.) Extragradient
# gains half a per cent a step. It is little, but it is on the right side of 1.

# %% [markdown]
# ## 6. A GAN with two numbers
#
# Is a GAN like the road or like the $xy$-game? Take the smallest there is, the **Dirac-GAN**: all real samples are 0,
# all fake ones are $\theta$, and the detective is a slope, $D(x) = \operatorname{sigmoid}(-\psi x)$. A positive $\psi$
# says: "what lies to the right is fake". (The paper writes the score as $\psi x$ and lets high scores mean *fake*. The
# equations are the same.)
#
# The real sample's score is 0 and that of the fake $-\theta\psi$, so the value of the game is
#
# $$ V(\theta, \psi) = \log\tfrac12 + \log(1 - \sigma(-\theta\psi)) = -\log 2 - \log(1 + e^{-\theta\psi}), $$
#
# and with $\frac{d}{dt} [-\log(1 + e^{-t})] = \sigma(-t)$ the two slopes are
#
# $$ \dot\theta = -\frac{\partial V}{\partial\theta} = -\psi\,\sigma(-\theta\psi), \qquad
#    \dot\psi = +\frac{\partial V}{\partial\psi} = \theta\,\sigma(-\theta\psi). $$


# %%
def dirac_velocity(w, r1_weight=0.0):
    """The Dirac-GAN's slopes, with the brake of section 9 on the detective."""
    theta, psi = w.unbind(-1)
    pull = torch.sigmoid(-theta * psi)
    return torch.stack([-psi * pull, theta * pull - r1_weight * psi], -1)


# %% [markdown]
# It is the $xy$-game, slowed down by the factor $\sigma(-\theta\psi)$, which is $1/2$ near $(0, 0)$, the only Nash
# equilibrium. Are these really the slopes of the losses of lesson 04?

# %% tags=["nbval-check-output"]
from coursekit.losses import MINIMAX

worst = 0.0
for w in torch.randn(100, 2, generator=torch.Generator().manual_seed(run.seed)).double():
    theta, psi = w.requires_grad_()
    real_score, fake_score = 0 * psi, -psi * theta
    d_loss, g_loss = MINIMAX.d(real_score, fake_score), MINIMAX.g(fake_score, real=None)
    (d_slope,) = torch.autograd.grad(d_loss, w, retain_graph=True)
    (g_slope,) = torch.autograd.grad(g_loss, w)
    down = -torch.stack([g_slope[0], d_slope[1]])
    worst = max(worst, (dirac_velocity(w.detach()) - down).abs().max().item())
J = jacobian(dirac_velocity, origin)
print(f"100 random states: slopes agree to {'1e-12' if worst < 1e-12 else worst}")
print(f"J at the equilibrium {(J + 0).tolist()}")
assert worst < 1e-12 and torch.allclose(torch.linalg.eigvals(J).imag.sort()[0], numbers(-0.5, 0.5))

# %% [markdown]
# **What we see.** They are, and $J$ has the eigenvalues $\pm i/2$: the GAN is of the turning kind. The forger runs from
# the suspicion, the suspicion follows the forger, and when the forger is back at 0, where the real samples are, the
# detective is still suspicious of the side it came from, and chases it out on the other.

# %% [markdown]
# ## 7. Predicted, then played
#
# Seven ways to train it, all from $(1, 1)$ with $h = 0.1$, 500 steps. With Wasserstein's loss (scores without a
# logarithm, lesson 07) the Dirac-GAN *is* the $xy$-game. *Non-saturating* changes the forger's half:
# $\dot\theta = -\psi\,\sigma(\theta\psi)$. *R1* is the brake of section 9.
#
# **Predict.** Which of the seven end nearer than they began?

# %%
from functools import partial

from coursekit.dynamics import dirac_non_saturating_velocity

games = {
    "minimax, at once": (simultaneous_step, dirac_velocity, math.sqrt(1 + (h / 2) ** 2)),
    "minimax, in turn": (alternating_step, dirac_velocity, 1.0),
    "minimax, extragradient": (
        extragradient_step, dirac_velocity, math.sqrt(1 - (h / 2) ** 2 + (h / 2) ** 4),
    ),
    "Wasserstein, at once": (simultaneous_step, xy_velocity, math.sqrt(1 + h**2)),
    "non-saturating, at once": (
        simultaneous_step, dirac_non_saturating_velocity, math.sqrt(1 + (h / 2) ** 2),
    ),
    "R1, weight 0.3, at once": (
        simultaneous_step, partial(dirac_velocity, r1_weight=0.3), math.sqrt(1 - 0.3 * h + h**2 / 4),
    ),
    "R1, weight 1, at once": (simultaneous_step, partial(dirac_velocity, r1_weight=1.0), 1 - h / 2),
}  # fmt: skip

# %%
rows, played = [], {}
for name, (step, velocity, formula) in games.items():
    factor = torch.linalg.eigvals(step_jacobian(step, velocity, origin, h)).abs().max().item()
    played[name] = play(step, velocity, start, h, 500)
    near = play(step, velocity, 1e-4 * start, h, 1000).norm(dim=-1)
    measured = (near[1000] / near[500]).item() ** (1 / 500)
    end = played[name][-1].norm().item()
    rows.append([name, f"{formula:.5f}", f"{measured:.5f}", f"{end:.4g}"])
    assert abs(factor - formula) < 1e-6 and abs(measured - factor) < 2e-3
table(["Dirac-GAN", "factor, predicted", "factor, near 0", "from 1.414, after 500 steps"], rows)
ends = {name: path[-1].norm().item() for name, path in played.items()}
assert ends["R1, weight 1, at once"] < 1e-3 and ends["minimax, at once"] > 2.2
assert abs(ends["Wasserstein, at once"] - math.sqrt(2) * 1.01**250) < 1e-6

# %% [markdown]
# The paper says for this GAN: without a penalty and with Wasserstein's loss it does not converge, with R1 it does, and
# non-saturating at best slower than exponentially. Four of the seven as a film, at $h = 0.3$:

# %%
from coursekit.plots.animate import show_animation
from coursekit.plots.dynamics import race

names = ["minimax, at once", "minimax, in turn", "minimax, extragradient", "R1, weight 1, at once"]
film = {name: play(*games[name][:2], start, 0.3, 200) for name in names}
show_animation(
    [race(film, n, extent=3.2) for n in range(0, 201, 10)],
    "Figure 3 (animation). Out, round, slowly in, and straight in.",
    seconds=0.25,
)

# %% [markdown]
# **What we see.** Every factor is as predicted, and the ends follow: at once out, in turn round, extragradient slowly
# in, R1 in. R1 does not spiral at all: with weight 1 the eigenvalues are real.
#
# Two rows need a second look. *Minimax at once* left more slowly than its factor says (2.25, where
# $1.414 \cdot 1.00125^{500} = 2.64$): the prediction is for small distances. And *non-saturating at once* has the same
# factor above 1, and yet it came **nearer**: 0.52. Is the prediction wrong?
#
# **Predict.** Start it at 0.14 instead of 1.41. Does it go in or out?

# %% tags=["nbval-check-output"]
rows = []
for lr in (0.2, 0.1):
    n_steps = round(40 / lr**2)
    starts = torch.stack([start, 0.1 * start])  # two games at once, one from afar, one from near
    path = play(simultaneous_step, dirac_non_saturating_velocity, starts, lr, n_steps).norm(dim=-1)
    afar, near = path[-200:].mean(0).tolist()
    rows.append([lr, f"{path[0, 0]:.2f} to {afar:.2f}", f"{path[0, 1]:.2f} to {near:.2f}"])
    rows[-1].append(f"{math.sqrt(2 * lr):.2f}")
    assert abs(afar - near) < 0.01 and abs(afar / math.sqrt(2 * lr) - 1) < 0.1
table(["step size", "from afar", "from near", "sqrt(2 h)"], rows)

# %% [markdown]
# **What we see.** Both are right. Near 0 it is thrown out, from afar it comes in, and both end on one circle. Averaged
# over a turn, the step pushes out at a speed of $hr/8$ and the loss pulls in at $r^3/16$; they cancel at
# $r = \sqrt{2h}$. So the spectral radius tells about the neighbourhood of an equilibrium, and nothing else; and a game
# may hover for ever at a distance that the learning rate sets. Here a falling rate does help: it shrinks the circle.

# %% [markdown]
# ## 8. What do the losses say?
#
# **Predict.** Three runs: one leaves, one circles, one converges. In which of them does the detective's loss go *down*?

# %%
from torch.nn.functional import softplus

from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure

runs = {"at once": played["minimax, at once"], "in turn": played["minimax, in turn"]}
runs["R1"] = played["R1, weight 1, at once"]
d_losses = {
    name: math.log(2) + softplus(-path[:, 0] * path[:, 1])  # the scores are 0 and -theta psi
    for name, path in runs.items()
}
figure = new_figure(7, 2.9)
left, right = figure.subplots(1, 2)
draw_lines(left, range(501), d_losses, "step", "loss of D (nats)", {"log 4": math.log(4)})
distances = {name: path.norm(dim=-1) for name, path in runs.items()}
draw_lines(right, range(501), distances, "step", "distance from the equilibrium")
left.get_legend().remove()
show_compact(
    figure, "Figure 4. The same three runs: D's loss (dotted level: log 4), and the truth."
)

# %% tags=["nbval-check-output"]
for name, loss in d_losses.items():
    first, last = loss[0].item(), loss[-1].item()
    print(f"{name}: loss of D at first {first:.3f}, at the end {last:.3f}")
assert d_losses["R1"][-1] > d_losses["R1"][0]
assert abs(d_losses["R1"][-1] - math.log(4)) < 1e-6

# %% [markdown]
# **What we see.** In the run that converges the detective's loss goes **up**, to $\log 4$: what is left for it when
# there is nothing to tell apart. In the others it swings for ever, and from the swing one cannot read whether the
# players come nearer. Each loss is measured against an opponent that moves; it is a report from the road, not a height
# above the valley.

# %% [markdown]
# ## 9. A brake for the detective
#
# The turning needs a detective that overshoots: it is still suspicious when there is nothing to suspect. **R1** makes
# suspicion cost something where the data are: to the detective's loss it adds
# $\frac{\gamma}{2} \operatorname{E}_\text{real} \|\nabla_x D(x)\|^2$, with $D$ the raw score. Here the score's slope is
# $-\psi$ everywhere, so that is $\frac{\gamma}{2} \psi^2$, and its slope $-\gamma\psi$ joins the detective's:
#
# $$ J = \begin{pmatrix} 0 & -\tfrac12 \\ \tfrac12 & -\gamma \end{pmatrix}, \qquad
#    \lambda = -\frac{\gamma}{2} \pm \sqrt{\frac{\gamma^2}{4} - \frac14}. $$
#
# **Predict.** For $\gamma < 1$ the root is imaginary. Where do the two eigenvalues go as $\gamma$ grows from 0 to 1,
# and where after 1?

# %%
from coursekit.dynamics import r1_eigenvalues
from coursekit.penalties import r1
from coursekit.plots.dynamics import spectrum

at = torch.zeros(5, 1, dtype=torch.float64)  # five real samples
cost = r1(lambda x: -0.8 * x, at, at, weight=0.3).item()
print(f"R1 of the library at psi = 0.8, weight 0.3: {cost:.4f}; by hand {0.3 / 2 * 0.8**2:.4f}")
assert abs(cost - 0.3 / 2 * 0.8**2) < 1e-12
weights = (0.0, 0.3, 1.0, 2.5)
show_compact(
    spectrum({f"weight {g}": r1_eigenvalues(g, 0.5) for g in weights}, 1.0, (-2.7, 0.4, 1.3)),
    "Figure 5. Eigenvalues of the Dirac-GAN under R1. The disc is drawn for the step size 1.",
)

# %% tags=["nbval-check-output"]
rows = []
for weight in (0.0, 0.1, 0.3, 1.0, 2.5, 5.0):
    J = jacobian(partial(dirac_velocity, r1_weight=weight), origin)
    pair, closed = torch.linalg.eigvals(J), r1_eigenvalues(weight, 0.5)
    tolerance = 1e-6  # of the sums and products: a double root itself is ill-conditioned
    assert (pair.sum() - closed.sum()).abs() < tolerance
    assert (pair.prod() - closed.prod()).abs() < tolerance
    factor = spectral_radius(J, h).item()
    half = math.log(0.5) / math.log(factor) if factor < 1 else math.inf
    text = " and ".join(f"{e.real + 0:.2f}{e.imag + 0:+.2f}i" for e in closed.tolist())
    rows.append([weight, text, f"{factor:.4f}", f"{half:.0f}" if factor < 1 else "never"])
table(["weight", "eigenvalues", "factor, h = 0.1", "steps until halved"], rows)

# %% [markdown]
# **What we see.** At weight 0 both sit on the dotted axis, outside of every such disc, however small the step makes it.
# R1 pushes them to the left, along a circle, until they meet at $-\tfrac12$ for $\gamma = 1$: the fastest way in, 14
# steps for half of the distance. Beyond that they part, one goes far to the left and the other comes *back* towards 0:
# a detective that brakes so hard hardly moves, and the forger waits for it. At weight 5 it takes ten times as many
# steps.

# %% [markdown]
# ## 10. Which learning rates?
#
# So far both players had the same rate. With $h_G$ and $h_D$ the step is $I + \operatorname{diag}(h_G, h_D)\,J$, and
# the formulas follow with $a = \tfrac12 \sqrt{h_G h_D}$: in turn it leaves where $h_G h_D > 16$, extragradient where
# $h_G h_D > 4$. For R1 at once, both eigenvalues of the step are inside the unit circle when
#
# $$ h_G < 4\gamma \qquad\text{and}\qquad h_D < \frac{16}{8\gamma - h_G}. $$
#
# **Predict.** The first condition does not mention $h_D$. You train with R1 and it explodes; does it help to slow down
# the detective?
#
# Four maps of 60 x 60 pairs of rates: 500 steps each from $(0.1, 0.1)$, all 3,600 games at the same time, and as black
# lines the formulas.

# %%
gamma = 0.3
rates = torch.logspace(math.log10(0.03), math.log10(30), 60, dtype=torch.float64)
pairs = torch.stack(torch.meshgrid(rates, rates, indexing="xy"), -1)  # (D in rows, G in columns, 2)
ways = {
    "at once": (simultaneous_step, dirac_velocity),
    "in turn": (alternating_step, dirac_velocity),
    "extragradient": (extragradient_step, dirac_velocity),
    "R1, weight 0.3, at once": (simultaneous_step, partial(dirac_velocity, r1_weight=gamma)),
}
maps = {}
for name, (step, velocity) in ways.items():
    path = play(step, velocity, (0.1 * start).expand(60, 60, 2), pairs, 500)
    farthest = path[-50:].norm(dim=-1).nan_to_num(math.inf).amax(0)
    maps[name] = (farthest / path[0].norm(dim=-1)).log10().clamp(-9, 9).numpy()

# %%
from coursekit.plots.dynamics import rate_maps

inner = rates[rates < 4 * gamma].tolist()
borders = {
    "in turn": (rates, 16 / rates),
    "extragradient": (rates, 4 / rates),
    "R1, weight 0.3, at once": (
        [*inner, 4 * gamma, 4 * gamma],
        [*(16 / (8 * gamma - x) for x in inner), 4 / gamma, 0.01],
    ),
}
words = {
    "at once": [(3, 3, "leaves"), (0.15, 0.15, "leaves,\nslowly")],
    "in turn": [(0.3, 0.3, "circles"), (10, 10, "leaves")],
    "extragradient": [(0.35, 0.9, "comes nearer"), (9, 9, "leaves")],
    "R1, weight 0.3, at once": [
        (0.2, 0.6, "comes nearer"),
        (8, 0.6, "leaves"),
        (0.6, 17, "explodes"),
    ],
}
show_compact(
    rate_maps(maps, rates, borders, words),
    "Figure 6. Blue: nearer after 500 steps; orange: farther. Lines: where the formula says 1.",
)

# %% [markdown]
# Do the lines stand where the colours change? For each pair whose distance changed by a factor of two or more:

# %%
h_g, h_d = pairs.unbind(-1)
inside = {
    "at once": torch.zeros_like(h_g, dtype=torch.bool),
    "extragradient": h_g * h_d < 4,
    "R1, weight 0.3, at once": (h_g < 4 * gamma) & (h_d * (8 * gamma - h_g) < 16),
}
for name, nearer in inside.items():
    decided = torch.from_numpy(abs(maps[name]) > 0.3)
    right = (torch.from_numpy(maps[name] < 0) == nearer)[decided].double().mean().item()
    print(f"{name}: {decided.double().mean():.0%} of the pairs decided, {right:.1%} as predicted")
    assert right > 0.99

# %% [markdown]
# **What we see.** They do. *At once* there is no blue at all, only places where it takes longer than 500 steps to
# notice. *In turn* circles below its line; far from the diagonal, where one player is much faster, the circles are long
# ellipses, hence the pale orange. (The thin streaks are pairs with $h_G h_D$ near 8, where a turn takes four steps.)
# *Extragradient* turns that whole region into a blue one; in the corner at the bottom it is so slow that 500 steps do
# not show. *R1* has a wall at $h_G = 4\gamma = 1.2$: to the right of it no rate of the detective helps, only a slower
# forger, or more R1. If it explodes *above* the curve, the detective's own brake overshoots, and there a slower
# detective does help. The borders are lines, not bands: a factor of two in one rate can decide, and which rate it is
# depends on the loss, the penalty and the order of moving. Rates taken over from another game say little.

# %% [markdown]
# ## 11. Is one point too simple?
#
# The Dirac-GAN is a caricature in two ways: its data have no width, and its detective is a straight line. First the
# width. Let the real samples be $N(0, s^2)$ and the fake ones $N(\theta, s^2)$, by quadrature instead of by hand: $J$
# follows from the second derivatives of $V$, since $\theta$ goes down $V$ and $\psi$ goes up.
#
# **Predict.** Does width help or harm?

# %% tags=["nbval-check-output"]
from torch.nn.functional import logsigmoid

from coursekit.theory import normal_pdf

z = torch.linspace(-8, 8, 1601, dtype=torch.float64)
share = normal_pdf(z) * 0.01  # probabilities of the grid's cells


def value_with_width(w, width):
    theta, psi = w
    real_scores, fake_scores = -psi * width * z, -psi * (theta + width * z)
    return (share * (logsigmoid(real_scores) + logsigmoid(-fake_scores))).sum()


rows = []
for width in (0.0, 0.1, 0.5, 1.0, math.sqrt(2)):
    H = torch.autograd.functional.hessian(partial(value_with_width, width=width), origin)
    J = torch.diag(numbers(-1, 1)) @ H
    with_r1 = jacobian(partial(dirac_velocity, r1_weight=width**2 / 2), origin)
    factor = spectral_radius(J, h).item()
    rows.append([f"{width:.2f}", f"{J[1, 1] + 0:.3f}", f"{width**2 / 2:.3f}", f"{factor:.5f}"])
    assert (J - with_r1).abs().max() < 1e-6
table(["sd of real and fake", "brake in J", "R1 weight with the same J", "factor, h = 0.1"], rows)

# %% [markdown]
# **What we see.** Width is a brake: data of standard deviation $s$ act, near the equilibrium, exactly as R1 of weight
# $s^2/2$ does on a point. A detective that leans where real samples are on *both* sides is wrong about half of them,
# and pays. It is one reason why the clouds of lesson 00 settled without any penalty, and how adding noise to real and
# fake images (*instance noise*) stabilises: the paper proves it for this GAN. In the directions of pixel space in which
# images hardly vary, they are nearly a Dirac-GAN.
#
# Now the detective: a network with 16 hidden units, the data still one point, in the plane. Both play at once, by plain
# gradient descent.
#
# **Predict.** Will it leave, circle or settle? And with R1?

# %%
from coursekit.nets.mlp import mlp


def orbit_of_a_network(seed, weight, n_steps=400, lr=0.1):
    """Distance of the fake point from the real one, after each step."""
    torch.manual_seed(seed)
    D, theta = mlp((2, 16, 1), nn.Tanh), torch.ones(1, 2, requires_grad=True)
    real, players, distances = torch.zeros(1, 2), [theta, *D.parameters()], []
    for _ in range(n_steps):
        d_loss = MINIMAX.d(D(real), D(theta)) + r1(D, real, theta, weight=weight)
        d_slopes = torch.autograd.grad(d_loss, players[1:], retain_graph=True, allow_unused=True)
        g_slopes = torch.autograd.grad(MINIMAX.g(D(theta), real=None), [theta])
        with torch.no_grad():
            for player, slope in zip(players, (*g_slopes, *d_slopes), strict=True):
                if slope is not None:  # D's last bias: R1 does not know it
                    player -= lr * slope
        distances.append(theta.norm().item())
    return distances


# %%
rows = []
for seed in range(run.seed, run.seed + 3):
    late = [max(orbit_of_a_network(seed, weight)[-100:]) for weight in (0.0, 1.0)]
    rows.append([seed, f"{late[0]:.3f}", f"{late[1]:.6f}"])
    assert late[0] > 0.03 and late[1] < 1e-3
table(
    ["seed", "without R1", "with R1, weight 1"],
    rows,
    "Largest distance in the last 100 of 400 steps; 1.414 at the start.",
)

# %% [markdown]
# **What we see.** Without R1 the network does not leave, as the straight line would. But it does not arrive either; it
# keeps swinging. With R1 it arrives on all three seeds, more than a thousand times nearer. So the caricature was wrong
# about the way out and right about the remedy.

# %% [markdown]
# ## 12. When the detective is too good
#
# R1 holds the detective back. Is a perfect detective not what the theory of lesson 03 asks for? Lessons 03 and 04
# computed what the forger feels against $D^*$ when its fakes are $N(\mu, 1)$ and the real samples $N(0, 1)$:
#
# $$ \text{minimax: } \mu \operatorname{E}_{p_g} D^*, \qquad \text{non-saturating: } \mu \operatorname{E}_{p_g} (1 - D^*). $$
#
# A detective is not born perfect. Let the forger wait at $\mu = 8$ and the detective train; on the way, measure both
# slopes by quadrature, $\operatorname{E}_{p_g}$ of the slope of each loss along $x$.
#
# **Predict.** An untrained detective gives no slope, a perfect one hardly any. And in between?

# %%
line = torch.linspace(2, 14, 601)[:, None]  # where the fakes are
moments = [0, 5, 10, 15, 20, 30, 40, 60, 80, 120, 160, 240, 320, 400]


def slopes(D, mu=8.0):
    """What a forger at mu feels through D: minimax, non-saturating; positive pulls to the data."""
    x = line.clone().requires_grad_()
    scores = D(x)
    (tilt,) = torch.autograd.grad(scores.sum(), x)
    weight, d = normal_pdf(line, mu, 1) * 0.02, torch.sigmoid(scores).detach()
    return -(weight * tilt * d).sum().item(), -(weight * tilt * (1 - d)).sum().item()


def wait(seed, mu=8.0):
    torch.manual_seed(seed)
    D, felt = mlp((1, 32, 32, 1), nn.Tanh), []
    adam = torch.optim.Adam(D.parameters(), lr=2e-3)
    for n in range(moments[-1] + 1):
        if n in moments:
            felt.append(slopes(D))
        loss = MINIMAX.d(D(torch.randn(256, 1)), D(mu + torch.randn(256, 1)))
        adam.zero_grad()
        loss.backward()
        adam.step()
    return list(zip(*felt, strict=True))


# %%
felt = {seed: wait(seed) for seed in range(run.seed, run.seed + 3)}
figure = new_figure(7, 2.9)
left, right = figure.subplots(1, 2)
for axis, which, name in ((left, 0, "minimax"), (right, 1, "non-saturating")):
    lines = {f"seed {seed}": both[which] for seed, both in felt.items()}
    draw_lines(axis, moments, lines, "training step of D", "slope that G feels")
    axis.set_title(name, fontsize=11, loc="left")
right.get_legend().remove()
show_compact(
    figure, "Figure 7. A forger that waits at 8 while the detective learns. Note the two scales."
)
for seed, (minimax, non_saturating) in felt.items():
    peak, end = max(minimax), minimax[-1]
    print(
        f"seed {seed}: minimax {peak:.4f} at best, {end:.5f} at the end, {peak / end:.0f} times less"
    )
    then = non_saturating[minimax.index(peak)]  # when the other had its best moment
    assert peak / end > 5 and non_saturating[-1] > 2 * then

# %% [markdown]
# **What we see.** The minimax slope has its best moment after some 30 to 40 steps, when the detective has an idea and
# is not sure yet. Then it fades while the detective improves. The non-saturating slope goes on growing. So with the
# minimax loss the forger wants a mediocre detective: too bad, and there is no direction; too good, and there is no
# force.
#
# At the end stands $D^*$, exactly, with two estimates from 10,000 random numbers beside the first slope, each on three
# seeds. The first estimate averages over fakes, as training would. The second draws half-way between real and fake,
# $x \sim N(\mu/2, 1)$, and weights each by $p_g(x) / p_{\mu/2}(x)$.
#
# **Predict.** Lesson 04 saw the first one fail with 1,000 samples. Are 10,000 enough?

# %%
fine = torch.linspace(-10, 20, 30_001, dtype=torch.float64)  # spacing 0.001


def d_star(x, mu):
    return torch.sigmoid(mu**2 / 2 - mu * x)


rows, exact = [], {}
for mu in (1, 4, 8, 10):
    expected = (d_star(fine, mu) * normal_pdf(fine, mu, 1)).sum().item() * 0.001
    exact[mu] = mu * expected, mu * (1 - expected)
    direct, between = [], []
    for seed in range(run.seed, run.seed + 3):
        torch.manual_seed(seed)
        noise = torch.randn(10_000, dtype=torch.float64)
        direct.append(d_star(mu + noise, mu).mean().item() / expected)
        x = mu / 2 + noise
        weight = normal_pdf(x, mu, 1) / normal_pdf(x, mu / 2, 1)
        between.append((d_star(x, mu) * weight).mean().item() / expected)
    far, close = (", ".join(f"{f:.3g}" for f in sorted(seen)) for seen in (direct, between))
    rows.append([mu, f"{exact[mu][0]:.3g}", far, close, f"{exact[mu][1]:.3f}"])
    assert max(abs(f - 1) for f in between) < 0.1

# %%
names = ["minimax slope", "from fakes, times", "from half-way, times", "non-saturating slope"]
table(["$\\mu$", *names], rows)
assert exact[8][0] < 1e-3 and exact[8][1] > 7.9

# %% [markdown]
# **What we see.** At $\mu = 8$ the minimax slope is 0.0004 and the other 8, and at 10 it is two million times smaller
# than the other. The estimate from fakes is fine at $\mu = 1$; at 8 it is off by up to 2.4 times on these seeds, at 10
# by anything from 2.5 times too much to a hundred times too little. More samples do not cure what rests on events that
# do not occur in them. The estimate from half-way uses as many random numbers, puts them where real and fake samples
# could be mistaken for each other, and is right to about one per cent everywhere. (The non-saturating slope of Figure 7
# ends at 0.4, not at 8. The score of $D^*$ has the slope $-\mu$ everywhere; a network that is sure of its fakes gains
# next to nothing by being steeper. The best detective in closed form is not yet what training finds.)

# %% [markdown]
# ## 13. Often said, and not so
#
# Two of the five below have not been computed yet. A slower rate: the same *time* $nh = 50$ at ever smaller steps, for
# Wasserstein's loss at once. And a generator with its hidden units in another order.

# %% tags=["nbval-check-output"]
time_played = 50
distances = {lr: math.sqrt(2) * (1 + lr**2) ** (time_played / lr / 2) for lr in (0.1, 0.01, 0.001)}
at_once = play(simultaneous_step, xy_velocity, start, 0.01, 5000)[-1].norm().item()
assert abs(at_once - distances[0.01]) < 1e-6
print("distance at time 50:", ", ".join(f"rate {lr}: {d:.3f}" for lr, d in distances.items()))

G = mlp((2, 8, 2), nn.Tanh)
twin, order = mlp((2, 8, 2), nn.Tanh), torch.arange(8).flip(0)
twin.load_state_dict(dict(zip(
    G.state_dict(), (G[0].weight[order], G[0].bias[order], G[2].weight[:, order], G[2].bias), strict=True,
)))  # fmt: skip
noise = torch.randn(1000, 2)
same = torch.allclose(G(noise), twin(noise), atol=1e-6)
apart = sum((p - q).square().sum() for p, q in zip(G.parameters(), twin.parameters(), strict=True))
print(f"the same samples: {same}; the same weights: {apart.item() < 1e-6}")
assert same and apart > 0.1 and distances[0.001] > math.sqrt(2)

# %% [markdown]
# | often said | what is so | where |
# |---|---|---|
# | "It does not converge: mode collapse." | Two different failures. The Dirac-GAN has one mode, which cannot be lost, and does not converge; lesson 03's forger with one bump for two converged, and had lost a mode | section 7; lesson 03, section 7 |
# | "The optimum is unique." | As a density. Of the weights that make it there are at least as many as orders of the hidden units ($8! = 40{,}320$ for the small generator above) | the cell above |
# | "Oscillation makes it overfit." | Overfitting is doing better on the training samples than on new ones. Here all real samples ever are 0, training or not, and it oscillates; lesson 03's detective overfitted while the forger stood still | section 7; lesson 03, section 8 |
# | "Take a smaller learning rate, then it converges." | At once, a smaller rate approaches the circle of Figure 1 and never its centre: 1.414 is the best it can do | the cell above; sections 3 and 10 |
# | "A stronger penalty is safer." | It is slower: weight 5 needs ten times the steps of weight 1, and with a large $h_D$ it explodes | sections 9 and 10 |

# %% [markdown]
# ## Summary
#
# - A game's Jacobian tells before the first step what will happen near an equilibrium: real parts die out or grow,
#   imaginary parts turn. One step of size $h$ turns $\lambda$ into $1 + h\lambda$.
# - The smallest GAN is of the turning kind. At once it leaves, in turn it circles, extragradient and R1 come in. It has
#   $\lambda = \pm i/2$, and with R1 $-\gamma/2 \pm \sqrt{\gamma^2/4 - 1/4}$, best at $\gamma = 1$.
# - Losses are measured against a moving opponent. In the run that converged the detective's loss rose to $\log 4$.
# - Width of the data brakes as R1 does. The harder the data are pressed together, the more a penalty is needed.
# - With the minimax loss the forger learns most from a mediocre detective; against a perfect one its slope vanishes.

# %% [markdown]
# ## Common mistakes
#
# - **Eigenvalues of the wrong thing.** $\rho < 1$ is asked of $I + hJ$, not of $J$; and $J$ is the Jacobian of the
#   *velocity*, minus the slope of each player's own loss, not the Hessian of one loss. It is not symmetric: use
#   `eigvals`, not `eigvalsh`.
# - **Testing convergence by the losses**, or by whether something still moves. Measure the distance to what you want.
# - **Trusting the prediction from afar.** It is a statement about small distances (section 7).
# - **R1 on probabilities.** The slope of $\sigma(s)$ vanishes when $D$ is sure; the penalty is on the raw score.
# - **R1 without `create_graph=True`.** The penalty is then a number without a way back to $D$'s weights, and brakes
#   nothing.
# - **Changing both rates at once.** In Figure 6 the wall stands on one axis only.

# %% [markdown]
# ## Questions
#
# 1. Simultaneous steps with rate $h$ on the $xy$-game leave; alternating steps do not. Somebody swaps the players, so
#    that $y$ moves first. Does it still circle?
#
# <details><summary>Answer</summary>
#
# Yes. The sequence of single moves, x, y, x, y, ..., is the same one with another beginning: only the moment at which
# the states are written down differs. Their ellipse is $x^2 + hxy + y^2$, the mirror image of the other.
#
# </details>
#
# 2. Your GAN with R1 explodes. You halve the detective's learning rate, and it still explodes. What does Figure 6
#    advise?
#
# <details><summary>Answer</summary>
#
# You may be right of the wall $h_G = 4\gamma$, where the detective's rate does not matter: slow down the forger, or
# give R1 more weight. If a slower detective had helped, you would have been above the curve, where its own penalty
# makes it overshoot. (The numbers 4 and 16 belong to the Dirac-GAN. That there are two borders is more general.)
#
# </details>
#
# 3. Both players are trained with momentum 0.9. Lesson 04 saw more swinging with it. Why would one expect that here?
#
# <details><summary>Answer</summary>
#
# Momentum repeats old slopes. In a valley old slopes point the same way as new ones; in a turning field they belong to
# an earlier place on the circle, and a push along them leads outwards. Gidel et al. (2019) take the consequence and use
# a *negative* momentum.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Lars Mescheder, Andreas Geiger and Sebastian Nowozin, [*Which Training Methods for GANs do actually
#   Converge?*](https://arxiv.org/abs/1801.04406), 2018: sections 6, 7, 9 and 11 of this lecture, and R1 for images.
# - Lars Mescheder, Sebastian Nowozin and Andreas Geiger, [*The Numerics of GANs*](https://arxiv.org/abs/1705.10461),
#   2017: eigenvalues of real networks.
# - Vaishnavh Nagarajan and Zico Kolter, [*Gradient descent GAN optimization is locally
#   stable*](https://arxiv.org/abs/1706.04156), 2017: the other side, data with width.
# - Gauthier Gidel et al., [*A Variational Inequality Perspective on GANs*](https://arxiv.org/abs/1802.10551), 2019:
#   extragradient and averaging for networks.
# - Gauthier Gidel et al., [*Negative Momentum for Improved Game Dynamics*](https://arxiv.org/abs/1807.04740), 2019:
#   question 3.
# - Ian Goodfellow, [*NIPS 2016 Tutorial: Generative Adversarial Networks*](https://arxiv.org/abs/1701.00160):
#   non-convergence as the central open problem.
# - Martin Arjovsky and Léon Bottou, [*Towards Principled Methods for Training GANs*](https://arxiv.org/abs/1701.04862),
#   2017: section 12, as theorems.
