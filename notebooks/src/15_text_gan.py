# ---
# jupyter:
#   coursekit:
#     title: Text, where a sample has no gradient
#     budget: 90
#     data: none, two languages made here
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
# # 15 · Text, where a sample has no gradient
#
# **You will find out why a GAN cannot simply write, build the two ways around it, and judge what they write in a language
# whose every probability is known, so that nobody can buy quality with diversity unseen.**

# %% [markdown]
# ## What you will be able to do
#
# - **show** that the choice of a word lets no gradient through, and that its *expectation* has one,
# - **draw** words by Gumbel noise, soften the draw, and say what a soft word gives away to $D$,
# - **train** a GAN on sentences from scratch with the straight-through gradient,
# - **estimate** a policy gradient, and measure its bias and its variance against the exact one,
# - **tell** a better model from a colder one, by two likelihoods side by side.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | the two KL divergences of lesson 02, the game and its steps of lesson 04 |
# | **Paper** | Yu et al., *SeqGAN*, 2017: [arXiv:1609.05473](https://arxiv.org/abs/1609.05473); Jang et al., *Categorical Reparameterization with Gumbel-Softmax*, 2017: [arXiv:1611.01144](https://arxiv.org/abs/1611.01144) |
# | **Cost** | 75 s on 2 CPU cores (profile `fast`); GPU: not measured; data: none, two languages made here |
# | **Previous** | [14 · Text to image](14_text_to_image.ipynb) |
# | **Next** | [16 · SRGAN, four times as large](16_srgan.ipynb) |
# | **Exercise** | [15 · exercises](../exercises/15_text_gan.ipynb) |

# %%
import torch
from torch.nn.functional import one_hot

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other

# %% [markdown]
# ## 1. A language that keeps no secrets
#
# Is a generated sentence a good one? For English nobody can say it in a number. So Yu et al. (2017) took another
# language: one written by a model whose probabilities are known, an **oracle**. Theirs was an LSTM with random weights;
# ours is a random Markov chain. It has 12 words; each sentence has 8; the next word depends on the last one alone.

# %%
from coursekit.data.text import random_chain

oracle = random_chain(n_words=12, length=8, seed=1)
n_words, length = oracle.n_words, oracle.length
names = ["ba", "do", "fi", "gu", "ka", "le", "mo", "nu", "pe", "ri", "sa", "tu"]
random = torch.Generator().manual_seed(run.seed)
train, test = oracle.sample(400, random), oracle.sample(2000, random)
for sentence in train[:3]:
    p = oracle.log_probs(sentence[None]).sum().exp()
    print(" ".join(names[word] for word in sentence), f"   probability {p:.1e}")

# %% [markdown]
# Any generator can be held against it in two ways. Let *it* write and the oracle judge, or let the oracle write and ask
# how likely the generator finds that:
#
# $$ \text{NLL}_\text{oracle} = -\tfrac1L \operatorname{E}_{x \sim G} \log p_\text{oracle}(x), \qquad
#    \text{NLL}_\text{test} = -\tfrac1L \operatorname{E}_{x \sim \text{oracle}} \log p_G(x), $$
#
# in nats a word, lower is better. Neither can be read alone. With $H$ for an entropy a word, the two KL divergences of
# lesson 02 are
#
# $$ \tfrac1L \text{KL}(p_G \parallel p_\text{oracle}) = \text{NLL}_\text{oracle} - H(p_G), \qquad
#    \tfrac1L \text{KL}(p_\text{oracle} \parallel p_G) = \text{NLL}_\text{test} - H(p_\text{oracle}). $$
#
# The second has a constant on the right: minimising the test NLL *is* minimising a divergence. In the first $H(p_G)$
# moves along with $G$, and whoever looks at $\text{NLL}_\text{oracle}$ alone forgets it.
#
# **Predict.** Four forgers without any training: uniform words, the oracle itself, the 400 training sentences by heart,
# and the one most likely sentence, for ever. Which one wins by the oracle NLL?

# %%
from coursekit.metrics.text import oracle_nll
from coursekit.plots.style import table

H, best = oracle.entropy(), oracle.most_likely()
uniform = torch.randint(n_words, (20_000, length), generator=random)
log_v = torch.tensor(n_words).log().item()
mean_word = -(oracle.start.log().mean() + (length - 1) * oracle.transition.log().mean())
random_nll = mean_word.item() / length
forgers = [
    ["uniform words", random_nll, f"{log_v:.3f}", f"{log_v:.3f}"],
    ["the oracle itself", H, f"{H:.3f}", f"{H:.3f}"],
    ["training sentences", oracle_nll(oracle, train), "infinite", "0.749 at most"],
    ["the most likely one", oracle_nll(oracle, best[None]), "infinite", "0"],
]
rows = [[name, f"{nll:.3f}", *rest] for name, nll, *rest in forgers]
table(["forger", "oracle NLL", "test NLL", "its entropy"], rows, "Nats a word.")
print("the most likely sentence:", " ".join(names[word] for word in best))
assert abs(oracle_nll(oracle, uniform) - random_nll) < 0.03
assert forgers[3][1] < H < random_nll

