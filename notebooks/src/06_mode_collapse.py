# ---
# jupyter:
#   coursekit:
#     title: Mode collapse, counted
#     budget: 90
#     data: MNIST, or scikit-learn's digits
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
# # 06 · Mode collapse, counted
#
# **You will make a GAN collapse, count what is left, cure it by changing one thing, and read a table in which each known
# remedy was given the same chance. Some fail.**

# %% [markdown]
# ## What you will be able to do
#
# - **count** modes so that neither a lucky sample nor a smear of samples can pass for success,
# - **explain** with three modes and no network why a forger that answers the latest detective runs in circles,
# - **build** seven remedies, each in a few lines, and say which part of the game each one changes,
# - **compare** them one change at a time, with seeds, seconds and the negative results,
# - **judge** a published count of modes by its protocol.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | $D^*$ of lesson 03, Algorithm 1 of lesson 04 |
# | **Paper** | Srivastava et al., *VEEGAN*, 2017: [arXiv:1705.07761](https://arxiv.org/abs/1705.07761); Lin et al., *PacGAN*, 2018: [arXiv:1712.04086](https://arxiv.org/abs/1712.04086) |
# | **Cost** | 50 s on 2 CPU cores (profile `fast`); GPU: not measured; data: MNIST, else scikit-learn's digits |
# | **Previous** | [05 · Why two losses do not go down](05_game_dynamics.ipynb) |
# | **Next** | [08 · Metrics, and how they lie](08_evaluation.ipynb) |
# | **Exercise** | [06 · exercises](../exercises/06_mode_collapse.ipynb) |

# %%
import math

import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other

# %% [markdown]
# ## 1. How do you count a collapse?
#
# A forger has **collapsed** when its samples cover only a part of what is real, however good each sample is. On the ring
# of lesson 00 the modes are known: eight normal distributions of standard deviation 0.1. A sample is **good** if it lies
# within three standard deviations of a centre. What does it take for a *mode* to count?
#
# The literature often says: one good sample. We ask for 1 % of all samples, which is a twelfth of a mode's fair share.


# %%
from coursekit.metrics.modes import good_share


def count_modes(samples, centers, radius, min_share):
    """How many centres hold at least min_share of all samples within radius."""
    distances, nearest = torch.cdist(samples, centers).min(1)
    counts = torch.bincount(nearest[distances <= radius], minlength=len(centers))
    return int((counts >= min_share * len(samples)).sum())


# %% [markdown]
# A second number says how *evenly* the modes are filled. Give every sample, good or not, to its nearest centre; the
# shares $s_i$ should be $1/M$ each. Their distance from even is
#
# $$ \text{KL}(s \parallel \text{uniform}) = \sum_i s_i \log \frac{s_i}{1/M} = \log M + \sum_i s_i \log s_i, $$
#
# 0 where all are even, and $\log M$ where one mode takes all ($\log 8 = 2.08$).


# %%
def mode_kl(samples, centers):
    """KL(counts || uniform) in nats over the centres nearest to all samples."""
    nearest = torch.cdist(samples, centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(centers)).double() / len(samples)
    return (torch.xlogy(shares, shares).sum() + math.log(len(centers))).item()


# %% [markdown]
# Five clouds of 10,000 points each: real ones; a **smear** (the right radius, more or less, and any angle); only three
# modes; seven modes, and one sample that happens to hit the eighth; and one sample on the right spot for each mode, the
# others in a heap in the middle.

# %%
from coursekit.data.toys import ring

toy, n = ring(n_modes=8, radius=2.0, sd=0.1), 10_000
generator = torch.Generator().manual_seed(run.seed)
real = toy.draw(4 * n, generator)
mode = torch.cdist(real, toy.centers).argmin(1)
heap = 0.1 * torch.randn(n - 8, 2, generator=generator)
turn = 2 * math.pi * torch.rand(n, generator=generator)
spread = 2 + 0.4 * torch.randn(n, 1, generator=generator)
examples = {
    "real": real[:n],
    "smear": spread * torch.stack([turn.cos(), turn.sin()], 1),
    "three modes": real[mode < 3][:n],
    "seven and a hit": torch.cat([real[mode < 7][: n - 1], toy.centers[7:]]),
    "eight hits": torch.cat([heap, toy.centers]),
}

# %%
from coursekit.plots.collapse import clouds
from coursekit.plots.style import show

radius = 3 * toy.sd
few = {name: cloud[-400:] for name, cloud in examples.items()}
show(
    clouds(few, toy.centers, radius, panel=1.75),
    "Figure 1. The last 400 points of each cloud. A point inside a circle is good.",
)

# %% [markdown]
# We count each of them in four ways: modes with at least one sample, modes with 1 %, the share of good samples, the KL.
#
# **Predict.** Which clouds does each of the four counts fail to expose?

# %% tags=["nbval-check-output"]
from coursekit.plots.style import table

counted = {}
for name, cloud in examples.items():
    touched = count_modes(cloud, toy.centers, radius, min_share=1 / n)
    held = count_modes(cloud, toy.centers, radius, min_share=0.01)
    good, kl = good_share(cloud, toy.centers, radius), mode_kl(cloud, toy.centers)
    counted[name] = touched, held, round(good, 2), round(kl, 2)
columns = ["cloud", "modes with a sample", "modes with 1 %", "good share", "KL (nats)"]
table(columns, [[name, *row] for name, row in counted.items()])
assert all(counted[name][0] == 8 for name in ("smear", "seven and a hit", "eight hits"))
assert counted["smear"][1] == 8 and counted["smear"][2] < 0.25
assert counted["three modes"][2] == counted["real"][2] and counted["eight hits"][3] < 0.01

