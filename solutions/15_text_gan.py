# ---
# jupyter:
#   coursekit:
#     title: Text, where a sample has no gradient
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
# # 15 · Text, where a sample has no gradient: exercises
#
# **A word is chosen, not mixed, and a choice has no slope. Two ways out: a soft choice that is nearly one, and a reward
# that needs no slope.**
#
# The lecture is [15 · Text, where a sample has no gradient](../notebooks/15_text_gan.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from coursekit.checks import check
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import BLUE, ORANGE, label, new_figure, show, table

torch.manual_seed(0)


def gumbel(*shape):
    """Gumbel(0, 1) noise, float64: minus the logarithm of exponential noise."""
    return -torch.empty(*shape, dtype=torch.float64).exponential_().log()


# %% [markdown]
# ## 15.gumbel_softmax · difficulty 1 of 5 · 10 minutes · 2 points
#
# To draw a word with the probabilities $\operatorname{softmax}(l)$, add noise $g_i$ from the Gumbel distribution to each
# logit and take the word with the **largest** sum: that is exact, for any number of words. Taking the largest has no
# slope. A softmax in its place has one, and with a small temperature $\tau$ it is nearly the same choice (Jang et al.
# 2017; Maddison et al. 2017):
#
# $$ y = \operatorname{softmax} \Bigl( \frac{l + g}{\tau} \Bigr). $$


# %%
def gumbel_softmax(logits: Tensor, tau: float, noise: Tensor) -> Tensor:
    """softmax((logits + noise) / tau) over the last dimension: relaxed one-hot words.

    `logits` (..., V) are finite, of any size; `noise` has the same shape and is Gumbel(0, 1) noise as
    it is to be added: draw none yourself. tau > 0. The result has the shape of `logits` and a slope by
    them. Changes no argument. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    return ((logits + noise) / tau).softmax(-1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: which axis?</summary>
#
# Logits may be (V,), (N, V) or (N, L, V): the words are always the last axis, -1.
#
# </details>
#
# <details><summary>Hint 2: large logits</summary>
#
# `exp` of 1000 is infinite. `torch.softmax` subtracts the largest logit first.
#
# </details>

# %%
relaxed = check("15.gumbel_softmax", gumbel_softmax)

# %% [markdown]
# **See it.** One draw of the noise for four words, at temperatures from 10 down to 0.05; and 5,000 draws, where only the
# largest word counts. **Predict**: must the winner on the left be the word with the largest logit? Does the picture on
# the right hang on $\tau$?

# %%
words = ["circle", "square", "star", "ring"]
logits = torch.tensor([1.5, 1.0, 0.0, -1.0], dtype=torch.float64)
noise, taus = torch.tensor([-0.4, 0.9, 0.3, 0.2]).double(), torch.logspace(1, -1.3, 50)
curves = torch.stack([relaxed(logits, float(tau), noise) for tau in taus])
winners = relaxed(logits.expand(5000, 4), 0.5, gumbel(5000, 4)).argmax(1)
figure = new_figure(7.5, 2.8)
left, right = figure.subplots(1, 2)
draw_lines(left, taus, dict(zip(words, curves.T, strict=True)), "temperature", "y of one draw")
left.set_xscale("log")
left.invert_xaxis()
places, shares = torch.arange(4), torch.bincount(winners, minlength=4) / 5000
right.bar(places - 0.2, logits.softmax(0), 0.4, color=BLUE, label="softmax of the logits")
right.bar(places + 0.2, shares, 0.4, color=ORANGE, hatch="//", label="share of 5,000 draws")
right.set_xticks(places, words)
label(right, y="probability")
show(figure, "A small temperature turns a mixture into a choice; who wins is up to the noise.")

# %% [markdown]
# ## 15.straight_through · difficulty 2 of 5 · 10 minutes · 2 points
#
# Real sentences are made of whole words, and $D$ tells a mixture from a word at a glance. So let $D$ see the whole word,
# $h = \operatorname{onehot}(\arg\max_i y_i)$, and on the way back pretend that $h$ was $y$:
#
# $$ \text{forward: } h, \qquad \text{backward: } \frac{\partial h}{\partial y} := 1. $$
#
# That is the slope of another function than the one computed: biased, and often good enough (Bengio et al. 2013).


# %%
def straight_through(probs: Tensor) -> Tensor:
    """The one-hot of the largest entry of each row; backward, the slope passes to probs unchanged.

    `probs` (..., V) are floats in [0, 1], each row along the last dimension sums to 1. The result has
    the same shape, with a single 1 a row; of equally large entries the one with the lower index gets
    it. Every entry of `probs` gets the slope of the entry of the result in its place. Does not change
    `probs`. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    hard = one_hot(probs.argmax(-1), probs.shape[-1])
    return hard + probs - probs.detach()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: the way there</summary>