# %% [markdown]
# **What we see.** The broken record wins, by a wide margin, against *the language itself*, and a memoriser is as good as
# the language. Only the test NLL finds both out: they give probability 0 to nearly all new sentences. So below **both
# stand side by side**, with the entropy of what $G$ writes and the share of different sentences among 2,000.

# %% [markdown]
# ## 2. Maximum likelihood, the honest baseline
#
# Text has a simple way that images lack: a sentence's probability is a product,
# $p(x) = \prod_t p(x_t \mid x_1, \ldots, x_{t-1})$, and a net can compute each factor. A recurrent net (a GRU of width
# 48) reads the words so far and gives 12 logits for the next one. Its loss is its own NLL on the training sentences;
# `likelihood` is that step. We stop after 100 steps, before it overfits.

# %%
from coursekit.data.text import one_hot_batches
from coursekit.fit import fit
from coursekit.nets.text import GRUGenerator
from coursekit.steps.sequence import likelihood

SEEDS = range(run.seed, run.seed + 3)


def by_likelihood(sentences, n_words, n_steps, seed):
    """A generator trained by maximum likelihood on sentences (N, L)."""
    torch.manual_seed(seed)
    G = GRUGenerator(n_words, sentences.shape[1], width=48)
    batches = one_hot_batches(sentences, n_words, 64, seed)
    fit(likelihood(G, torch.optim.Adam(G.parameters(), 5e-3)), batches, n_steps, progress=False)
    return G


learned = [by_likelihood(train, n_words, 100, seed) for seed in SEEDS]

# %%
from coursekit.metrics.text import share_distinct, test_nll


def judge(G, temperature=1.0):
    """Oracle NLL, test NLL, entropy, share of different sentences among 2,000."""
    written = G.sample(4000, torch.Generator().manual_seed(9), temperature)
    of_G = lambda sentences: G.log_probs(sentences, temperature)  # noqa: E731
    nll = oracle_nll(oracle, written), test_nll(of_G, test)
    return *nll, test_nll(of_G, written), share_distinct(written[:2000])


def show_figures(models):
    """One row a model: each figure for every seed."""
    rows = []
    for name, found in models.items():
        columns = zip(*found, strict=True)
        rows.append([name, *(" ".join(f"{v:.2f}" for v in column) for column in columns)])
    real = f"The oracle's own: {H:.2f}, {H:.2f}, {H:.2f}, {share_distinct(test):.2f}."
    names = ["model (a figure a seed)", "oracle NLL", "test NLL", "its entropy", "different"]
    table(names, rows, real)


models = {"maximum likelihood": [judge(G) for G in learned]}
show_figures(models)

# %% [markdown]
# **What we see.** From 4.0 for random words to within 0.05 of the language's own 1.43, in two seconds each. That is the
# bar. A GAN has to show that it can do something which this cannot.

# %% [markdown]
# ## 3. Why not just train a GAN?
#
# $D$ is no problem: sentences go in as **one-hot** vectors, 12 numbers a word, through two convolutions along the
# sentence. $G$ samples each word from its softmax. So let $D$'s verdict flow back.
#
# **Predict.** What will be in `p.grad` of $G$'s parameters?

# %% tags=["nbval-check-output"]
from coursekit.nets.text import SequenceDiscriminator

G, D = learned[0], SequenceDiscriminator(n_words, length)
sentences = G.sample(64)
D(one_hot(sentences, n_words).float()).mean().backward()
nets = {"G": G, "D": D}
got = {name: sum(p.grad is not None for p in net.parameters()) for name, net in nets.items()}
print(f"parameters with a gradient: D {got['D']} of 6, G {got['G']} of 7")
print(f"the words are {sentences.dtype}, requires_grad is {sentences.requires_grad}")
assert got == {"G": 0, "D": 6}

# %% [markdown]
# None at all: a word is a *number in a list*, and autograd ends there. Could one be more clever and differentiate by
# hand? Draw a word among four, of worth $v = (1, 3, 2, 0)$ to some judge, always with the same random numbers, and move
# the first logit by a little.

# %%
from coursekit.nets.text import gumbel
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure, show

worth = torch.tensor([1.0, 3.0, 2.0, 0.0])
logits = torch.tensor([0.0, 0.6, 0.3, -0.5])
noise = gumbel(3, 4, generator=torch.Generator().manual_seed(0), device=torch.device("cpu"))
x = torch.linspace(-4, 4, 401)
moved = logits.repeat(401, 1)
moved[:, 0] = x
mean = {"mean over all draws": moved.softmax(1) @ worth}
draws = {f"draw {i + 1}": worth[(moved + noise[i]).argmax(1)] for i in range(3)}
figure = new_figure(6.5, 2.8)
draw_lines(figure.subplots(), x, mean | draws, "first logit", "worth of the word")
show(figure, "Figure 1. The worth of a drawn word, for three fixed draws, and its mean.")
slope = max((values.diff() != 0).sum().item() for values in draws.values())
print(f"of 400 steps along a draw, at most {slope} change anything")
assert slope <= 2