# %% [markdown]
# **What we see.** Every column is fooled by something. "At least one sample" calls four of the five clouds complete, among
# them a heap with eight lucky hits. One per cent exposes the hits and not the smear. The good share exposes the smear, and
# knows nothing of missing modes. The KL of the heap is as small as that of the data. **No single number is enough**: we
# report modes at 1 %, good share and KL together, and where they disagree we look.
#
# One trap is older than any of these. A well-known notebook places its eight modes at `linspace(0, 2 * pi, 8)`.

# %% tags=["nbval-check-output"]
angles = torch.linspace(0, 2 * math.pi, 8)
trap = 2 * torch.stack([angles.cos(), angles.sin()], 1)
apart = torch.pdist(trap).min().item()
print(f"smallest distance between two of its modes: {apart:.6f}; of ours: ", end="")
print(f"{torch.pdist(toy.centers).min().item():.3f}")
assert apart < 1e-5

# %% [markdown]
# The last angle is the first one again: seven modes, one twice as heavy, and nobody will ever hold eight.

# %% [markdown]
# ## 2. Why does a forger run in circles?
#
# No network, no slope, no learning rate: three modes, the digits 6, 8 and 3, each a third of the data. The forger may put
# its samples anywhere. In each round both players give their **best answer**: the detective is exactly $D^*$ of lesson 03
# for the forger's latest samples, and then the forger puts *everything* on the mode that this detective rates highest.
# Of equals it takes the next one in the order 6, 8, 3.
#
# **Predict.** Write down the forger's first seven moves.

# %%
from coursekit.theory import optimal_discriminator

p_data = torch.full((3,), 1 / 3, dtype=torch.float64)


def play(n_rounds, remembered):
    """The forger's moves, how far D is from 1/2 in each round, and the forger's average."""
    counts, moves, errors = torch.zeros(n_rounds + 1, 3, dtype=torch.float64), [], []
    d = torch.full((3,), 0.5, dtype=torch.float64)  # at first D knows nothing
    for n in range(1, n_rounds + 1):
        order = [((moves[-1] if moves else 2) + i) % 3 for i in (1, 2, 3)]
        moves.append(max(order, key=lambda mode: d[mode].item()))  # of equals, the first
        counts[n, moves[-1]] = 1
        shown = counts[max(1, n - remembered + 1) : n + 1]  # what D gets to see of the forger
        d = optimal_discriminator(p_data, shown.mean(0))
        errors.append((d - 0.5).abs().max().item())
    return "".join("683"[move] for move in moves), errors, counts[1:].mean(0)


# %% tags=["nbval-check-output"]
moves, errors, _ = play(300, remembered=1)
print(f"{moves[:12]}... , D is wrong by {max(errors[-100:]):.2f} for ever")
assert moves == "683" * 100 and min(errors) == 0.5

# %% [markdown]
# **What we see.** 6, 8, 3, 6, 8, 3: each move is the best answer to the detective of the moment, which gives 0.25 to the
# mode that was just forged and 1 to the two others. The forger is complete *on average* and collapsed at every single
# moment. (With ties always broken towards the first mode, it would be 6, 8, 6, 8: even worse.) This is the opening of a
# GAN that collapses: not a bad optimum, but **a good answer to a detective that has forgotten**.
#
# So let the detective remember: show it *all* the forger ever made, in equal parts. Game theory calls it **fictitious
# play**.
#
# **Predict.** The forger still puts everything on one mode in each round. Will the moves settle? Will $D$?

# %% tags=["nbval-check-output"]
moves_all, errors_all, average = play(300, remembered=300)
print(f"{moves_all[:12]}...{moves_all[-6:]}")
print(f"D is off by {errors_all[0]:.2f} in round 1, {max(errors_all[-100:]):.4f} in rounds 201-300")
print("the forger's average:", [round(share, 3) for share in average.tolist()])
assert max(errors_all[-100:]) < 0.01 and (average - 1 / 3).abs().max() < 0.005

# %%
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure

figure = new_figure(6.5, 2.8)
axis = figure.subplots()
in_three = [max(errors_all[max(0, n - 2) : n + 1]) for n in range(300)]
lines = {"shown the latest forgery": errors, "shown all forgeries": in_three}
draw_lines(axis, range(1, 301), lines, "round", "largest |D - 1/2| in 3 rounds")
axis.set(xscale="log", yscale="log")
show(figure, "Figure 2. A detective with and without a memory; both axes are logarithmic.")

# %% [markdown]
# **What we see.** The moves are the same as before! The forger still jumps. But the detective's error falls like one over
# the number of rounds (every third round it is 0: the three counts are even), and a forger that answers with its *average*
# has all three modes. Memory did not change what the forger does, only what it amounts to.
#
# Two ideas follow, and section 5 tries both: give $D$ a memory (**replay**), or let $G$ foresee the answer of $D$ before
# it moves (**unrolling**).

# %% [markdown]
# ## 3. Can we watch it happen?
#
# Now with networks. Both are perceptrons with two hidden layers of 128; the settings are close to those of a well-known
# collapse, the notebook of the unrolled GAN, with leaky ReLU. One of them matters most: **$D$ learns ten times more slowly
# than $G$**. A recipe of the library holds them, and a *remedy* is a change to one of its fields.

# %%
from coursekit.collapse.points import with_remedies