#
# `probs.argmax(-1)` gives the index of the largest entry of each row (the first of equal ones), and
# `one_hot(index, n_words)` whole words.
#
# </details>
#
# <details><summary>Hint 2: the way back</summary>
#
# What `detach()` returns has the value and no slope. Which sum has the value of `hard` and the slope of `probs`?
#
# </details>

# %%
through = check("15.straight_through", straight_through)

# %% [markdown]
# **See it.** Eight letters are drawn, the judge counts how many are right, and the logits climb along the slope. Every
# word that the judge sees is made of whole letters. **Predict** what happens if the judge's slope were cut off.

# %%
letters, goal = "abcdefghijklmnopqrstuvwxyz", "gradient"
target = one_hot(torch.tensor([letters.index(c) for c in goal]), 26)
logits, rows = torch.zeros(8, 26, dtype=torch.float64, requires_grad=True), []
for step in range(121):
    choice = through(relaxed(logits.expand(32, 8, 26), 1.0, gumbel(32, 8, 26)))
    right = (choice * target).sum((1, 2))  # right letters of each word
    if step % 20 == 0:
        drawn = ["".join(letters[i] for i in word) for word in choice[:3].argmax(2)]
        rows.append([step, *(f"`{word}`" for word in drawn), f"{right.mean().item():.2f}"])
    (slope,) = torch.autograd.grad(right.mean(), logits)
    logits = (logits + 1.5 * slope).detach().requires_grad_()
names = ["step", "one word", "another", "a third", "right letters, mean"]
table(names, rows, "Letters chosen, not mixed, and yet they learn by slope.")

# %% [markdown]
# ## 15.reinforce_loss · difficulty 3 of 5 · 15 minutes · 3 points
#
# The other way out asks for no slope of the judge at all (Williams 1992). Words with a high reward become more likely, words
# with a low one less:
#
# $$ \nabla_\theta\, \mathbb{E}[R] = \mathbb{E} \Bigl[ \sum_t (R_t - b_t)\, \nabla_\theta \log p_\theta(w_t) \Bigr]. $$
#
# Any **baseline** $b$ that does not hang on the words drawn leaves the mean of this slope as it is. What we write down is a
# loss whose slope is the negative of that: rewards and baseline are plain numbers in it.