# %% [markdown]
# **What we see.** Along one draw the worth is a stair: flat, one jump where the first word takes over, and flat. The
# jump goes up or down, as chance has it. Slope 0 wherever there is a slope. Yet the *mean* over all draws is a smooth
# curve with a perfectly good slope, $\sum_k v_k \, \partial p_k / \partial \text{logit}$. So the gradient we want
# exists. It only cannot be had by differentiating a sample. There are two ways out: **replace the staircase** by
# something smooth (sections 4 and 5), or **estimate the slope of the mean** without any derivative of the worth
# (sections 6 and 7).

# %% [markdown]
# ## 4. A word chosen by adding noise
#
# How did we draw "with the same random numbers"? By an old trick. Let $g_k = -\log(-\log u_k)$ with $u_k$ uniform:
# that is the **Gumbel** law. Then
#
# $$ \operatorname*{argmax}_k \, (\text{logit}_k + g_k) \quad \text{is} \quad k \quad \text{with probability} \quad
#    \frac{e^{\text{logit}_k}}{\sum_j e^{\text{logit}_j}}. $$
#
# (Because $e^{-(\text{logit}_k + g_k)}$ is exponentially distributed with rate $e^{\text{logit}_k}$, and of several
# alarm clocks with such rates each rings first in proportion to its rate.) All chance now sits in $g$, which does not
# depend on $G$, just as the noise $z$ of every GAN so far. A law can be tested: by frequencies.

# %%
from scipy.stats import chisquare

n, chance = 100_000, torch.Generator().manual_seed(run.seed + 1)
noise = gumbel(n, 4, generator=chance, device=torch.device("cpu"))
counts = torch.bincount((logits + noise).argmax(1), minlength=4)
p = logits.double().softmax(0)
law = chisquare(counts.numpy(), (n * p).numpy())
rows = [[k, f"{p[k]:.4f}", f"{counts[k] / n:.4f}"] for k in range(4)]
table(["word", "softmax", "share of 100,000 draws"], rows)
print(f"chi-squared {law.statistic:.1f} on 3 degrees of freedom, p = {law.pvalue:.2f}")
assert law.pvalue > 1e-3

# %% [markdown]
# The frequencies agree with the softmax to chance. Now the argmax is the only step without a slope. Replace it by a
# softmax with a **temperature** $\tau$ (Jang et al. 2017; Maddison et al. 2017):


# %%
def gumbel_softmax(logits, tau, noise):
    """A soft draw: the largest entry is at the word that argmax would draw."""
    return ((logits + noise) / tau).softmax(-1)


rows = []
true = logits.softmax(0) * (worth - logits.softmax(0) @ worth)  # the slope of the mean, by hand
for tau in (5.0, 1.0, 0.5, 0.1):
    copies = logits.repeat(20_000, 1).requires_grad_(True)  # one row of logits a draw
    soft = gumbel_softmax(copies, tau, noise[:20_000])
    (soft @ worth).sum().backward()
    slopes = copies.grad
    off = (slopes.mean(0) - true).norm() / true.norm()
    spread = (slopes - slopes.mean(0)).square().sum(1).mean().sqrt() / true.norm()
    rows.append([tau, f"{soft.max(1)[0].mean():.2f}", f"{off:.2f}", f"{spread:.1f}"])
columns = ["$\\tau$", "largest entry, mean", "mean slope off by", "spread of a draw's slope"]
table(columns, rows, "Slopes in units of the true one's length.")

# %% [markdown]
# **What we see.** Warm, the draw is a smear over all words, and its slope, though the same for every draw, is off by most
# of its length. Cold, it is nearly a word and right on average, and single slopes are wild: mostly 0 and now and then
# huge, as a stair is. There is no temperature that has both. We take $\tau = 1$.
#
# ### What a soft word gives away
#
# Real words are one-hot. Soft ones are not, and $D$ needs no language to see that. As a test take *the oracle's own
# sentences on both sides*; only, those on the fake side are softened.
#
# **Predict.** Real language against real language: what share will $D$ tell apart?

# %%
from functools import partial

from coursekit.losses import NON_SATURATING
from coursekit.penalties import r1
from coursekit.steps.adversarial import update


def told_apart(soften, n_steps=60):
    """The share of fresh sentences on which a new D is right, real against softened real."""
    torch.manual_seed(0)
    D = SequenceDiscriminator(n_words, length)
    adam = torch.optim.Adam(D.parameters(), 2e-3)
    chance = torch.Generator().manual_seed(0)
    pair = lambda: [one_hot(oracle.sample(64, chance), n_words).float() for _ in "ab"]  # noqa: E731
    for _ in range(n_steps):
        real, other = pair()
        update(adam, NON_SATURATING.d(D(real), D(soften(other))))
    with torch.no_grad():
        right = [torch.cat([D(a) > 0, D(soften(b)) < 0]) for a, b in (pair() for _ in range(20))]
    return torch.cat(right).float().mean().item()


