# ---
# jupyter:
#   coursekit:
#     title: The minimax game, solved exactly
#     budget: 90
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
# # 03 · The minimax game, solved exactly
#
# **You will solve the game behind every GAN with pencil and paper, check each line of the solution with a number, and
# then watch a network find the same solution from samples alone.**

# %% [markdown]
# ## What you will be able to do
#
# - **derive** the optimal discriminator $D^* = p_\text{data} / (p_\text{data} + p_g)$ and compute it,
# - **train** a discriminator and measure how far it is from $D^*$,
# - **derive** $C(G) = -\log 4 + 2\,\text{JSD}$ and say what the generator minimises,
# - **estimate** a divergence from a discriminator's scores, and name the two ways in which the estimate misleads,
# - **predict** what label smoothing does to $D^*$,
# - **tell** what the theorem of 2014 promises from what it does not.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | densities, expectations, derivatives, logarithms; a PyTorch training loop |
# | **Paper** | Goodfellow et al., *Generative Adversarial Nets*, 2014, sections 3 and 4: [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) |
# | **Cost** | 40 s on 2 CPU cores (profile `fast`); GPU: not measured; data: none |
# | **Previous** | [02 · Likelihood, and how to judge a generator](02_likelihood.ipynb) |
# | **Next** | [04 · The first GAN, from noise to digits](04_vanilla_gan.ipynb) |
# | **Exercise** | [03 · exercises](../exercises/03_minimax_theory.ipynb) |

# %%
import math

import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other

# %% [markdown]
# ## 1. What is the game about?
#
# A detective $D$ looks at one sample $x$ and says how sure it is that $x$ is real: $D(x)$ between 0 and 1. It earns
# $\log D(x)$ for each real sample and $\log(1 - D(x))$ for each fake one: 0 when it was sure and right, a large loss
# when it was sure and wrong. Its average earnings are the **value** of the game (equation 1 of the paper):
#
# $$ V(D, G) = \operatorname{E}_{x \sim p_\text{data}} \log D(x) + \operatorname{E}_{z \sim p_z} \log(1 - D(G(z))). $$
#
# The forger $G$ turns noise $z$ into samples. All that matters about it here is the density $p_g$ of those samples:
#
# $$ V(D, G) = \int p_\text{data}(x) \log D(x) + p_g(x) \log(1 - D(x)) \; dx. $$
#
# In one dimension we can compute this integral. Our running example: real samples from $N(0, 1)$, fake ones from
# $N(1.5, 0.7^2)$, both as columns of numbers on a fine grid.

# %%
from coursekit.theory import normal_pdf

x = torch.linspace(-6, 6, 1201, dtype=torch.float64)
dx = 0.01  # the spacing of the grid
p_data = normal_pdf(x, 0, 1)
p_g = normal_pdf(x, 1.5, 0.7)
print(f"area under p_data {p_data.sum() * dx:.6f}, under p_g {p_g.sum() * dx:.6f}")


# %%
def value_function(d, p_data, p_g, dx):
    """V(D, G) in nats, from values of d on the grid."""
    # Logarithms stop at -100: a d of 1 - 1e-17 rounds to 1, and log(1 - 1) would make V infinite.
    log_d, log_not_d = d.log().clamp(min=-100), (1 - d).log().clamp(min=-100)
    return ((p_data * log_d + p_g * log_not_d) * dx).sum()


# %% [markdown]
# Three detectives: a **coin** that says 1/2 to everything, a **ruler** that says 0.9 left of $x = 0.75$ and 0.1 right
# of it, and a **believer** that says 0.99 to everything.
#
# **Predict.** Which of them earns most? Who earns less than the coin?

# %% tags=["nbval-check-output"]
from coursekit.plots.style import table

coin = torch.full_like(x, 0.5)
ruler = torch.where(x < 0.75, 0.9, 0.1).double()
believer = torch.full_like(x, 0.99)
earned = {
    name: value_function(d, p_data, p_g, dx).item()
    for name, d in {"coin": coin, "ruler": ruler, "believer": believer}.items()
}
table(["detective", "V in nats"], [[name, f"{v:.3f}"] for name, v in earned.items()])
assert earned["ruler"] > earned["coin"] > earned["believer"]
assert abs(earned["coin"] + math.log(4)) < 1e-6

# %% [markdown]
# **What we see.** The coin earns $2 \log \tfrac12 = -\log 4 = -1.386$ whatever the two densities are: remember this
# number. A detective that is never wrong would earn 0. The ruler has learned something and earns more. The believer is
# right about everything real and still comes last: one confident error costs more than many confident hits bring.

# %% [markdown]
# ## 2. Why the smallest maximum?
#
# The paper writes $\min_G \max_D V(D, G)$: the forger is judged by the **best** detective. Why not by the one at hand?
#
# **Predict.** The detective is the ruler, and it stays the ruler. One forger copies the real samples perfectly. Another
# makes only values near $-3$, where hardly any real sample lies. Whose samples hurt the ruler more?

# %% tags=["nbval-check-output"]
perfect_copy = value_function(ruler, p_data, p_data, dx).item()
far_left = value_function(ruler, p_data, normal_pdf(x, -3, 0.3), dx).item()
print(f"V against the ruler: perfect copy {perfect_copy:.3f}, all fakes near -3 {far_left:.3f}")
assert far_left < perfect_copy