vanilla = with_remedies("ring8")
names = ("hidden", "latent", "batch_size", "g_lr", "d_speed", "betas", "n_steps")
table(["setting", "value"], [[name, getattr(vanilla, name)] for name in names])

# %% [markdown]
# `d_speed` is $D$'s learning rate as a multiple of $G$'s: 0.1, so 1e-4. The loss is non-saturating, the step is Algorithm
# 1 with $k = 1$. Our remedy for this section is the smallest of all. Beside the point, $D$ gets **one number: how widely
# its batch is spread** (the standard deviation over the batch, averaged over the entries). A batch of copies has 0.


# %%
def minibatch_stddev(x):
    """(N, C, ...) -> (N, C + 1, ...): the last channel holds the spread of the batch."""
    spread = (x.var(0, correction=0) + 1e-8).sqrt().mean()
    return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)


# %% tags=["nbval-check-output"]
for name in ("real", "three modes", "eight hits"):
    print(f"{name}: {minibatch_stddev(examples[name])[0, -1]:.2f}")
copies = examples["real"][:1].expand(256, 2)
print(f"256 copies of a real point: {minibatch_stddev(copies)[0, -1]:.2f}")
changed = with_remedies("ring8", "minibatch-stddev")
fields = vanilla.__annotations__
print([name for name in fields if getattr(vanilla, name) != getattr(changed, name)])

# %% [markdown]
# The real ring has a spread of 1.42, and no forger on one mode comes near it. The last line lists what the recipe with
# the remedy changes: its texts, and `make_d`. $G$, rates, loss, steps, seeds are what they were.
#
# We train both on two seeds, count the modes of $G$ eight times on the way, and keep a few of its points for a film.
#
# **Predict.** Vanilla: how many of 8 modes will it hold at its *best* moment? Will it be the same ones at the end?

# %%
seeds = run.pick(fast=(0, 1), full=(0, 1, 2))
z = torch.randn(250, vanilla.latent, generator=torch.Generator().manual_seed(run.seed))
film, counts = {}, {}


def train(recipe, seed):
    """Train once; keep the counts, and the points of G(z) at every 80th step."""
    trained, key = recipe.start(seed), (recipe.name, seed)
    film[key] = [trained.game.G(z).detach()]

    def keep(n, losses):
        if n % 80 == 0:
            film[key].append(trained.game.G(z).detach())

    trained.fit((keep,), progress=False)
    counts[key] = trained.others["counts"].rows


for recipe in (vanilla, changed):
    for seed in seeds:
        train(recipe, seed)

# %%
from coursekit.plots.animate import show_animation

frames = []
for i, (left, right) in enumerate(zip(film["ring8", 0], film[changed.name, 0], strict=True)):
    pair = {f"vanilla, step {80 * i}": left, "+ minibatch stddev": right}
    frames.append(clouds(pair, toy.centers, radius, panel=2.6))
show_animation(
    frames,
    "Figure 3 (animation). The same start, the same batches; the right D has one more input.",
    seconds=0.35,
)

# %% [markdown]
# **What we see.** On the left the cloud is a heap that wanders and never splits: it sits on a mode, in the middle, more than
# once outside the picture. When $D$ has learned to reject it here, it goes there, as in section 2. On the right the heap is
# torn apart within the first frames. For two thirds of the film it is a cloud over the whole plane; then it becomes a
# ring, and the ring gathers on all eight modes. As counts, eight for each run:

# %%
rows, best, final = [], {}, {}
for (name, seed), row in counts.items():
    held = [int(modes) for _, modes, _, _ in row]
    best[name, seed], final[name, seed] = max(held), held[-1]
    good, kl = f"{row[-1][2]:.0%}", f"{row[-1][3]:.2f}"
    rows.append([name, seed, " ".join(map(str, held)), max(held), good, kl])
columns = ["recipe", "seed", "modes at every 200th step", "best", "good, end", "KL, end"]
table(columns, rows)
for seed in seeds:
    assert best["ring8", seed] <= 4 and final[changed.name, seed] >= 7

# %% [markdown]
# **What we see.** Vanilla holds at most two modes at its best moment, and none or others at the next count. With one number
# more in $D$'s input, and nothing else changed, all eight are held at the end on every seed. It took its time: in the first
# half one sample in fourteen is good, the share of a cloud over everything, and yet up to four modes pass the 1 %.
#
# Is this *the* cure of *the* disease? Before we believe it, look once more at the settings.

# %% [markdown]
# ## 4. What if $D$ were simply faster?
#
# Same nets, same vanilla loss, no remedy: `d_speed` 1 instead of 0.1. Three seeds were recorded, since minutes would not
# do for all that follows.

# %%
from coursekit.recorded import recorded

record = recorded("collapse")
arms = {}
for row in record.rows:
    arms.setdefault((row["data"], row["arm"]), []).append(row)


def each(data, arm, name):
    """One figure of an arm, for all its seeds."""
    return [row[name] for row in arms[data, arm]]


for arm in ("vanilla", "fast-d", "minibatch-stddev"):
    modes, best_modes = each("ring8", arm, "modes"), each("ring8", arm, "best")
    print(f"{arm}: modes at the end {modes}, at best {best_modes}")
assert max(each("ring8", "vanilla", "best")) <= 4
assert min(each("ring8", "fast-d", "best")) >= 7