# %%
soften = {f"softened, largest entry {top}": top for top in (0.7, 0.9)}
shares = {"one-hot on both sides": told_apart(lambda x: x)}
for name, top in soften.items():
    shares[name] = told_apart(lambda x, top=top: x * top + (1 - x) * (1 - top) / (n_words - 1))
table(["the other side's words", "told apart by D"], [[k, f"{v:.0%}"] for k, v in shares.items()])
assert abs(shares["one-hot on both sides"] - 0.5) < 0.05
assert min(v for k, v in shares.items() if "soft" in k) > 0.85

# %% [markdown]
# **What we see.** After 60 steps $D$ is right more than nine times in ten, on sentences of *the same language*. One-hot
# against one-hot it can only guess. Such a $D$ tells $G$ nothing about words; it tells it to be sure of itself, and to be
# sure is to lose variety.
#
# The way out is a small fraud: **forward** take the one-hot vector, **backward** pretend that it had been the soft one.


# %%
def straight_through(probs):
    """Forward the one-hot of the largest entry, backward the identity."""
    hard = one_hot(probs.argmax(-1), probs.shape[-1]).to(probs)
    return probs + (hard - probs).detach()


soft = gumbel_softmax(logits, 1.0, noise[:3]).requires_grad_(True)
hard = straight_through(soft)
(hard @ worth).sum().backward()
print("forward: ", [[round(v, 2) for v in row] for row in hard.tolist()])
print("backward:", soft.grad[0].tolist(), "= the worth of each word")

# %% [markdown]
# $D$ sees nothing but words. The price: the gradient belongs to another function than the one that was computed, so it
# is **biased**. Section 6 measures by how much.

# %% [markdown]
# ## 5. A GAN that writes, from scratch
#
# $G$'s noise $z$ is now Gumbel noise, 12 numbers for each of 8 words. Word by word, $G$ adds its logits, takes the
# straight-through one-hot, and reads that as the next input:


# %%
def write(G, z):
    """Sentences (N, L, V) with a gradient, from Gumbel noise z (N, L * V)."""
    noise = z.view(len(z), G.length, G.n_words)
    word, state, words = torch.zeros_like(noise[:, 0]), None, []
    for position in range(G.length):
        hidden, state = G.gru(G.embed(word)[:, None], state)
        logits = G.head(hidden[:, 0])
        word = G.discrete(gumbel_softmax(logits, G.tau, noise[:, position]))
        words.append(word)
    return torch.stack(words, 1)


# %% [markdown]
# This is `G(z)` of the library's `GRUGenerator`; `G.discrete` is `straight_through`. To the step of lesson 04 it is a
# generator like any other: **no new update rule**. The penalty is R1, and we look at the average of $G$'s weights over
# the last hundred steps or so. No pre-training: $G$ starts with uniform words. For comparison, the same with soft words.

# %%
from coursekit.data.streams import Latent
from coursekit.nets.average import Average
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

penalty = partial(r1, weight=0.1)


def gumbel_gan(sentences, n_words, n_steps, seed, **discrete):
    """A generator trained from scratch against a D; the average over its last steps."""
    torch.manual_seed(seed)
    L = sentences.shape[1]
    G, D = GRUGenerator(n_words, L, **discrete), SequenceDiscriminator(n_words, L)
    adams = [torch.optim.Adam(net.parameters(), 2e-3, (0.5, 0.99)) for net in (G, D)]
    step = adversarial(Game(G, D, *adams, Latent(L * n_words, seed, draw=gumbel)), penalty=penalty)
    average = Average(G, decay=0.99)
    batches = one_hot_batches(sentences, n_words, 64, seed)
    fit(step, batches, n_steps, [average], progress=False)
    return average.net


n_steps = run.pick(fast=160, full=2000)
hard_GANs = [gumbel_gan(train, n_words, n_steps, seed) for seed in SEEDS]

# %%
soft_GAN = gumbel_gan(train, n_words, n_steps, run.seed, discrete=lambda probs: probs)
G, z = hard_GANs[0], Latent(n_words * length, 3, draw=gumbel)(16)
assert torch.equal(write(G, z), G(z))
models["Gumbel, straight-through"] = [judge(G) for G in hard_GANs]
models["Gumbel, soft words"] = [judge(soft_GAN)]
show_figures(models)
print(f"random words: oracle NLL {random_nll:.2f}")
assert all(found[0] < 2.2 for found in models["Gumbel, straight-through"])
assert models["Gumbel, soft words"][0][1] > models["Gumbel, straight-through"][0][1] + 0.3

# %% [markdown]
# **What we see.** From 4.0 to about 1.5 on every seed, in seconds, from nothing but $D$'s verdicts: a GAN *can* learn to
# write. It is no match for maximum likelihood: its test NLL is 1.66 against 1.50, and its entropy is below the
# language's own. What it has learned, it says too often.
#
# And the soft words? By the oracle NLL they are *better than the language itself*. By the test NLL they are worse than
# uniform words, which have 2.48. $D$ saw softness, $G$ answered by being sure, and half of the entropy is left, with
# fewer than 600 different sentences among 2,000. Straight-through it is.