# %% [markdown]
# **What we see.** The absurd forger wins ($V$ is lower): it puts all it makes where the ruler says 0.9. Against any
# *fixed* detective the best forgery is whatever that detective likes most, real or not. Only a detective that answers
# each forger at its best makes $V$ a measure of quality, hence the maximum inside. (In practice the detective is always
# a little behind. Mode collapse begins there.)

# %% [markdown]
# ## 3. Which detective is best?
#
# Fix the forger. The integral of $V$ adds up one term for each $x$, and the detective may choose $D(x)$ freely and
# separately at each $x$. So it is enough to solve the problem at one point. Write $a = p_\text{data}(x)$, $b = p_g(x)$,
# $y = D(x)$:
#
# $$ f(y) = a \log y + b \log(1 - y), \qquad
#    f'(y) = \frac{a}{y} - \frac{b}{1 - y} = 0 \iff y = \frac{a}{a + b}, \qquad
#    f''(y) = -\frac{a}{y^2} - \frac{b}{(1 - y)^2} < 0. $$
#
# The second derivative is negative everywhere, so this is the maximum (Proposition 1). A check that uses no derivative:
# for random $a$ and $b$, try 9,999 values of $y$ and take the best.

# %% tags=["nbval-check-output"]
generator = torch.Generator().manual_seed(run.seed)
a, b = torch.rand(2, 1000, 1, generator=generator, dtype=torch.float64)
y = torch.linspace(0.0001, 0.9999, 9999, dtype=torch.float64)
best = y[(a * y.log() + b * (1 - y).log()).argmax(dim=1)]
worst_gap = (best - (a / (a + b))[:, 0]).abs().max().item()
print(f"1000 pairs: best y is a / (a + b), up to half a grid step: {worst_gap < 0.51e-4}")
assert worst_gap < 0.51e-4


# %%
def optimal_discriminator(p_data, p_g):
    """D* = p_data / (p_data + p_g); 1/2 where both are zero, where no sample will ever ask."""
    total = p_data + p_g
    seen = total > 0
    return torch.where(seen, p_data / torch.where(seen, total, 1), 0.5)


# %% [markdown]
# $D^*(x)$ is the share of real samples among all samples at $x$. It knows nothing but the two densities.
#
# **Predict.** Sketch $D^*$ for our example before you run the cell. At $x = 1.5$, the middle of the fakes? At $x = -3$?
# And at $x = 6$, to the right of everything?

# %%
from coursekit.plots.densities import densities
from coursekit.plots.style import show

d_star = optimal_discriminator(p_data, p_g)
show(
    densities(x, p_data, p_g, {r"$D^*$": d_star}),
    "Figure 1. Above, the two densities. Below, the best detective: 1/2 exactly where they cross.",
)

# %% tags=["nbval-check-output"]
at = {point: d_star[(x - point).abs().argmin()].item() for point in (-3, 1.5, 6)}
print("  ".join(f"D*({point}) = {d:.3f}" for point, d in at.items()))
assert at[-3] > 0.999 and abs(at[1.5] - 0.185) < 5e-4 and at[6] > 0.9

# %% [markdown]
# **What we see.** On the left $D^*$ is sure of the real, in the middle of the fakes it is not: it still grants them
# 0.185, since real samples occur there too. At $x = 6$ it is sure of the *real* again: 6 is 6 standard deviations from
# the real mean but 6.4 from the fake one, and in the tails only this ratio counts. Hardly any sample will ever be that
# far out: what $D^*$ says there is exact and of no weight.
#
# Does really no rival beat $D^*$? Bend its logit at random, 1000 times, by a little and by a lot.

# %% tags=["nbval-check-output"]
best_value = value_function(d_star, p_data, p_g, dx)
sizes, waves, shifts = torch.randn(3, 1000, 1, generator=generator, dtype=torch.float64)
logit = p_data.log() - p_g.log()
rivals = torch.sigmoid(logit + sizes * torch.sin(3 * waves * x + shifts))
rival_values = [value_function(rival, p_data, p_g, dx).item() for rival in rivals]
losses = sorted(best_value - v for v in rival_values)
print(f"1000 rivals: none gains; they lose {losses[500]:.3f} (median) to {losses[-1]:.2f} (worst)")
assert losses[0] >= 0


# %% [markdown]
# **What we see.** None does. The line `logit = ...` is worth a second look:
# $\operatorname{logit} D^* = \log p_\text{data} - \log p_g$. A perfect detective's raw score is the **log-ratio of the
# densities**, and that is what a discriminator network learns to put out.
#
# What $D^*$ leaves to the forger has a name, the **virtual training criterion**: $C(G) = \max_D V(D, G) = V(D^*, G)$.


# %%
def virtual_training_criterion(p_data, p_g, dx):
    """C(G): what the game is worth once the detective plays its best."""
    return value_function(optimal_discriminator(p_data, p_g), p_data, p_g, dx)