# %% [markdown]
# **What we see.** A detective that keeps up cures it as well, without any remedy. So the collapse of section 3 is not a
# property of "the GAN": it belongs to *this* $D$, which is too slow for *this* $G$. Whoever shows you a vanilla GAN that
# collapses beside a remedy that does not has chosen the settings in which it does. We chose them too, and say so: a slow
# $D$ makes remedies easy to tell apart. In practice $D$ is too slow when the data are rich and $D$ is small or strongly
# regularised (section 7).

# %% [markdown]
# Is it $D$'s *rate* or how much $D$ learns for each step of $G$? Here is the playground of lesson 00 after 600 steps with a
# $D$ whose rate is a tenth of $G$'s. Press **Play** and watch the heap run.
#
# **Predict.** Now, without a reset, let $k$ be 10: ten updates of $D$ at that low rate for each of $G$. Will the heap come
# apart, or is a collapsed $G$ lost?

# %%
from coursekit.widgets.playground import Playground

Playground(d_lr=1e-4, seed=run.seed, moves=["both 600"])

# %%
engine = Playground(d_lr=1e-4, seed=run.seed).engine
for k in (1, 10):
    engine.change(k=k)
    for _ in range(600):
        engine.step()
    held = engine.measure().modes
    print(f"step {engine.n}, k = {k}: modes held {held} of 8")
    assert held <= 2 if k == 1 else held >= 7

# %% [markdown]
# **What we see.** It comes apart, from the very state that had collapsed. So a collapse is no wall that $G$ stands behind
# but a chase that $D$ loses, and $k$ is one more way to let it win.

# %% [markdown]
# ## 5. Which remedies are there?
#
# $D$ judges each sample *alone*. For a heap of perfect copies every verdict is right ("looks real"), and the verdict on
# the heap is missing. And the slope that comes back is the same for all copies: they move together. The remedies attack
# this at different places. Each is a few lines, and none of them touches the others.
#
# **Let $D$ see the batch.** Minibatch standard deviation (Karras et al. 2018) was one way. The older **minibatch
# discrimination** (Salimans et al. 2016) *learns* what to compare. A tensor maps a sample's features $f_i$ to a small
# matrix $M_i$; the new feature $b$ of sample $i$ is how close the batch comes to it in row $b$:
#
# $$ o(i)_b = \sum_{j=1}^{N} \exp\bigl(-\lVert M_{i,b} - M_{j,b} \rVert_1\bigr), \qquad 1 \le o(i)_b \le N. $$


# %%
class MinibatchDiscrimination(nn.Module):
    """Features (N, n_features) -> (N, n_features + n_kernels)."""

    def __init__(self, n_features, n_kernels, kernel_dim):
        super().__init__()
        scale = 0.1 / n_features**0.5
        self.kernels = nn.Parameter(torch.randn(n_features, n_kernels, kernel_dim) * scale)

    def forward(self, features):
        matrices = torch.einsum("nf,fkd->nkd", features, self.kernels)
        distances = (matrices[:, None] - matrices[None]).abs().sum(3)  # (N, N, n_kernels)
        return torch.cat([features, torch.exp(-distances).sum(1)], 1)


# %% tags=["nbval-check-output"]
layer = MinibatchDiscrimination(n_features=2, n_kernels=3, kernel_dim=4)
with torch.no_grad():
    layer.kernels.mul_(1e4)  # as if it had learned to look closely
    apart, same = layer(100 * examples["real"][:6]), layer(copies[:6])
print("six real points, each close to itself only:", apart[0, 2:].round().tolist())
print("six copies, each close to all six:", same[0, 2:].tolist())
assert same[:, 2:].eq(6).all()

# %% [markdown]
# **Let $D$ judge several samples at once.** **Packing** (PacGAN, Lin et al. 2018): join $m$ samples along the channels
# and give the pack one score. A pack of two equal samples is rare among real ones. Only $D$'s first layer grows.


# %%
def pack(x, m):
    """(N, C, ...) -> (N / m, m C, ...): m samples in a row become one."""
    if m < 1 or len(x) % m:
        raise ValueError(f"{len(x)} samples cannot be packed by {m}")
    return x.unflatten(0, (-1, m)).flatten(1, 2)


# %% tags=["nbval-check-output"]
print(pack(torch.arange(8).reshape(4, 2), 2).tolist())
print(tuple(pack(torch.zeros(64, 2, 14, 14), 4).shape))

# %% [markdown]
# **Let $D$ remember** (section 2): a **replay buffer** (Shrivastava et al. 2017) keeps old fakes and swaps half of each
# new batch for them. Nothing is there twice, and the caller's batch is not touched: what comes back is a copy. In
# `adversarial` it is the hook `remember`.