# %% [markdown]
# ## 6. The slope of a mean, without a slope
#
# The second way needs no derivative of the worth at all. Let $r(x)$ be any score of a sentence. Then
#
# $$ \nabla \operatorname{E}_{x \sim G} r(x) = \sum_x r(x) \nabla p_G(x) = \sum_x p_G(x) \, r(x) \nabla \log p_G(x)
#    = \operatorname{E}_{x \sim G} \big[ r(x) \nabla \log p_G(x) \big]. $$
#
# The right side is a mean over samples: write sentences, make the good ones more likely. This is **REINFORCE**
# (Williams 1992). Subtracting a number $b$ from $r$ changes nothing in the mean, since $\sum_x p_G(x) \nabla \log
# p_G(x) = \nabla 1 = 0$, but a lot in the variance: without this **baseline** *every* sentence is made more likely, a
# good one a little more.


# %%
def reinforce_loss(log_probs, rewards, baseline):
    """Minus the mean over sentences of sum_t (r_t - b_t) log p_t; all are (N, L)."""
    advantage = rewards.detach() - torch.as_tensor(baseline).detach()
    return -(advantage * log_probs).sum(1).mean()


# %% [markdown]
# And *which* word of a good sentence was to thank? SeqGAN asks the generator itself: finish the sentence several times
# from that word on. The mean score of these **roll-outs** is what the word was worth.


# %%
@torch.no_grad()
def rollout_reward(sequences, rollout, score, n_rollouts):
    """(N, L): the mean score of completions after each word, the score itself at the last."""
    worth = []
    for t in range(1, sequences.shape[1]):
        finished = rollout(sequences[:, :t].repeat(n_rollouts, 1))
        worth.append(score(finished).view(n_rollouts, -1).mean(0))
    return torch.stack([*worth, score(sequences)], 1)


# %% [markdown]
# All these estimates can be held against the truth if the language is so small that one can sum over it: 3 words, 6 to a
# sentence, 729 sentences in all. The score is what a random $D$ gives, as a probability.

# %%
torch.manual_seed(run.seed)
small, chance = GRUGenerator(3, 6, width=8), torch.Generator().manual_seed(run.seed)
tiny_D = SequenceDiscriminator(3, 6, width=16).requires_grad_(False)
with torch.no_grad():
    for net, gain in ((small.head, 3.0), (tiny_D.layers[-1], 8.0)):
        net.weight.mul_(gain)
every = torch.cartesian_prod(*[torch.arange(3)] * 6)


def score(sentences):
    return tiny_D(one_hot(sentences, 3).float())[:, 0].sigmoid()


def slope_of(loss):
    """The gradient as one vector over all parameters of the small generator."""
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(small.parameters()))])


probs = small.log_probs(every).sum(1).exp()
exact = slope_of(-(probs * score(every)).sum())
mean_score = (probs * score(every)).sum().item()
print(f"{len(every)} sentences, scores from {score(every).min():.2f} to {score(every).max():.2f}")


# %%
def by_policy(rewards_of, baseline):
    """REINFORCE's estimate on a batch of 16."""
    sentences = small.sample(16, chance)
    return slope_of(reinforce_loss(small.log_probs(sentences), rewards_of(sentences), baseline))


def by_gumbel(tau, discrete):
    """The gradient through 16 Gumbel draws."""
    small.tau, small.discrete = tau, discrete
    z = gumbel(16, 18, generator=chance, device=torch.device("cpu"))
    return slope_of(-tiny_D(small(z)).sigmoid().mean())


whole = lambda x: score(x)[:, None].expand(-1, 6)  # noqa: E731
rolled = lambda x: rollout_reward(x, lambda p: small.complete(p, chance), score, 4)  # noqa: E731
estimators = {
    "REINFORCE": partial(by_policy, whole, 0.0),
    "REINFORCE, baseline": partial(by_policy, whole, mean_score),
    "REINFORCE, baseline, 4 roll-outs": partial(by_policy, rolled, mean_score),
    "Gumbel, soft, tau 1": partial(by_gumbel, 1.0, lambda probs: probs),
    "Gumbel, straight-through, tau 1": partial(by_gumbel, 1.0, straight_through),
}

# %% [markdown]
# **Predict.** Which of the five are right on average? Which one varies least?

# %%
n, bias, spread, rows = 300, {}, {}, []
for name, estimate in estimators.items():
    found = torch.stack([estimate() for _ in range(n)])
    found = found / exact.norm()
    spread[name] = (found - found.mean(0)).square().sum(1).mean().sqrt().item()
    bias[name] = (found.mean(0) - exact / exact.norm()).norm().item()
    chance_alone = spread[name] / n**0.5
    rows.append([name, f"{bias[name]:.2f}", f"{chance_alone:.2f}", f"{spread[name]:.1f}"])
columns = ["estimate, batches of 16", "mean of 300 off by", "of that by chance", "spread of one"]
table(columns, rows, "In units of the exact gradient's length.")
for name in list(estimators)[:3]:
    assert bias[name] < 2.5 * spread[name] / n**0.5  # chance