# %% tags=["nbval-check-output"]
c = virtual_training_criterion(p_data, p_g, dx).item()
print(f"C(G) = {c:.4f}, the coin's value is {-math.log(4):.4f}")
assert abs(c - -0.8108) < 5e-5

# %% [markdown]
# ## 4. Does a network find $D^*$ from samples alone?
#
# A GAN never sees a density. Its detective is a network that puts out a **score** $s$, any real number, with
# $D = \operatorname{sigmoid}(s)$; it sees batches of samples and climbs their average. Written with scores,
# $\log D = -\operatorname{softplus}(-s)$ and $\log(1 - D) = -\operatorname{softplus}(s)$, which stays finite where
# `log(sigmoid(s))` would not.

# %%
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import softplus


def estimated_value(scores_real, scores_fake):
    """The value of the game on a batch, from raw scores."""
    return -softplus(-scores_real).mean() - softplus(scores_fake).mean()


# %% tags=["nbval-check-output"]
real, fake = torch.randn(2, 8, generator=generator)
as_cross_entropy = bce(real, torch.ones(8)) + bce(fake, torch.zeros(8))
equal = torch.allclose(estimated_value(real, fake), -as_cross_entropy)
print(f"equal to minus the cross entropies: {equal}")
print(f"sigmoid, then log, at a score of -200: {torch.sigmoid(torch.tensor(-200.0)).log().item()}")
assert equal

# %% [markdown]
# So maximising $V$ is training a classifier with labels 1 for real and 0 for fake: nothing else. Here is all of it;
# only the detective learns, the forger stands still.


# %%
def fresh_batch():
    return torch.randn(1024, 1), 1.5 + 0.7 * torch.randn(1024, 1)