# %%
def reinforce_loss(log_probs: Tensor, rewards: Tensor, baseline: float | Tensor) -> Tensor:
    """Minus the mean over sequences of the sum over positions of (rewards - baseline) log_probs.

    `log_probs` (N, L) are the log-probabilities of the words that were drawn, `rewards` (N, L) theirs,
    float64. `baseline` is a number or a tensor (L,) or (1, L), one for each position. One number, with
    a slope by `log_probs` alone: none goes through rewards or baseline, even if they come with a
    graph. Changes no argument. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    advantage = (rewards - baseline).detach()
    return -(advantage * log_probs).sum(1).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a number or a tensor</summary>
#
# A plain number has no `detach`; the difference `rewards - baseline` is always a tensor.
#
# </details>
#
# <details><summary>Hint 2: sum, then mean</summary>
#
# A sequence is the sum of its positions, axis 1; the batch is the mean of its sequences.
#
# </details>

# %%
policy_loss = check("15.reinforce_loss", reinforce_loss)

# %% [markdown]
# **See it.** Four words with the rewards 1, 2, 3 and 6, drawn 20,000 times; each draw gives a slope of the four logits. Left
# the mean of the slopes, right their spread. **Predict** what the baseline does to either.

# %%
rewards, baselines = torch.tensor([1.0, 2.0, 3.0, 6.0]).double(), torch.linspace(-4, 10, 29)
logits = torch.tensor([0.5, 0.0, 0.0, -0.5], dtype=torch.float64)
drawn = logits.softmax(0).multinomial(20000, replacement=True)
means, spread = [], []
for baseline in baselines:
    leaf = logits.repeat(20000, 1).requires_grad_()  # a row of its own for each draw
    chosen = leaf.log_softmax(1).gather(1, drawn[:, None])
    loss = policy_loss(chosen, rewards[drawn][:, None], float(baseline))
    slopes = -20000 * torch.autograd.grad(loss, leaf)[0]
    means.append(slopes.mean(0))
    spread.append(slopes.var(0).sum().sqrt())
figure = new_figure(7.5, 2.8)
left, right = figure.subplots(1, 2)
lines = {f"reward {r:.0f}": values for r, values in zip(rewards, torch.stack(means).T, strict=True)}
draw_lines(left, baselines, lines, "baseline", "mean slope of the word")
left.set_ylim(-1.2, 0.8)
left.legend(frameon=False, fontsize=9, ncols=2, loc="lower left")
draw_lines(right, baselines, {"all words": spread}, "baseline", "spread of the slopes")
right.axvline(rewards[drawn].mean(), color="0.5", linestyle="-.", label="mean reward")
right.set_ylim(bottom=0)
right.legend(frameon=False, fontsize=9)
show(figure, "Up to chance the mean stays as it is; the spread is least near the mean reward.")

# %% [markdown]
# ## 15.rollout_reward · difficulty 4 of 5 · 25 minutes · 3 points
#
# The judge reads whole sentences. Which of its words deserves the praise? Ask what can still come of the first $t$ words
# (Yu et al. 2017): complete them $M$ times at random and take the mean of the scores,
#
# $$ R_t = \frac1M \sum_{m=1}^{M} \text{score}\bigl(w_1, \dots, w_t, \tilde w^{(m)}_{t+1}, \dots, \tilde w^{(m)}_L\bigr)
#    \quad (t < L), \qquad R_L = \text{score}(w_1, \dots, w_L). $$


# %%
def rollout_reward(
    sequences: Tensor, rollout: Callable, score: Callable, n_rollouts: int
) -> Tensor:
    """The reward of each word: (N, L) floats, without a graph.

    `sequences` (N, L) holds int64 words. `rollout(prefix)` completes prefixes (n, t), any n and
    t >= 1, at random: (n, L), anew in every call. `score(x)` judges whole sequences (n, L): (n,).
    Column t of the result, t = 1 to L - 1, is the mean score of n_rollouts completions of the first t
    words; the last column is the score of the sequences themselves, for which nothing is completed.
    L may be 1. Changes no argument.
    """
    ### BEGIN SOLUTION
    length = sequences.shape[1]
    with torch.no_grad():
        columns = [
            torch.stack([score(rollout(sequences[:, :t])) for _ in range(n_rollouts)]).mean(0)
            for t in range(1, length)
        ]
        return torch.stack([*columns, score(sequences)], 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: from 1</summary>
#
# `sequences[:, :t]` holds the first t words: t = 1, ..., L - 1 are to be completed.
#
# </details>
#
# <details><summary>Hint 2: columns</summary>
#
# Collect a tensor (N,) for each position in a list, then `torch.stack(columns, 1)`.
#
# </details>

# %%
reward_of = check("15.rollout_reward", rollout_reward)

# %% [markdown]
# **See it.** A language with two words, `(` and `)`; a sentence of eight scores 1 if every bracket is closed and none too
# early. Completions are random. **Predict** for each sentence where its reward breaks down.

# %%
L = 8


def balanced(sequences):
    """1 where a sequence (N, L) of 1 for "(" and 0 for ")" is in order, else 0."""
    height = (2 * sequences - 1).cumsum(1)
    return ((height.amin(1) >= 0) & (height[:, -1] == 0)).double()


def finish(prefix):
    """Brackets at random behind a prefix (N, t)."""
    return torch.cat([prefix, torch.randint(2, (len(prefix), L - prefix.shape[1]))], 1)


# %% [markdown]
# A sentence a row, a word a cell.

# %%
texts = ["(()())()", "()()()()", "((((((((", "(()))(()", "())(()()", ")(()()()"]
sentences = torch.tensor([[int(c == "(") for c in text] for text in texts])
values = reward_of(sentences, finish, balanced, 400)
figure = new_figure(6.0, 3.4)
axis = figure.subplots()
picture = axis.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="auto")
for i, text in enumerate(texts):
    for t, word in enumerate(text):
        ink = "white" if values[i, t] > 0.6 else "black"
        axis.text(
            t, i, f"{word}  {values[i, t]:.2f}", ha="center", va="center", color=ink, fontsize=9
        )
label(axis, "word", "sentence")
axis.grid(False)
axis.set(xticks=range(L), xticklabels=range(1, L + 1), yticks=[])
figure.colorbar(picture, label="reward")
show(figure, "The reward of each word: what random completions of the sentence so far would score.")

# %% [markdown]
# Now both functions together. The writer is a table: the logit of `(` at each position and height. One learns from your
# rewards, completed by itself; the other gives every word the score of the whole sentence. Eight runs each, with eight
# sentences a step. **Predict**: which climbs faster? Which is steadier?


# %%
def writer(logits):
    """A function that completes prefixes (N, t) by the table `logits` (L, 2 L + 1)."""
    chances = logits.detach().sigmoid()

    def write(prefix):
        columns, height = list(prefix.T), (2 * prefix - 1).sum(1)
        for t in range(len(columns), L):
            columns.append(torch.bernoulli(chances[t, height + L]).long())
            height = height + 2 * columns[-1] - 1
        return torch.stack(columns, 1)

    return write


def log_probs_of(logits, sequences):
    """The log-probability of each word (N, L) under the table."""
    before = (2 * sequences - 1).cumsum(1) - (2 * sequences - 1)
    chosen = logits[torch.arange(L), before + L]
    return torch.nn.functional.logsigmoid(torch.where(sequences == 1, chosen, -chosen))


# %%
def learn(reward, seed, n_steps=40, n=8, rate=6.0):
    """The share of balanced sentences at each step of a writer that learns from `reward`."""
    torch.manual_seed(seed)
    logits, shares = torch.zeros(L, 2 * L + 1, dtype=torch.float64, requires_grad=True), []
    for _ in range(n_steps):
        write = writer(logits)
        sequences = write(torch.empty(n, 0, dtype=torch.int64))
        shares.append(balanced(write(torch.empty(500, 0, dtype=torch.int64))).mean())
        rewards = reward(sequences, write)
        loss = policy_loss(log_probs_of(logits, sequences), rewards, rewards.mean(0))
        (slope,) = torch.autograd.grad(loss, logits)
        logits = (logits - rate * slope).detach().requires_grad_()
    return shares


# %% [markdown]
# Steps of this size would be far too large for a net; a table takes them.

# %%
arms = {
    "a reward for each word": lambda x, write: reward_of(x, write, balanced, 16),
    "one reward for all words": lambda x, write: balanced(x)[:, None].expand(-1, L),
}
figure = new_figure(7.5, 2.8)
for axis, (name, arm) in zip(figure.subplots(1, 2, sharey=True), arms.items(), strict=True):
    for seed in range(8):
        axis.plot(learn(arm, seed), color=BLUE, alpha=0.6, linewidth=1.2)
    label(axis, "step", "share of balanced sentences", name)
show(figure, "As fast in the mean, and steadier where each word has a reward of its own.")