assert spread["REINFORCE, baseline"] < 0.7 * spread["REINFORCE"]
assert all(bias[name] > 5 * spread[name] / n**0.5 for name in list(estimators)[3:])

# %% [markdown]
# **What we see.** REINFORCE is right on average, all three times: what is missing is chance. But without a baseline one
# estimate is a multiple of the gradient that it estimates, and nearly all of that is noise. The baseline takes most of
# it away, for nothing. Roll-outs take a little more, and cost 20 sentences for each one written. The Gumbel gradients
# are steadier still, and *wrong*: no number of draws will bring them nearer than they are. Bias or variance: that is the
# choice here, and each of the two kinds of GAN has made it.

# %% [markdown]
# ## 7. SeqGAN in small
#
# Now the whole step: $D$ learns as ever, on one-hot sentences; then $G$ writes, $D$'s probability is the reward, and
# roll-outs say what each word was worth. The baseline is the batch's mean reward at each position.


# %%
def policy_gradient(G, D, g_optimizer, d_optimizer, n_rollouts, penalty):
    """A step for fit: one update of D, then one of G by REINFORCE."""
    vectors = lambda sentences: one_hot(sentences, G.n_words).float()  # noqa: E731
    reward = lambda sentences: D(vectors(sentences))[:, 0].sigmoid()  # noqa: E731

    def step(batches):
        (real,) = next(batches)
        fake = vectors(G.sample(len(real)))
        d_loss = NON_SATURATING.d(D(real), D(fake)) + penalty(D, real, fake)
        update(d_optimizer, d_loss)
        sentences = G.sample(len(real))
        rewards = rollout_reward(sentences, G.complete, reward, n_rollouts)
        g_loss = reinforce_loss(G.log_probs(sentences), rewards, rewards.mean(0))
        update(g_optimizer, g_loss)
        return {"d_loss": d_loss, "g_loss": g_loss, "reward": rewards[:, -1].mean()}

    return step


# %% [markdown]
# From uniform words this is slow to start: $D$ rejects nearly everything, and the rewards hardly differ. So SeqGAN starts
# from the model of section 2, and so do we: 120 steps more, with 2 roll-outs a word (the paper: 16).

# %%
import copy


def seqgan(start, sentences, n_steps, seed):
    """The generator `start`, trained on by policy gradient; the average over its last steps."""
    torch.manual_seed(seed)
    G, L = copy.deepcopy(start), sentences.shape[1]
    D = SequenceDiscriminator(G.n_words, L, width=32)
    rates = ((G, 1e-3), (D, 2e-3))
    adams = [torch.optim.Adam(net.parameters(), rate, (0.0, 0.99)) for net, rate in rates]
    step = policy_gradient(G, D, *adams, n_rollouts=2, penalty=partial(r1, weight=0.02))
    average = Average(G, decay=0.99)
    batches = one_hot_batches(sentences, G.n_words, 64, seed + 1)
    history = fit(step, batches, n_steps, [average], progress=False)
    return average.net, history


n_steps = run.pick(fast=120, full=1500)
adversarial_runs = [seqgan(G, train, n_steps, seed) for seed, G in zip(SEEDS, learned, strict=True)]
models["then policy gradient"] = [judge(G) for G, _ in adversarial_runs]
show_figures(models)

# %%
gains = []
pairs = zip(models["maximum likelihood"], models["then policy gradient"], strict=True)
for before, after in pairs:
    gains.append([after[i] - before[i] for i in range(4)])
    assert gains[-1][0] < 0 <= gains[-1][1]
rows = [[seed, *(f"{v:+.3f}" for v in gain)] for seed, gain in zip(SEEDS, gains, strict=True)]
table(["seed", "oracle NLL", "test NLL", "its entropy", "different"], rows, "After, less before.")

# %% [markdown]
# **What we see.** On all three seeds SeqGAN's claim comes true: adversarial training **lowers the oracle NLL**, to about
# the language's own. And on all three the test NLL *rises*, the entropy falls, and there are fewer different
# sentences. Nothing was learned about the language. $G$ has become choosier.

# %% [markdown]
# ## 8. Quality for sale
#
# There is a way to a lower oracle NLL that needs no $D$ and no step of training: divide the logits by a temperature
# below 1 when *sampling* (Caccia et al. 2018). Likely words become likelier. If adversarial training is worth its
# trouble, it must beat that.
#
# **Predict.** Where will the policy gradient's points lie: below the line, on it, or above?

# %%
from coursekit.plots.text import trade_off

sweep = {T: judge(learned[0], T) for T in (1.1, 1.0, 0.9, 0.8, 0.7, 0.6)}
points = {name: [f[:2] for f in models[name]] for name in list(models)[1:] if "soft" not in name}
figure = trade_off({T: found[:2] for T, found in sweep.items()}, points, H)
show(
    figure,
    "Figure 2. Two likelihoods. Numbers along the line: temperature. Down and left is better.",
)