# %%
class ReplayBuffer:
    """Up to `capacity` old samples."""

    def __init__(self, capacity):
        self.capacity, self.store = capacity, None

    def exchange(self, fakes, generator):
        """A batch of fakes, half of them old once the buffer is full."""
        fakes = fakes.detach().clone()
        n_stored = 0 if self.store is None else len(self.store)
        if n_stored < self.capacity:
            new = fakes[: self.capacity - n_stored].clone()
            self.store = new if self.store is None else torch.cat([self.store, new])
            return fakes
        n_old = min(len(fakes) // 2, self.capacity)
        here = torch.randperm(len(fakes), generator=generator)[:n_old]
        there = torch.randperm(self.capacity, generator=generator)[:n_old]
        fakes[here], self.store[there] = self.store[there], fakes[here]
        return fakes


# %% tags=["nbval-check-output"]
buffer, random = ReplayBuffer(capacity=6), torch.Generator().manual_seed(0)
for start in (0, 4, 10, 20, 30):
    batch = torch.arange(start, start + 4)
    print(batch.tolist(), "->", sorted(buffer.exchange(batch, random).tolist()))

# %% [markdown]
# **Let $G$ foresee the answer.** The **unrolled** GAN (Metz et al. 2017) judges $G$ by the $D$ that would be there
# *after $k$ more updates*, each a virtual step of gradient descent on $D$'s loss, and lets the gradient flow through all
# of them. Moving everything to the weakest spot of today's $D$ pays no more, if tomorrow's $D$ will stand there.
# `functional_call` runs $D$ with other weights than its own, so $D$ itself never moves.

# %%
from torch.func import functional_call
from torch.nn.functional import softplus


def unrolled_generator_loss(G, D, real, z, k, lr):
    """-E log D_k(G(z)), D_k being D after k virtual updates at rate lr."""
    fake = G(z)
    weights = {name: p.detach().requires_grad_(True) for name, p in D.named_parameters()}
    for _ in range(k):
        scores = [functional_call(D, weights, (x,)) for x in (real, fake)]
        d_loss = softplus(-scores[0]).mean() + softplus(scores[1]).mean()
        slopes = torch.autograd.grad(d_loss, list(weights.values()), create_graph=True)
        steps = zip(weights.items(), slopes, strict=True)
        weights = {name: w - lr * slope for (name, w), slope in steps}
    return softplus(-functional_call(D, weights, (fake,))).mean()


# %% [markdown]
# Is that gradient right? A toy in float64: move one weight of $G$ by $\pm 10^{-6}$ and compare.
#
# **Predict.** All real points lie at 0 and all fakes at $0.5$; $D(x) = \sigma(w x)$ with $w = 1$ takes what lies to the
# right for real. Against this $D$ the forger wants to flee from the data (the slope is negative, and it descends). What
# will it want once it foresees one answer of $D$? Five?

# %% tags=["nbval-check-output"]
G, D = (nn.Linear(1, 1, bias=False).double() for _ in range(2))
data, ones, slopes = torch.zeros(1, 1).double(), torch.ones(1, 1).double(), {}
nn.init.constant_(D.weight, 1.0)


def toy_loss(place, k):
    """The unrolled loss of a forger whose fakes lie at `place`."""
    nn.init.constant_(G.weight, place)
    return unrolled_generator_loss(G, D, data, ones, k, lr=0.5)


for k in (0, 1, 5):
    (slope,) = torch.autograd.grad(toy_loss(0.5, k), [G.weight])
    slopes[k] = slope.item()
    change = (toy_loss(0.5 + 1e-6, k) - toy_loss(0.5 - 1e-6, k)).item()
    print(f"k = {k}: slope {slopes[k]:+.4f}, by differences {change / 2e-6:+.4f}")
    assert abs(slopes[k] - change / 2e-6) < 1e-6
assert slopes[0] < slopes[1] < 0 < slopes[5]
assert D.weight.item() == 1.0 and D.weight.grad is None

# %% [markdown]
# **What we see.** The differences confirm the gradient, and $D$ is where it was. A forger that sees no further than today's
# $D$ runs away from the data. One that foresees a single answer wants it less; five answers ahead it turns round. The
# price: each of $G$'s steps now holds $k$ forward and backward passes of $D$, and the backward pass of all of these.

# %% [markdown]
# **Change the question.** The **relativistic** loss (Jolicoeur-Martineau 2019) asks of a *pair*, one real and one fake:
# which of the two is more real? A forger that leaves a mode empty loses the pairs with the reals of that mode, whatever
# its samples score elsewhere. With a penalty on $D$'s slope at reals (R1) and at fakes (R2) it is the core of R3GAN (Huang et al. 2024):
#
# $$ L_D = \operatorname{E} \operatorname{softplus}\bigl(-(D(x) - D(G(z)))\bigr)
#    + \tfrac{\gamma}{2} \operatorname{E} \lVert \nabla D(x) \rVert^2
#    + \tfrac{\gamma}{2} \operatorname{E} \lVert \nabla D(G(z)) \rVert^2. $$

# %%
from functools import partial

from coursekit.losses import RELATIVISTIC
from coursekit.penalties import r1, r2
from coursekit.steps.adversarial import adversarial


def r1_and_r2(D, real, fake, weight=1.0):
    return r1(D, real, fake, weight=weight) + r2(D, real, fake, weight=weight)


relativistic = partial(adversarial, loss=RELATIVISTIC, penalty=r1_and_r2)

# %% [markdown]
# ## 6. What does the table say?
#
# Ten arms on the ring of 8, three seeds each, 1,600 steps. Against `vanilla` each changes one thing; `+fast-d` marks the
# two where $D$'s rate is 1e-3. On the command line, `coursekit train ring8 --remedy pac2 --out runs/pac2` repeats a row
# (`--seed` another of its seeds, `+` joins two remedies).
#
# **Predict.** Which of the nine remedies do *not* bring vanilla's `best` above four modes?

# %%
rows = []
for (data, arm), found in arms.items():
    if data == "ring8":
        each_seed = {name: [row[name] for row in found] for name in found[0]}
        modes, best = (" ".join(map(str, each_seed[name])) for name in ("modes", "best"))
        good = " ".join(f"{share:.0%}" for share in each_seed["good"])
        kl = " ".join(f"{value:.2f}" for value in each_seed["kl"])
        seconds = f"{sum(each_seed['cpu_seconds']) / len(found):.0f}"
        rows.append([arm, modes, best, good, kl, seconds])
columns = ["arm (three seeds)", "modes of 8", "best", "good samples", "KL", "seconds"]
table(columns, rows, "Seconds of one processor thread a run, on a machine with other work.")

# %% [markdown]
# **What we see.** Four kinds of outcome:
#
# - **Cured on all seeds**: minibatch stddev, unrolling and packs of two; and, with a fast $D$, vanilla itself and
#   relativistic + R1 + R2. By the share of good samples minibatch stddev is ahead of the other remedies; by seconds the
#   pack of two, since $D$ runs on half as many rows. Unrolling costs six times as much as vanilla.
# - **Cured by luck**: minibatch discrimination holds eight modes on two seeds. On the third all samples end on one spot
#   that is no mode (KL = log 8). Too much closeness is as clear a sign of a forgery as it can be, but it gives a heap of
#   *equal* samples no direction in which to part.
# - **Smeared**: packs of four, and the relativistic loss with the slow $D$. At most four modes, 4 to 8 % good samples, and
#   a KL near 0 or below 0.2: they cover the ring and have not found the modes. No collapse and no success. In the
#   relativistic row nothing but `d_speed` separates failure from eight modes: the loss cannot rescue a $D$ that is too
#   slow.
# - **Not cured**: replay. It is section 2's idea, and it did nothing here (question 2).

# %%
assert max(each("ring8", "relativistic", "best")) <= 4  # D's rate 1e-4: the loss alone is no cure
assert min(each("ring8", "relativistic+fast-d", "modes")) == 8
for arm in ("minibatch-stddev", "pac2", "unrolled"):
    assert min(each("ring8", arm, "modes")) == 8
assert max(each("ring8", "replay", "best")) <= 4
assert all(len(found) == 3 for (data, _), found in arms.items() if data == "ring8")

# %% [markdown]
# Beside it, what the papers printed for a ring of 8 and a grid of 25. Do not read the two tables as one: rings, nets,
# rates and the rule for a mode all differ, and in each paper the authors' method has the last row.

# %%
columns = ["method", "ring: modes", "ring: good", "grid: modes", "grid: good"]
published = [
    ["GAN", "1", "99.3 %", "3.3", "0.5 %"],
    ["ALI", "2.8", "0.13 %", "15.8", "1.6 %"],
    ["unrolled GAN", "7.6", "35.6 %", "23.6", "16 %"],
    ["VEEGAN", "8", "52.9 %", "24.6", "40 %"],
]
table(columns, published, "Published by Srivastava et al. 2017 (VEEGAN): ring of 8, grid of 25.")

# %% [markdown]
# **What we see.** The published GAN holds one mode with 99 % good samples; ours never has that many good ones, because it
# is caught on the move. Both are collapses. The unrolled GAN's share there is 36 %, ours 19 to 33 %. Published counts are
# means of several runs, which is why they are not whole.
#
# ## 7. And with images?
#
# Put two random digits into the two channels of one image: a **stack**. There are 100 combinations, each a mode, and a
# frozen classifier can name the mode of any image. Three digits in three channels make 1,000 modes: the *Stacked MNIST*
# of the literature. First the judge itself: 2,600 real stacks of 14 x 14 pixels, and 2,600 *blends*, each the average of
# two stacks, which is no digit at all. The judge is **sure** of a stack if it gives both of its labels at least even
# odds; a mode is **held** by three samples that it is sure of, a ninth of the fair share of 26.
#
# **Predict.** How many of the 100 modes will the classifier find among the blends? How many will be held?

# %%
from coursekit.collapse.stacked import count_stacked
from coursekit.data.images import load_images
from coursekit.data.stacked import stacked
from coursekit.metrics.features import load_feature_net

digits = load_images("mnist", split="test", size=14, device="cpu")
net = load_feature_net(digits.name, device="cpu")
stacks, others = (stacked(digits, n_digits=2, n=2600, seed=seed).floats() for seed in (1, 2))
judged = {"real stacks": stacks, "blends of two": (stacks + others) / 2}
judged = {name: count_stacked(x, net) for name, x in judged.items()}
columns = [digits.name, "modes with a sample, of 100", "modes held", "sure of both", "KL (nats)"]
rows = [
    [name, found["modes"], found["held"], f"{found['good']:.0%}", f"{found['kl']:.2f}"]
    for name, found in judged.items()
]
table(columns, rows)
real, blend = judged.values()
assert real["modes"] == real["held"] == 100 and blend["modes"] >= 90
assert blend["held"] < {"mnist": 80, "digits": 100}[digits.name]

# %% [markdown]
# **What we see.** A classifier has no class "neither": it finds all modes, or nearly all, among pictures of nothing. Even
# its doubts expose only a part of them. So the count of the literature, one sample is enough, is the count that section 1
# took apart, on images. We print it, since all published figures are of this kind, and the modes held beside it.
#
# Four arms, with equal rates (1e-3 for both nets), equal seconds and three seeds. $G$ makes 32 channels before the
# image. $D$ is **small**: it begins with 8. `pac4` and hinge + SN (hinge loss, spectral normalisation of lesson 07: two
# changes) try to help it; the last arm is vanilla with a $D$ as wide as $G$.

# %%
rows = []
for (data, arm), found in arms.items():
    if data == "2 digits":
        texts = [arm]
        for name in ("modes", "average_modes", "held", "good", "kl"):
            numbers = [row[name] for row in found]
            whole = name in ("modes", "average_modes", "held")
            texts.append(" ".join(f"{number:{'d' if whole else '.2f'}}" for number in numbers))
        seconds = sum(row["cpu_seconds"] for row in found) / len(found)
        rows.append([*texts, f"{seconds:.0f}"])
columns = ["arm", "modes of 100", "averaged G", "modes held", "sure of both", "KL", "seconds"]
table(
    columns, rows, "Stacks of two MNIST digits, three seeds. `averaged G`: with averaged weights."
)

# %% [markdown]
# **What we see.** By the count of the literature `pac4` has at least 92 modes on every seed, vanilla at most 63, at the same
# rates and in the same seconds. Hinge + SN does not beat vanilla by this count (and does by modes held). And a larger $D$
# *alone* finds all hundred: capacity was what our $D$ lacked, as speed was on the ring.
#
# By modes *held* everything shrinks: vanilla 4 to 7, `pac4` 22 to 30, the wide $D$ 52 to 61. After forty seconds of one core
# few pictures are a clear pair of digits: the judge is sure of a seventeenth of vanilla's samples, a quarter of the wide
# $D$'s, and 87 % of the real ones. The order of the arms survives, the triumph does not. (Averaging the weights adds 10 to
# 44 "modes" to a collapsed vanilla: a blend of forgers makes blends, and blends have labels.)

# %%
best_arm, vanilla_arm = each("2 digits", "pac4", "modes"), each("2 digits", "vanilla", "modes")
for seed, (ours, theirs) in enumerate(zip(best_arm, vanilla_arm, strict=True)):
    print(f"seed {seed}: pac4 {ours}, vanilla {theirs}, difference {ours - theirs}")
    assert ours >= 80 and theirs <= ours - 10
assert min(each("2 digits", "vanilla, wide D", "modes")) >= 95

# %% [markdown]
# Three digits make 1,000 modes. Two recipes with larger nets ($D$ as wide as $G$, 64 channels at the image) were trained on
# them once, one seed each and far shorter than in the papers: PacGAN takes 100,000 steps, R3GAN ten million images.
# `python benchmarks/full.py --steps 14000 stacked-pac4` is one of the commands; `make full` takes the whole length.

# %%
long = {row["run"]: row for row in recorded("full").rows}
rows = []
for row in (long["stacked-pac4"], long["stacked-relativistic"]):
    count, share = f"{row['n_steps']:,}", f"{row['good']:.0%}"
    rows.append([row["run"], count, row["modes"], f"{row['kl']:.2f}", row["held"], share])
    assert row["modes"] >= 990 and row["kl"] < 0.2
columns = ["recipe", "steps", "modes of 1,000", "KL", "modes held", "sure of all three"]
table(columns, rows, "Three MNIST digits: averaged $G$, 26,000 samples, one seed, one CPU core.")

# %% [markdown]
# **What we see.** Both have all thousand after about an hour of one core, and hold nearly all of them. The KL asks for more than
# one sample a mode: it is small only where every stack comes about as often as every other. Ours is still more than twice
# the published one, and a fifth of the pictures is no clear triple. Width matters once more: with a $D$ a quarter the size
# of $G$, PacGAN's own packs of four stay at 667 (below).
#
# The published figures:

# %%
columns = ["method (stacks of three digits)", "modes of 1,000", "KL", "source"]
published = [
    ["DCGAN", "99", "3.4", "VEEGAN"],
    ["ALI", "16", "5.4", "VEEGAN"],
    ["unrolled GAN", "48.7", "4.32", "VEEGAN"],
    ["VEEGAN", "150", "2.95", "VEEGAN"],
    ["DCGAN, run again", "78.9", "4.50", "PacGAN, table 2"],
    ["PacDCGAN2, 3, 4", "1000", "0.06, 0.06, 0.07", "PacGAN, table 2"],
    ["DCGAN, D a quarter of G", "30.6", "5.99", "PacGAN, table 3"],
    ["unrolled, 10 steps, same D", "327.2", "4.66", "PacGAN, table 3"],
    ["PacDCGAN4, same D", "667.4", "1.81", "PacGAN, table 3"],
    ["DCGAN, D half of G", "628", "2.58", "PacGAN, table 3"],
    ["PacDCGAN3, D half of G", "866.6", "0.90", "PacGAN, table 3"],
    ["GAN + R1 + R2", "693", "0.927", "R3GAN, table 1"],
    ["GAN + R1; relativistic + R1", "fail", "", "R3GAN, table 1"],
    ["relativistic + R1 + R2", "1000", "0.0781", "R3GAN, table 1"],
    ["R3GAN, config E", "1000", "0.029", "R3GAN, table 3"],
]
table(columns, published, "Published. 26,000 samples; a mode counts from one sample on.")

# %% [markdown]
# **What we see.** One method, one data set: the plain DCGAN has 31, 79, 99 or 628 modes of 1,000 in these tables, by the
# size of its $D$ and the details of the protocol. A baseline as soft as this can be had in any height that a new method
# needs.
#
# ## 8. Grid of 25, with patience
#
# The grid is the harder toy: 25 modes at distance 1, each with a standard deviation of 0.05. The best that we could do in
# minutes is `pac4+fast-d` with nets of three layers and a falling rate of $G$, recorded once; `coursekit train grid25
# --remedy pac4+fast-d --out runs/grid` repeats it, and with `--profile full` takes four times as many steps.

# %%
for row in (*arms["grid25", "pac4+fast-d"], long["grid25"]):
    print(f"{row['n_steps']:,} steps, one seed")
    print(f"  G: {row['modes']} of 25 modes held, {row['good']:.0%} good")
    print(f"  averaged G: {row['average_modes']} held, {row['average_good']:.0%} good")
    print("  modes held at the counts:", *(modes for _, modes, _, _ in row["counts"]))

# %% [markdown]
# **What we see.** After 40,000 steps fourteen modes by our rule, and three quarters of the samples good; after 160,000 twenty,
# and nine tenths. Our goal, 24 modes held with more than 80 % good, was **not reached**. The short run seems to settle:
# what it has gets sharper, and what it lacks stays missing. The long one stands at 12 to 14 modes for 80,000 steps, while
# $G$'s rate is high, and finds six more while it falls. The 23.6 and 24.6 modes published above count from one good
# sample on, at shares of 16 and 40 %.
#
# ## 9. Said often, and not so
#
# - **"GANs do not converge, therefore they collapse."** Two different failures. The circles of lesson 05 go round a point
#   that is complete; section 3 here shows a forger that is never complete. And a GAN can stand still on half of the modes.
# - **"Collapse means that the samples are bad."** A collapsed forger may make perfect copies of one mode: 99.3 % good
#   samples in the table above.
# - **"Mode collapse is fixed by method X."** It is fixed by X in X's settings; so it is by a faster $D$.
# - **"A falling KL means that modes are found."** A smear has a KL of 0.

# %% [markdown]
# ## Summary
#
# - A mode is held by a share of the samples, not by a lucky one; modes, good share and KL are read together.
# - A forger that answers the latest detective best runs in circles, complete on average and collapsed at every moment.
#   Against the average of its past the detective converges to 1/2.
# - On our ring a vanilla GAN with a slow $D$ held at most two modes of 8. One number about the batch, a pack of two, a
#   view of $D$'s next five answers, or a faster $D$ cured it. Replay did not; packs of four and the relativistic loss with
#   the slow $D$ smeared; minibatch discrimination depended on the seed.
# - A count of modes is a property of a method *and* of the size and rate of its $D$.

# %% [markdown]
# ## Common mistakes
#
# - **`linspace(0, 2 * pi, 8)` for eight modes.** Two coincide. Use `arange(8) * 2 * pi / 8`.
# - **Counting a mode from one sample on.** With 10,000 samples a heap with eight hits is perfect.
# - **KL over good samples only.** Where there are none it is 0/0, and where there are few it is flattering.
# - **Mixing real and fake in one batch for a $D$ that looks at batches.** The spread of the mixture says nothing about
#   the forger's.
# - **A replay buffer that returns views of its store.** The next exchange then changes samples that somebody still uses.
# - **Unrolling without restoring $D$.** If the virtual updates stay, $D$ takes six steps for each of $G$'s, which is a
#   cure of its own and not the one you report. `functional_call` cannot forget.
# - **Changing the remedy and the learning rate at once**, and praising the remedy.

# %% [markdown]
# ## Questions
#
# 1. Minibatch standard deviation gives $D$ the mean over the entries of the batch's standard deviation. Name a collapse
#    that it cannot see.
#
# <details><summary>Answer</summary>
#
# Any batch with the right spread. Two opposite modes on a diagonal, half of the samples each, have in both coordinates the
# spread of all eight, 1.42. Such a forger would still be caught, sample by sample: fakes are twice too frequent on two
# modes and missing on the six others, and $D^*$ needs no batch to see that.
#
# </details>
#
# 2. Fictitious play cured the game of section 2, and replay, which imitates it, did nothing on the ring. What differs?
#
# <details><summary>Answer</summary>
#
# In section 2 the detective is exactly $D^*$ for the average, in every round. On the ring $D$ makes one small step a
# round, at a tenth of $G$'s rate: it is behind even the newest fakes, and old ones take half of its attention. A memory
# helps a detective that forgets, not one that is late.
#
# </details>
#
# 3. PacGAN with $m = 4$ and batches of 256 gives $D$ 64 packs. What does that change besides what $D$ sees?
#
# <details><summary>Answer</summary>
#
# Its loss is a mean over 64 scores instead of 256, so it is noisier, and its first layer has four times as many weights
# to learn at the same rate. On the ring, 1,600 steps are not enough for it: compare `pac2` and `pac4` in the table. Equal
# *batches* are not equal *conditions*, and the table's arms share the first.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Metz et al., *Unrolled Generative Adversarial Networks*, 2017, [arXiv:1611.02163](https://arxiv.org/abs/1611.02163).
# - Salimans et al., *Improved Techniques for Training GANs*, 2016,
#   [arXiv:1606.03498](https://arxiv.org/abs/1606.03498): minibatch discrimination, section 3.2.
# - Karras et al., *Progressive Growing of GANs*, 2018, [arXiv:1710.10196](https://arxiv.org/abs/1710.10196): section 3,
#   half a page on minibatch standard deviation.
# - Lin et al., *PacGAN: The power of two samples in generative adversarial networks*, 2018,
#   [arXiv:1712.04086](https://arxiv.org/abs/1712.04086): also a theory of why two samples tell more than one.
# - Srivastava et al., *VEEGAN*, 2017, [arXiv:1705.07761](https://arxiv.org/abs/1705.07761): stacked MNIST, ring and grid.
# - Shrivastava et al., *Learning from Simulated and Unsupervised Images through Adversarial Training*, 2017,
#   [arXiv:1612.07828](https://arxiv.org/abs/1612.07828): the replay buffer.
# - Huang et al., *The GAN is dead; long live the GAN! A Modern Baseline GAN*, 2024,
#   [arXiv:2501.05441](https://arxiv.org/abs/2501.05441): relativistic + R1 + R2.