def train_discriminator(seed, n_steps, draw=fresh_batch, watch=lambda n, D: None):
    """A network that climbs V on the batches (real, fake) that `draw` returns."""
    torch.manual_seed(seed)
    D = nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
    optimizer = torch.optim.Adam(D.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
    watch(0, D)
    for n in range(1, n_steps + 1):
        real, fake = draw()
        loss = -estimated_value(D(real), D(fake))  # optimisers descend, so V climbs
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        watch(n, D)
    return D


# %% [markdown]
# While it trains we take a picture of $D$ now and then, and its scores on 50,000 samples of each kind that it never
# trains on.
#
# **Predict.** The network has a few thousand weights and no idea that the answer has a formula. Where will it be right
# first, and where last?

# %%
n_steps = run.pick(fast=1500, full=6000)
moments = [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 25, 40, 80, 160, 320, 640, n_steps]
held_out = torch.randn(50_000, 1), 1.5 + 0.7 * torch.randn(50_000, 1)
seen = {}


@torch.no_grad()
def watch(n, D):
    if n in moments:
        curve = torch.sigmoid(D(x.float()[:, None]))[:, 0].double()
        seen[n] = (curve, [D(samples) for samples in held_out])


discriminators = [train_discriminator(run.seed, n_steps, watch=watch)]

# %%
from coursekit.plots.animate import show_animation

frames = []
for n, (curve, _) in seen.items():
    curves = {"$D$, trained": curve, r"$D^*$": d_star}
    frames.append(densities(x, p_data, p_g, curves, title=f"step {n}", width=6.5))
show_animation(
    frames,
    "Figure 2 (animation). A network trained on samples (green) closes in on the formula (dotted).",
)

# %% [markdown]
# **What we see.** Within a few dozen steps the two agree wherever samples fall. At the right end they part for good:
# the network is sure of the fake, $D^*$ of the real. It may be: no sample ever corrects it there (the next cell counts
# them). So a fair distance to $D^*$ weights each $x$ by how often a sample falls there, $(p_\text{data} + p_g) / 2$.
# That distance, and how much value the network leaves on the table, for three seeds:

# %%
discriminators += [train_discriminator(seed, n_steps) for seed in (run.seed + 1, run.seed + 2)]
rows = []
for seed, D in enumerate(discriminators, run.seed):
    with torch.no_grad():
        d = torch.sigmoid(D(x.float()[:, None]))[:, 0].double()
    distance = (((d - d_star).abs() * (p_data + p_g) / 2) * dx).sum().item()
    v = value_function(d, p_data, p_g, dx).item()
    rows.append([seed, f"{distance:.4f}", f"{v:.4f}", f"{c:.4f}", f"{c - v:.4f}", f"{d[-1]:.2f}"])
    assert distance < 0.01 and 0 <= c - v < 0.01 and d[-1] < 0.5 < d_star[-1]
table(["seed", "mean distance to D*", "V(D)", "C(G) = V(D*)", "C(G) - V(D)", "D(6)"], rows)
n_right = n_steps * 1024 * ((p_data + p_g)[x > 5].sum() * dx).item()
print(f"samples to the right of 5 to be expected among {2 * 1024 * n_steps:,}: {n_right:.1f}")
assert n_right < 10

# %% [markdown]
# **What we see.** On every seed the trained network is within 0.01 of $D^*$, and its value within 0.01 nats of $C(G)$
# and *below* it, as it must be: nothing beats $D^*$. Pencil and training agree, where there are data to train on.

# %% [markdown]
# ## 5. What does the forger minimise?
#
# Put $D^*$ into $V$. Write $p$ for $p_\text{data}$, $q$ for $p_g$, and $m = (p + q)/2$ for their average. The
# **Kullback-Leibler divergence** $\text{KL}(p \parallel m) = \int p \log (p / m)$ is never negative, and 0 only where
# $p = m$. The **Jensen-Shannon divergence** is the mean of two of them, each distribution against the average:

# %%
from coursekit.theory import kl_divergence


def js_divergence(p, q):
    """Jensen-Shannon divergence in nats of two discrete distributions (tensors that sum to 1)."""
    m = (p + q) / 2
    return (kl_divergence(p, m) + kl_divergence(q, m)) / 2


# %% [markdown]
# Now the proof of Theorem 1, one line at a time. Each line follows from the one above by the step beside it, and each
# is evaluated by itself, with our two densities. `p * dx` turns a density into the probabilities of the grid's cells.
#
# **Predict.** In line 4 a number appears that was not there before. Where does $-\log 4$ come from?

# %%
p, q = p_data * dx, p_g * dx  # probabilities of the grid's cells: a sum over them is the integral
m = (p + q) / 2
values = [
    value_function(d_star, p_data, p_g, dx),
    (p * (p / (p + q)).log() + q * (q / (p + q)).log()).sum(),
    (p * (p / (2 * m)).log() + q * (q / (2 * m)).log()).sum(),
    -math.log(4) + (p * (p / m).log() + q * (q / m).log()).sum(),
    -math.log(4) + kl_divergence(p, m) + kl_divergence(q, m),
    -math.log(4) + 2 * js_divergence(p, q),
]
assert all(abs(value - c) < 1e-7 for value in values)

# %% tags=["nbval-check-output"]
lines = [
    (1, r"", r"$V(D^*, G)$"),
    (2, r"put in $D^*$", r"$\int p \log\frac{p}{p+q} + q \log\frac{q}{p+q}$"),
    (3, r"$p + q = 2m$", r"$\int p \log\frac{p}{2m} + q \log\frac{q}{2m}$"),
    (
        4,
        r"$\int p = \int q = 1$",
        r"$-\log 2 - \log 2 + \int p \log\frac{p}{m} + q \log\frac{q}{m}$",
    ),
    (5, r"definition of KL", r"$-\log 4 + \text{KL}(p \parallel m) + \text{KL}(q \parallel m)$"),
    (6, r"definition of JSD", r"$-\log 4 + 2\,\text{JSD}(p \parallel q)$"),
]
rows = [[*line, f"{value:.6f}"] for line, value in zip(lines, values, strict=True)]
table(["line", "step", "formula", "value in nats"], rows)

# %% [markdown]
# **What we see.** Six ways to write one number, $-0.8108$. The $-\log 4$ is the $2$ in $2m$, taken out of both
# logarithms: it is what the coin earns. So
#
# $$ C(G) = -\log 4 + 2\,\text{JSD}(p_\text{data} \parallel p_g): $$
#
# **against the best detective, the forger minimises the Jensen-Shannon divergence**, without either of them ever
# computing a density.

# %% [markdown]
# ## 6. Where is the bottom, and is it the only one?
#
# JSD is at least 0, and 0 only where $p_g = p_\text{data}$. So $C$ has one lowest point: the perfect copy, with
# $D^* = 1/2$ everywhere and $C^* = -\log 4$. First that point, then 1000 forgers that are each a random mixture of
# three normals.

# %% tags=["nbval-check-output"]
from coursekit.theory import mixture_pdf

at_optimum = virtual_training_criterion(p_data, p_data, dx).item()
print(f"perfect copy: C = {at_optimum:.4f}; -log 4 = {-math.log(4):.4f}")
assert abs(at_optimum + math.log(4)) < 1e-7
assert torch.equal(optimal_discriminator(p_data, p_data), coin)


# %% tags=["nbval-check-output"]
def random_forger():
    means, sds, shares = torch.rand(3, 3, generator=generator, dtype=torch.float64)
    return mixture_pdf(x, 4 * means - 2, 0.3 + 0.7 * sds, shares / shares.sum())


forgers = [random_forger() for _ in range(1000)]
closest = min(virtual_training_criterion(p_data, forger, dx).item() for forger in forgers)
print(f"closest of 1000 other forgers: C = {closest:.4f}")
assert closest > at_optimum + 1e-4

# %% [markdown]
# Nothing else reaches the bottom. But what does the way down look like? Two ways to walk from a bad forger to the
# perfect one and beyond: **mix** the two densities, $p_t = (1 - t)\,p_g + t\,p_\text{data}$, or **move** one normal, as
# a generator with a parameter would.
#
# **Predict.** Which of the two curves is convex (shaped like a bowl everywhere)?

# %%
wide = torch.linspace(-20, 20, 4001, dtype=torch.float64)  # the same spacing as before
p_wide, q_wide = normal_pdf(wide, 0, 1), normal_pdf(wide, 4, 1)
shares = torch.linspace(0, 1, 101, dtype=torch.float64)
mixed = [virtual_training_criterion(p_wide, (1 - t) * q_wide + t * p_wide, dx) for t in shares]
mus = torch.linspace(-8, 8, 161, dtype=torch.float64)
moved = [virtual_training_criterion(p_wide, normal_pdf(wide, mu, 1), dx) for mu in mus]
mixed, moved = torch.stack(mixed), torch.stack(moved)
print(f"lowest at t = {shares[mixed.argmin()]:.1f}, at mean = {mus[moved.argmin()].abs():.1f}")
assert mixed.argmin() == 100 and moved.argmin() == 80
assert mixed.diff(n=2).min() > -1e-9  # second differences: never negative, convex
assert moved.diff(n=2).min() < -1e-3  # negative somewhere, not convex

# %%
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import FAKE_LINE, new_figure

figure = new_figure(7, 3)
left, right = figure.subplots(1, 2, sharey=True)
levels = {"-log 4": -math.log(4), "0: always told apart": 0}
draw_lines(left, shares, {"C(G)": mixed}, "share t of real in the mixture", "nats", levels)
draw_lines(right, mus, {"C(G)": moved}, "mean of the fake normal", "", levels)
right.get_legend().remove()
show(
    figure,
    "Figure 3. One criterion, two ways to the perfect copy (t = 1 on the left, mean 0 on the right).",
)

# %% [markdown]
# **What we see.** Both curves touch $-\log 4$ at one point only. But the left one is convex and the right one is not:
# far from the data it is flat. The paper's convergence proof (Proposition 2) needs the left picture, since it lets
# $p_g$ itself take small steps. A generator network takes steps in its parameters, and lives in the right one.

# %% [markdown]
# ## 7. Play the forger
#
# Six sliders: the real mixture and the fake one, two normals each. The second bump of each sits 4 to the right of the
# first.
#
# 1. Bring the gauge down to $-\log 4$. Which sliders must agree?
# 2. Make $D^*$ rise at *both* ends, then fall at both ends. Which standard deviation decides?
# 3. Set *real: second bump* to 0.5 and leave *fake: second bump* at 0: the forger has one bump for two. **Predict** the
#    best it can do: copy one of the two exactly, or spread over both? Find it with the fake mean and sd, for a *real:
#    sd* of 1 and of 0.4.

# %%
from coursekit.widgets.minimax import MinimaxExplorer

show(
    MinimaxExplorer(),
    "Figure 4. Run the cell to move the sliders. The gauge on the right is $V(D^*)$.",
)

# %% tags=["nbval-check-output"]
from coursekit.widgets.minimax import Settings, compute

fakes = [(mean / 10, sd / 10) for mean in range(-10, 31, 2) for sd in range(3, 31)]
jsd = {}
for real_sd in (1.0, 0.4):
    copied = compute(Settings(0, real_sd, 0.5, 0, real_sd)).jsd
    best, mean, sd = min((compute(Settings(0, real_sd, 0.5, *fake)).jsd, *fake) for fake in fakes)
    spread = min(compute(Settings(0, real_sd, 0.5, 2, sd)).jsd for sd in (1.6, 1.8, 2.0, 2.2, 2.4))
    jsd[real_sd] = [round(copied, 3), round(spread, 3)]
    print(
        f"real sd {real_sd}: copy {jsd[real_sd][0]}, spread {jsd[real_sd][1]}, best at {mean}, {sd}"
    )
assert jsd == {1.0: [0.195, 0.046], 0.4: [0.216, 0.255]}
# The wider density owns both ends, whichever it is.
assert compute(Settings(data_sd=2.0, fake_sd=0.5)).d[[0, -1]].min() > 0.99
assert compute(Settings(data_sd=0.5, fake_sd=2.0)).d[[0, -1]].max() < 0.01

# %% [markdown]
# **What we see.** It depends! Wide bumps: the best single normal spreads over both (0.046 against 0.195). Narrow bumps:
# it copies one of them and forgets the other (0.216 against 0.255), since spreading would put too many fakes into the
# empty middle. So a forger that is too simple for its data may drop half of them *at the very optimum* of the theory,
# with nothing gone wrong in training.
#
# As for the first two: mean, sd and share must all agree; and the density with the larger sd owns both ends, whichever
# it is.

# %% [markdown]
# ## 8. Can we read the divergence off the scores?
#
# Turn the theorem round: $\text{JSD} = (C(G) + \log 4) / 2$. In a real GAN we have no densities, but we have a
# detective's scores, and they give an estimate:
#
# $$ \widehat{\text{JSD}} = \tfrac12 \Big( \operatorname{mean} \log \operatorname{sigmoid}(s_\text{real})
#    + \operatorname{mean} \log \operatorname{sigmoid}(-s_\text{fake}) + \log 4 \Big). $$
#
# Since $V(D) \le V(D^*)$, it is a **lower bound** (on average over samples), and tight for $D^*$ alone. In the exercise
# you write it; here we use the library's, on the 50,000 + 50,000 samples that the network of section 4 did not train
# on.
#
# **Predict.** What does an untrained network report?

# %%
from coursekit.theory import jsd_from_discriminator

true_jsd = js_divergence(p_data * dx, p_g * dx).item()
estimates = [jsd_from_discriminator(*scores).item() for _, scores in seen.values()]
figure = new_figure(7, 2.8)
axis = figure.subplots()
axis.set_xscale("symlog", linthresh=1)
lines = {"estimate from scores": estimates}
draw_lines(axis, list(seen), lines, "training step of D", "nats", {"true JSD": true_jsd})
show(figure, "Figure 5. The divergence as the detective sees it, while it learns.")
assert abs(estimates[0]) < 0.1 and abs(estimates[-1] - true_jsd) < 0.01
assert max(estimates) < true_jsd + 0.01

# %% [markdown]
# **What we see.** An untrained detective reports a divergence near 0: "your fakes are perfect". The same number that a
# perfect forger earns! A low estimate means good fakes **or** a bad detective.
#
# The bound has a second catch: it holds for samples that $D$ was **not trained on**. Here both sides come from the
# *same* normal, so the true JSD is 0, but there are only 20 points of each, and $D$ sees them again and again.

# %%
rows = []
for seed in range(run.seed, run.seed + 3):
    few = torch.randn(2, 20, 1, generator=generator)  # 20 "real" and 20 "fake", all from N(0, 1)
    D = train_discriminator(seed, 1500, draw=lambda few=few: few)
    with torch.no_grad():
        own = jsd_from_discriminator(*D(few)).item()
        fresh = jsd_from_discriminator(*D(torch.randn(2, 50_000, 1))).item()
    rows.append([seed, f"{own:.2f}", f"{fresh:.2f}", "0"])
    assert own > 0.2 and fresh < -0.2
table(["seed", "estimate on its 20 + 20 points", "on 50,000 + 50,000 fresh ones", "true JSD"], rows)

# %% [markdown]
# **What we see.** On its own points the detective claims a large divergence where there is none: it has learned the
# points by heart. On fresh points the bound holds, and badly: the estimate is below 0. Estimates need held-out samples.

# %% [markdown]
# ## 9. What does label smoothing do to $D^*$?
#
# A common trick trains $D$ with the label $\alpha = 0.9$ for real instead of 1, and sometimes $\beta = 0.1$ for fake
# instead of 0. The pointwise argument of section 3 says where that leads: at each $x$ the objective becomes
#
# $$ a\,[\alpha \log y + (1 - \alpha) \log(1 - y)] + b\,[\beta \log y + (1 - \beta) \log(1 - y)], \qquad
#    y = \frac{\alpha a + \beta b}{a + b}. $$
#
# **Predict.** The fakes sit at $x = 4$, far from the real samples at 0. The forger follows the slope of $\log D$. Which
# of the two labels, if smoothed, takes that slope away?

# %%
from coursekit.theory import smoothed_optimal_discriminator

span = torch.linspace(-4, 8, 1201, dtype=torch.float64)
far_real, far_fake = normal_pdf(span, 0, 1), normal_pdf(span, 4, 1)
judges = {
    f"real {alpha}, fake {beta}": smoothed_optimal_discriminator(far_real, far_fake, alpha, beta)
    for alpha, beta in ((1, 0), (0.9, 0), (0.9, 0.1))
}

# %%
figure = new_figure(7, 3)
left, right = figure.subplots(1, 2)
for axis in (left, right):
    axis.axvline(4, label="middle of the fakes", **FAKE_LINE)
draw_lines(left, span, judges, "x", "D(x)")
draw_lines(right, span, {name: d.log() for name, d in judges.items()}, "x", "log D(x)")
left.get_legend().remove()
show(
    figure,
    "Figure 6. The best detective for three pairs of labels. The forger climbs log D, on the right.",
)

# %% [markdown]
# How strong is the pull on the average fake sample? $\operatorname{E}_{p_g} \frac{d}{dx} \log D(x)$, with minus for "to
# the left, towards the data":

# %% tags=["nbval-check-output"]
pulls = {name: (d.log().diff() * far_fake[1:]).sum().item() for name, d in judges.items()}
rows = [
    [name, f"{d.min():.1f} to {d.max():.1f}", f"{pulls[name]:.2f}"] for name, d in judges.items()
]
table(["labels", "range of D", "mean slope of log D at the fakes"], rows)
assert [round(pull, 2) for pull in pulls.values()] == [-3.86, -3.86, -0.24]

# %% [markdown]
# **What we see.** Smoothing the *real* label only rescales $D^*$: $\log (0.9\,D^*) = \log 0.9 + \log D^*$ has the same
# slope everywhere, and $D$ never becomes surer than 0.9. Smoothing the *fake* label too lifts $D$ to a floor of 0.1
# exactly where the fakes are and the real samples are not; on a floor there is no slope, and the pull on the fakes
# falls from 3.86 to 0.24. Hence *one-sided* label smoothing (Salimans et al. 2016, section 3.4).

# %% [markdown]
# ## 10. Is it an equilibrium, and what does the theorem not say?
#
# A **Nash equilibrium** is a pair of strategies from which neither player gains by moving *alone*. At $D = 1/2$,
# $p_g = p_\text{data}$:
#
# - the detective cannot gain: the coin *is* $D^*$, and any other $D$ earns less than $-\log 4$;
# - the forger cannot gain either. **Predict**: how much does it *lose* by making rubbish while $D$ stays at 1/2?

# %% tags=["nbval-check-output"]
detectives = torch.sigmoid(sizes * torch.sin(3 * waves * x + shifts))
best_detective = max(value_function(d, p_data, p_data, dx).item() for d in detectives)
against_coin = [value_function(coin, p_data, forger, dx).item() for forger in forgers]
print(f"1000 other detectives against the copy: all earn less: {best_detective < at_optimum}")
print(f"1000 other forgers against the coin: {min(against_coin):.3f} to {max(against_coin):.3f}")
assert best_detective < at_optimum and max(abs(v + math.log(4)) for v in against_coin) < 1e-3

# %% [markdown]
# **What we see.** The forger loses nothing: against a coin all forgeries are worth $-\log 4$. It is an equilibrium, but
# one that only the detective's *readiness to answer* holds in place. That is a hint of the trouble to come.
#
# The optimum is unique as a *density*. Is it unique as a set of weights? Take the smallest generator there is,
# $G(z) = wz$ with $z$ from $N(0, 1)$. Both $w = 1$ and $w = -1$ copy $N(0, 1)$ perfectly.
#
# **Predict.** How good is the average of these two perfect generators?

# %% tags=["nbval-check-output"]
weights = (-1.0, -0.5, -0.1, 0.1, 0.5, 1.0)  # without w = 0: a single point has no density
c_of_w = [virtual_training_criterion(p_data, normal_pdf(x, 0, abs(w)), dx).item() for w in weights]
table(["w", *map(str, weights)], [["C(G)", *(f"{value:.3f}" for value in c_of_w)]])
assert c_of_w[0] == c_of_w[-1] == at_optimum and c_of_w[2] > c_of_w[1] > c_of_w[0]

# %% [markdown]
# **What we see.** Between two perfect generators stands a wall: the closer $w$ comes to their average, the worse, and
# $w = 0$ makes a single point, which any detective knows. $C$ is convex in $p_g$ and not in $w$.
#
# The theorem is about densities and a perfect detective. It is silent about:
#
# - **The way there.** Proposition 2 proves convergence for a $p_g$ that is itself updated, in small steps, each time
#   against a $D$ that has reached its optimum. In practice both players are networks that take turns and do not wait.
# - **Capacity.** A network may be unable to represent $D^*$ or $p_\text{data}$ (section 7, third task).
# - **Samples.** Training sees finitely many (section 8).
# - **Slopes.** A minimum may be unique and still out of sight, as the next section shows.

# %% [markdown]
# ## 11. Where does the slope go?
#
# Figure 3 was flat far out. How flat? Let the fakes be $N(\mu, 1)$. The forger feels $D^*$ through $\log(1 - D)$; with
# $\operatorname{logit} D^* = \mu^2/2 - \mu x$ the slope with respect to $\mu$ comes out in closed form, and so does the
# one for the alternative goal that the paper recommends in practice, minimising $-\log D$:
#
# $$ \frac{\partial}{\partial \mu} \operatorname{E}_{p_g} \log(1 - D^*) = \mu \operatorname{E}_{p_g} D^*, \qquad
#    \frac{\partial}{\partial \mu} \operatorname{E}_{p_g} [-\log D^*] = \mu \operatorname{E}_{p_g} [1 - D^*]
#    \qquad (D^* \text{ held fixed}). $$
#
# **Predict.** At $\mu = 8$ the detective is nearly never wrong. Is the first slope large or small? The second?

# %% tags=["nbval-check-output"]
sweep = torch.linspace(0, 10, 201, dtype=torch.float64)
c_swept, minimax, non_saturating = torch.zeros(3, 201, dtype=torch.float64)
for i, mu in enumerate(sweep):
    q_mu = normal_pdf(wide, mu, 1)
    expected_d = (optimal_discriminator(p_wide, q_mu) * q_mu * dx).sum()
    c_swept[i] = virtual_training_criterion(p_wide, q_mu, dx)
    minimax[i], non_saturating[i] = mu * expected_d, mu * (1 - expected_d)
jsd_swept = (c_swept + math.log(4)) / 2
rows = []
for i in (20, 80, 160):
    numbers = f"{jsd_swept[i]:.4f}", f"{minimax[i]:.5f}", f"{non_saturating[i]:.2f}"
    rows.append([f"{sweep[i]:.0f}", *numbers])
table(["mean of the fakes", "JSD (log 2 = 0.6931)", "slope, log(1 - D)", "slope, -log D"], rows)
assert abs(jsd_swept[160] - math.log(2)) < 1e-4
assert abs(minimax[160] - 0.0004) < 5e-5 and abs(non_saturating[160] - 8) < 0.01

# %%
figure = new_figure(7, 3)
left, right = figure.subplots(1, 2)
draw_lines(left, sweep, {"JSD": jsd_swept}, "mean of the fakes", "nats", {"log 2": math.log(2)})
slopes = {"minimax, log(1 - D)": minimax[1:], "non-saturating, -log D": non_saturating[1:]}
draw_lines(right, sweep[1:], slopes, "mean of the fakes", "slope that the forger feels")
right.set_yscale("log")
show(
    figure,
    "Figure 7. Left, the divergence saturates. Right, on a log scale, what the forger feels.",
)
slope_of_c = torch.gradient(c_swept, spacing=(sweep,))[0][1:-1]
assert (slope_of_c - minimax[1:-1]).abs().max() < 1e-3

# %% [markdown]
# **What we see.** The divergence levels off beyond $\mu = 4$; at $\mu = 8$ it is within 0.0001 of $\log 2$, and the
# minimax slope has shrunk to 0.0004, while $-\log D$ still pulls with a force of 8. The last assertion shows something
# more: the slope with $D^*$ *held fixed* is the slope of $C$ itself, although $D^*$ moves with $\mu$. At a maximum,
# small moves of $D$ change nothing, so the forger may ignore them: this is why training against a fixed, nearly optimal
# $D$ descends $C$ at all.
#
# The dilemma of the vanilla GAN is now complete: the better the detective, the truer the divergence, and the smaller
# the slope. Changing the forger's goal (to $-\log D$), its step, or the distance itself (Wasserstein) are the ways out.

# %% [markdown]
# ## Summary
#
# - The best detective is the share of real samples at $x$: $D^* = p_\text{data} / (p_\text{data} + p_g)$; its score is
#   the log-ratio of the densities. A small network found it from samples to within 0.01.
# - Against it the forger minimises $C(G) = -\log 4 + 2\,\text{JSD}(p_\text{data} \parallel p_g)$, lowest at
#   $p_g = p_\text{data}$ only, where $D^* = 1/2$ and $C^* = -\log 4$.
# - The theorem is about densities and a perfect detective. About parameters, finite samples, speed and the size of
#   gradients it is silent, and far from the data the minimax slope vanishes.

# %% [markdown]
# ## Common mistakes
#
# - **Reading a detective's loss of 1.386 as success.** $-V = \log 4$ is what a perfect forger causes, *and* what an
#   untrained detective earns (section 8).
# - **Measuring on training samples.** The divergence estimate is a lower bound on fresh samples only.
# - **Mixing units.** With natural logarithms JSD ends at $\log 2 = 0.693$ nats; with base 2 it ends at 1 bit.
# - **Treating densities as probabilities.** A density may exceed 1 and its grid values do not sum to 1: multiply by
#   `dx`.
# - **`log(sigmoid(s))`.** It is $-\infty$ long before $s$ is extreme in float32: use `softplus` or `logsigmoid`.
# - **"The game is convex, so it converges."** It is convex in $p_g$, not in the weights of a network.

# %% [markdown]
# ## Questions
#
# 1. After an hour of training, $D$ says 0.5 to every sample, real or fake. Is the generator perfect?
#
# <details><summary>Answer</summary>
#
# Only if $D$ is (nearly) the optimal detective. A detective that has learned nothing, or has stopped learning, says 0.5
# as well. Test it: freeze $G$, train a fresh $D$ on held-out real samples against new fakes, and see whether it stays
# at 0.5.
# </details>
#
# 2. Swap the roles: the detective is trained with the label 0 for real and 1 for fake. What are the new $D^*$, the new
#    $C(G)$, and the forger's optimum?
#
# <details><summary>Answer</summary>
#
# $D^*$ becomes $p_g / (p_\text{data} + p_g)$, one minus the old one. JSD is symmetric, so $C(G)$ and the optimum stay
# as they are: only the name of the classes has changed. (The forger's loss must be swapped too, or it will flee from
# the data.)
# </details>
#
# 3. In section 7 a forger with one narrow bump did best when it dropped half of the data. Which of
#    $\text{KL}(p_\text{data} \parallel p_g)$ and $\text{KL}(p_g \parallel p_\text{data})$ would advise the same?
#
# <details><summary>Answer</summary>
#
# Look at where the logarithm explodes. $\text{KL}(p_\text{data} \parallel p_g)$, which maximum likelihood minimises, is
# huge where real samples are and fakes are not: it always spreads. $\text{KL}(p_g \parallel p_\text{data})$ is huge
# where fakes are and real samples are not: it advises to copy one narrow bump. JSD lies between the two, and here sides
# with the second.
# </details>

# %% [markdown]
# ## Further reading
#
# - Goodfellow et al., *Generative Adversarial Nets*, 2014, [arXiv:1406.2661](https://arxiv.org/abs/1406.2661): section
#   4 is two pages, and you can now read each line of it.
# - Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*,
#   [arXiv:1701.00160](https://arxiv.org/abs/1701.00160): why the choice of divergence alone does not explain mode
#   collapse.
# - Arjovsky and Bottou, *Towards Principled Methods for Training Generative Adversarial Networks*, 2017,
#   [arXiv:1701.04862](https://arxiv.org/abs/1701.04862): section 11 of this lecture, as theorems.
# - Nowozin et al., *f-GAN*, 2016, [arXiv:1606.00709](https://arxiv.org/abs/1606.00709): the same bound for other
#   divergences.
# - Salimans et al., *Improved Techniques for Training GANs*, 2016,
#   [arXiv:1606.03498](https://arxiv.org/abs/1606.03498): label smoothing, and more.
# - Farnia and Ozdaglar, *Do GANs always have Nash equilibria?*, 2020, [PMLR
#   119](https://proceedings.mlr.press/v119/farnia20a.html): what happens to section 10 when both players are networks.