# %%
rows = [[T, *(f"{v:.2f}" for v in found)] for T, found in sweep.items()]
table(
    ["temperature", "oracle NLL", "test NLL", "entropy", "different"], rows, "Likelihood, seed 0."
)
colder = torch.linspace(1.0, 0.6, 9).tolist()
for G, ours in zip(learned, models["then policy gradient"], strict=True):
    line = [judge(G, T)[:2] for T in colder]
    as_good = min(test_of for nll, test_of in line if nll <= ours[0])
    print(f"oracle NLL {ours[0]:.2f}: test NLL {ours[1]:.3f}, the colder model {as_good:.3f}")
    assert as_good < ours[1]

# %% [markdown]
# **What we see.** Above it, on every seed. Whatever oracle NLL the policy gradient reached, the untouched model gets
# it by a temperature a little below 1, and loses less test NLL. And it can go on, down to where the text is far
# "better" than the language and little of it is left. So a single point says nothing; a method has to beat the
# *line*. (At 1.1 the line goes the other way: more variety than the language, and worse text.)

# %% [markdown]
# ## 9. A grammar
#
# The chain's sentences mean nothing to us. Here is a language that we can read: a small grammar, 18 words and a stop,
# 4,056 sentences. All are listed with their exact probabilities, so membership is a look-up. It asks for
# something that no chain of neighbours can give: the verb agrees with a noun that may stand three words before it.

# %%
from coursekit.data.text import Grammar
from coursekit.metrics.text import share_grammatical

english = Grammar()
train_en, test_en = english.sample(400, random), english.sample(2000, random)
for text in ("the cats near a dog sleep", "the cats near a dog sleeps"):
    print(
        f"{text}: probability {english.log_probability(english.encode(text)[None]).exp().item():.1e}"
    )
print("four of 400:", "; ".join(english.text(sentence) for sentence in train_en[:4]))

# %%
from coursekit.metrics.text import self_bleu

learned_en = by_likelihood(train_en, english.n_words, 250, run.seed)
policy_en, _ = seqgan(learned_en, train_en, run.pick(fast=80, full=1000), run.seed)
gumbel_en = gumbel_gan(train_en, english.n_words, run.pick(fast=300, full=3000), run.seed)


def judge_en(G, T=1.0):
    """Share grammatical, test NLL, share of different sentences, self-BLEU-3 of 100."""
    written = G.sample(2000, torch.Generator().manual_seed(9), T)
    nll = test_nll(lambda x: G.log_probs(x, T), test_en)
    shares = share_grammatical(english, written), nll, share_distinct(written)
    return *shares, self_bleu(written[:100], 3)


# %% [markdown]
# **Predict.** Which of the three will make the fewest mistakes of agreement? Which one will repeat itself most?

# %%
real_en = (1.0, english.entropy(), share_distinct(test_en), self_bleu(test_en[:100], 3))
found_en = {
    "the grammar itself": real_en,
    "maximum likelihood": judge_en(learned_en),
    "the same, temperature 0.7": judge_en(learned_en, 0.7),
    "then policy gradient": judge_en(policy_en),
    "Gumbel from scratch": judge_en(gumbel_en),
}
rows = [[name, f"{v[0]:.0%}", *(f"{x:.2f}" for x in v[1:])] for name, v in found_en.items()]
table(["writer", "grammatical", "test NLL", "different", "self-BLEU-3"], rows)
for name, G in (("likelihood", learned_en), ("Gumbel", gumbel_en)):
    written = G.sample(5, torch.Generator().manual_seed(4))
    print(f"{name}: " + "; ".join(english.text(sentence) for sentence in written))
warm, cold = (found_en[name][0] for name in list(found_en)[1:3])
assert 0.8 < warm < cold

# %% [markdown]
# **What we see.** After 400 sentences the likelihood model writes 94 % grammatical ones, so it has learned to agree
# at a distance. A temperature of 0.7 removes nearly all of its mistakes. The policy gradient changes it by about a
# point, which is no more than chance between two runs. And the GAN from scratch has found out which words follow each
# other, and hardly ever finishes a sentence: with 19 words and a rule across the sentence its 300 steps do not
# suffice, where on the chain 160 did. Self-BLEU is of no use here: the grammar is small, and its own sentences are as
# alike as any.

# %% [markdown]
# ## 10. The published figures
#
# SeqGAN's table, in the same unit (nats a word), beside ours:

# %%
published = {"random": 10.310, "maximum likelihood": 9.038, "scheduled sampling": 8.985}
published |= {"policy gradient on BLEU": 8.946, "SeqGAN": 8.736}
mean_of = lambda name: sum(found[0] for found in models[name]) / len(models[name])  # noqa: E731
ours = {"random": random_nll, "maximum likelihood": mean_of("maximum likelihood")}
ours["SeqGAN"] = mean_of("then policy gradient")
rows = [[k, f"{v:.3f}", f"{ours[k]:.3f}" if k in ours else "not run"] for k, v in published.items()]
table(["generator", "Yu et al. 2017, table 1", "ours, mean of three seeds"], rows, "Oracle NLL.")

# %% [markdown]
# The two columns must not be compared: theirs is another oracle (an LSTM with random weights, 5,000 words, 20 to a
# sentence), with more data, a larger $D$ and 16 roll-outs. Random words alone cost 10.3 nats there and 4.0 here. What can
# be compared is the *order* of the rows, and what is missing: their table has no test NLL. Texygen (Zhu et al. 2018)
# looked at diversity, by self-BLEU-4, and found 0.583 for maximum likelihood, 0.670 for SeqGAN and 0.848 for LeakGAN:
# the more adversarial, the more alike. And Caccia et al. (2018) drew the line of our Figure 2 for models of this kind on
# real text, and found them on the wrong side of it.
#
# That is why nobody trains language models this way today. But section 6 has come back: a language model, trained by
# maximum likelihood, then tuned by a policy gradient against a net that scores whole texts, is how assistants are
# made. The scorer there is a *reward model* of human preferences instead of a $D$, and a term that holds the model
# close to its start is there to stop just what we have measured.

# %% [markdown]
# ## Summary
#
# - A sampled word is a number: the gradient ends there. The *mean* over draws has a slope.
# - Gumbel noise moves all chance out of the net. Softened, it gives a biased gradient, and soft words give the game away;
#   straight-through shows $D$ words only.
# - With it a GAN learns to write from scratch, with lesson 04's step.
# - REINFORCE needs only scores and is unbiased. A baseline and roll-outs take most of its variance away.
# - Policy gradient after maximum likelihood lowers the oracle NLL. It does not lower the test NLL, and a temperature gets
#   more for nothing.
# - A figure of quality without one of diversity ranks a broken record first.

# %% [markdown]
# ## Common mistakes
#
# - **Quoting the oracle NLL alone**, or BLEU alone. Print the test NLL, or the entropy, or self-BLEU beside it.
# - **Feeding $D$ soft words** and one-hot words. It will tell you which is which, and nothing else.
# - **`hard - probs.detach() + probs`** is not quite one-hot: what should be 0 is so up to rounding. Add `probs` to the
#   detached difference instead.
# - **Noise drawn with `log(-log(u))` where $u$ may be 0**: an infinity once in a few million draws.
# - **Rewards with a gradient.** Then $D$ is trained by $G$'s loss.
# - **A baseline that depends on the word chosen at this position.** It is only free if it does not.
# - **Summing over positions here and averaging there.** Learning rates then differ by the length of the sentence.
# - **Comparing oracle NLLs of different oracles**, or a sampled entropy at one temperature with an NLL at another.

# %% [markdown]
# ## Questions
#
# 1. The 400 training sentences by heart have the oracle NLL of the language itself. Which figure of this lesson,
#    other than the test NLL, would show the theft?
#
# <details><summary>Answer</summary>
#
# Different sentences among 2,000: at most 400 of them, 20 %. The entropy, too: at most $\log(400)/8 = 0.75$ nats a
# word, against 1.43. The share of written sentences that are in the training set would be the direct test (lesson
# 08).
#
# </details>
#
# 2. Our baseline is the mean reward of the batch, and the batch contains the sentence that it is subtracted from. Why
#    is the gradient still good?
#
# <details><summary>Answer</summary>
#
# The other sentences' rewards are independent of this one's words, so they add nothing to the mean. Its own reward
# enters with weight $1/N$: subtracting it leaves $1 - 1/N$ of the gradient. For batches of 64 that is 98 %, the same
# in every direction: a slightly smaller learning rate.
#
# </details>
#
# 3. Why does SeqGAN start from maximum likelihood, and the Gumbel GAN not?
#
# <details><summary>Answer</summary>
#
# REINFORCE learns from *differences* of rewards among its own samples. If all of them are nonsense, $D$ gives all
# nearly 0, and the differences are small: with many words and long sentences they drown in noise. The Gumbel gradient goes through $D$: it says in which direction each word
# should change, even for a sentence that no reward would single out, and even towards words that were not drawn.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Williams, *Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning*, 1992:
#   REINFORCE and its baseline.
# - Maddison et al., *The Concrete Distribution*, 2017, [arXiv:1611.00712](https://arxiv.org/abs/1611.00712): the
#   Gumbel-softmax, found at the same time.
# - Kusner and Hernández-Lobato, *GANs for Sequences of Discrete Elements with the Gumbel-softmax Distribution*, 2016,
#   [arXiv:1611.04051](https://arxiv.org/abs/1611.04051): section 5, first.
# - Zhu et al., *Texygen*, 2018, [arXiv:1802.01886](https://arxiv.org/abs/1802.01886): self-BLEU.
# - Caccia et al., *Language GANs Falling Short*, 2018, [arXiv:1811.02549](https://arxiv.org/abs/1811.02549): the
#   temperature sweep.
# - de Masson d'Autume et al., *Training Language GANs from Scratch*, 2019,
#   [arXiv:1905.09922](https://arxiv.org/abs/1905.09922): REINFORCE without pre-training, at the price of very large
#   batches.
