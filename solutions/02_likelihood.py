# ---
# jupyter:
#   coursekit:
#     title: Likelihood, and how to judge a generator
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
# # 02 · Likelihood, and how to judge a generator: exercises
#
# **Six functions: what likelihood is made of, and three judges that you will mislead with your own code.**
#
# The lecture is [02 · Likelihood, and how to judge a generator](../notebooks/02_likelihood.ipynb). Replace each
# `raise NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your
# function once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function
# stand on its own: then a mistake in one costs nothing in another. All logarithms are natural: values are in nats.

# %%
import math
import random
from collections import Counter

import torch
from torch import Tensor

from coursekit.checks import check
from coursekit.data.images import load_images
from coursekit.plots.likelihood import image_rows
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import D_COLOR, label, new_figure, show, table

garments = torch.tensor([0.40, 0.30, 0.15, 0.10, 0.05], dtype=torch.float64)  # the lecture's bag

# %% [markdown]
# ## 02.kl_divergence · difficulty 1 of 5 · 10 minutes · 2 points
#
# Maximum likelihood minimises it, and every comparison of two distributions in this course is made of it:
#
# $$ \text{KL}(p \parallel q) = \sum_i p_i \log \frac{p_i}{q_i}, \qquad 0 \log 0 = 0. $$
#
# What never happens costs nothing, whatever $q$ says of it. What happens although $q$ calls it impossible costs
# infinitely much: that is a result, not an accident. So no small number may be added to save you from $\log 0$.


# %%
def kl_divergence(p: Tensor, q: Tensor) -> Tensor:
    """KL(p || q) of two discrete distributions in nats: one number, at least 0.

    `p` and `q` hold probabilities, shape (n,), float64, each with sum 1; entries may be 0. An
    entry where p is 0 adds 0, also where q is 0; where q is 0 and p is not, the result is inf.
    Exact to 1e-9. Changes neither argument.
    """
    ### BEGIN SOLUTION
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: 0 log 0</summary>
#
# `torch.xlogy(a, b)` is `a * log(b)`, and 0 wherever `a` is 0, even if `b` is 0 too.
#
# </details>
#
# <details><summary>Hint 2: from a quotient to xlogy</summary>
#
# $p \log (p / q) = p \log p - p \log q$. The quotient itself is the problem: 0 / 0 is `nan` before anybody asks for its
# logarithm.
#
# </details>

# %%
kl = check("02.kl_divergence", kl_divergence)

# %% [markdown]
# **See it.** The lecture's bag of garments: one in twenty is of the rarest kind. A model gets the other four right and
# makes the rarest more and more seldom. **Predict**: which of the two directions minds?

# %%
shares = 10 ** torch.linspace(-6, -0.3, 60, dtype=torch.float64)
bags = [torch.cat([garments[:4] * (1 - share) / 0.95, share[None]]) for share in shares]
lines = {
    "KL(data || model)": [kl(garments, bag) for bag in bags],
    "KL(model || data)": [kl(bag, garments) for bag in bags],
}
figure = new_figure(7, 2.8)
axis = figure.subplots()
axis.set_xscale("log")
draw_lines(axis, shares, lines, "share of the rarest kind in the model", "nats")
show(figure, "Left of 0.05 the model makes too few, right of it too many.")

# %% [markdown]
# To the left $\text{KL}(p_\text{data} \parallel p_\text{model})$ climbs without end, by $0.05 \log 10 = 0.12$ nats for each
# factor of ten. The other direction settles at $-\log 0.95 = 0.05$: what is never made is never held against the model.

# %% [markdown]
# ## 02.cross_entropy · difficulty 2 of 5 · 10 minutes · 2 points
#
# The loss of maximum likelihood. Of KL it lacks the part that no model can change, the entropy of the data:
#
# $$ H(p, q) = -\sum_i p_i \log q_i = H(p) + \text{KL}(p \parallel q). $$
#
# A loss is there to be minimised, so PyTorch must be able to go back through it to $q$.


# %%
def cross_entropy(p: Tensor, q: Tensor) -> Tensor:
    """-sum p log q in nats: one number, at least 0, from which `backward()` goes back to q.

    `p` and `q` hold probabilities, shape (n,), float64, each with sum 1; entries may be 0. An
    entry where p is 0 adds 0, also where q is 0; where q is 0 and p is not, the result is inf.
    Exact to 1e-9. Changes neither argument.
    """
    ### BEGIN SOLUTION
    return -torch.xlogy(p, q).sum()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: zeros</summary>
#
# `torch.xlogy(a, b)` again: it is `a * log(b)`, and 0 wherever `a` is 0.
#
# </details>
#
# <details><summary>Hint 2: does PyTorch not have this function?</summary>
#
# `torch.nn.functional.cross_entropy` takes a network's raw scores and makes probabilities of them by a softmax. It would
# do so with probabilities too, without a word.
#
# </details>

# %%
loss_of = check("02.cross_entropy", cross_entropy)

# %% [markdown]
# **See it.** Gradient descent on *your* loss: five numbers, made probabilities by a softmax, learn the shares of the bag.

# %%
theta = torch.zeros(5, dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.Adam([theta], lr=0.05)
losses = []
for _ in range(150):
    loss = loss_of(garments, torch.softmax(theta, 0))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
figure = new_figure(7, 2.6)
levels = {"entropy of the data": -(garments * garments.log()).sum().item()}
draw_lines(figure.subplots(), range(150), {"cross entropy": losses}, "step", "nats", levels)
show(figure, f"It begins at log 5 = {math.log(5):.2f} and stops at the entropy of the data.")

# %% [markdown]
# The loss does not go to 0, and need not: all that is above the dotted line is the KL divergence, and that is gone.

# %% [markdown]
# ## 02.kl_gaussians · difficulty 2 of 5 · 10 minutes · 2 points
#
# For two Gaussians the divergence has a closed form. Whoever trains a variational autoencoder computes it at every step,
# for thousands of Gaussians at a time, so it is wanted elementwise:
#
# $$ \text{KL}\bigl(N(\mu_0, \sigma_0^2) \parallel N(\mu_1, \sigma_1^2)\bigr)
#    = \log \frac{\sigma_1}{\sigma_0} + \frac{\sigma_0^2 + (\mu_0 - \mu_1)^2}{2 \sigma_1^2} - \frac12. $$


# %%
def kl_gaussians(mu0: Tensor, std0: Tensor, mu1: Tensor, std1: Tensor) -> Tensor:
    """KL of the univariate Gaussian (mu0, std0) to the univariate Gaussian (mu1, std1) in nats.

    Elementwise: four float64 tensors whose shapes broadcast, () and (k, 1) among them; the
    result has the shape that they broadcast to. `std0` and `std1` > 0 are standard deviations,
    not variances. Exact to 1e-9. Changes no argument.
    """
    ### BEGIN SOLUTION
    return torch.log(std1 / std0) + (std0**2 + (mu0 - mu1) ** 2) / (2 * std1**2) - 0.5
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: numbers and tensors</summary>
#
# The lecture's function takes four numbers. Its `math.log` can only do one number at a time; `torch.log` takes any shape.
#
# </details>
#
# <details><summary>Hint 2: a test that you can do in your head</summary>
#
# For two equal Gaussians the answer is 0. If yours is 0.5 there, the $-\frac12$ is missing.
#
# </details>

# %%
kl_normal = check("02.kl_gaussians", kl_gaussians)

# %% [markdown]
# **See it.** The real distribution is $N(0, 1)$, the model $N(\mu, \sigma^2)$, with every $\mu$ and $\sigma$ in one call.
# **Predict**: a model that cannot have the right mean, does it become wider or narrower?

# %%
mean = torch.linspace(-3, 3, 121, dtype=torch.float64)
sd = torch.linspace(0.3, 3, 109, dtype=torch.float64)[:, None]
zero, one = torch.tensor([0.0, 1.0], dtype=torch.float64)
maps = {
    "KL(data || model)": kl_normal(zero, one, mean, sd),
    "KL(model || data)": kl_normal(mean, sd, zero, one),
}
figure = new_figure(7.5, 3)
for axis, (name, nats) in zip(figure.subplots(1, 2, sharey=True), maps.items(), strict=True):
    lines = axis.contour(mean, sd[:, 0], nats, levels=[0.1, 0.5, 1, 2, 4], colors=D_COLOR)
    axis.clabel(lines, fontsize=9, colors="black", fmt="%g")
    axis.plot(0, 1, "k+", markersize=9)
    axis.plot(mean, sd[nats.argmin(0), 0], "k:", linewidth=1.5)
    label(axis, "mean of the model", "", name)
figure.axes[0].set_ylabel("its standard deviation")
show(figure, "Lines of equal divergence in nats. Dotted: the best width for each mean.")

# %% [markdown]
# The forward direction widens a model that is off, to reach the data still. In the reverse direction the best width
# stays 1: for two Gaussians, being off costs $\mu^2 / 2$ whatever the width.

# %% [markdown]
# ## 02.parzen_log_likelihood · difficulty 3 of 5 · 20 minutes · 3 points
#
# A generator has no density, but it has samples. A Parzen window puts a Gaussian of standard deviation $\sigma$ on each
# of $m$ samples, in $D$ dimensions, and calls the mixture the generator's density:
#
# $$ \log \hat p(x) = \log \frac1m \sum_{j=1}^m \exp \Big( -\frac{\lVert x - s_j \rVert^2}{2 \sigma^2} \Big)
#    - D \log \big( \sigma \sqrt{2 \pi} \big). $$
#
# In 784 dimensions the exponents are in the thousands, and `exp` of each is 0. So the largest has to be taken
# out of the sum before the exponentials: `torch.logsumexp` does it.


# %%
def parzen_log_likelihood(samples: Tensor, x: Tensor, sigma: float) -> Tensor:
    """The log density in nats of each point of x under equal Gaussians on the samples: (n,).

    `samples` (m, D) and `x` (n, D), float64, at least one of each; `sigma` > 0 is the standard
    deviation in each dimension. Finite in 784 dimensions and far from all samples. Exact to
    1e-9, relative to its size. Changes no argument.
    """
    ### BEGIN SOLUTION
    differences = x[:, None] - samples
    exponents = -differences.square().sum(2) / (2 * sigma**2)
    constant = math.log(len(samples)) + x.shape[1] * math.log(sigma * math.sqrt(2 * math.pi))
    return torch.logsumexp(exponents, 1) - constant
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: all distances at once</summary>
#
# `x[:, None] - samples` has the shape (n, m, D): every point minus every sample. Or take `torch.cdist(x, samples)`, (n, m).
#
# </details>
#
# <details><summary>Hint 2: where does the mean go?</summary>
#
# $\log \frac1m \sum_j a_j = \log \sum_j a_j - \log m$.
#
# </details>
#
# <details><summary>Hint 3: and the constant?</summary>
#
# A Gaussian in $D$ dimensions is a product of $D$ densities, and each brings its own $1 / (\sigma \sqrt{2 \pi})$. Take
# $D$ times the logarithm, never the logarithm of a 784th power.
#
# </details>

# %%
parzen = check("02.parzen_log_likelihood", parzen_log_likelihood)

# %% [markdown]
# **See it.** 30 samples of two normals, and the density that three widths make of them. The right panel judges each
# width twice. **Predict**: which width is best for the samples themselves?

# %%
generator = torch.Generator().manual_seed(0)
noise, side = torch.randn(2, 1030, 1, generator=generator, dtype=torch.float64)
points = 0.6 * noise + 2 * side.sign()
samples, fresh = points[:30], points[30:]
grid = torch.linspace(-5, 5, 401, dtype=torch.float64)[:, None]
widths = 10 ** torch.linspace(-2, 0.7, 50, dtype=torch.float64)
figure = new_figure(7.5, 3)
left, right = figure.subplots(1, 2)
lines = {f"sigma {width}": parzen(samples, grid, width).exp() for width in (0.05, 0.4, 2.0)}
draw_lines(left, grid[:, 0], lines, "x", "density")
judged = {"the samples themselves": samples, "1,000 fresh points": fresh}
lines = {
    name: [parzen(samples, x, width.item()).mean() for width in widths]
    for name, x in judged.items()
}
right.set(xscale="log", ylim=(-6, 2))
draw_lines(right, widths, lines, "sigma", "mean log density (nats)")
best = widths[torch.stack(lines["1,000 fresh points"]).argmax()]
show(figure, f"On fresh points sigma = {best:.2f} is best. The samples ask for ever less.")

# %% [markdown]
# Judged by its own samples, a window can be praised without limit: let $\sigma$ go to 0. That is memorising, and why
# $\sigma$ is chosen on images that are neither samples nor those that are judged.

# %% [markdown]
# ## 02.nearest_neighbour · difficulty 2 of 5 · 15 minutes · 2 points
#
# Has the generator copied? Papers answer with a figure: next to each sample the training image nearest to it,
#
# $$ j^*(i) = \arg\min_j \lVert s_i - t_j \rVert, \qquad \lVert a \rVert = \sqrt{\textstyle\sum_k a_k^2}, $$
#
# where the sum is over all pixels of all channels. The distance belongs to the answer: without it nobody knows whether
# the nearest is near.


# %%
def nearest_neighbour(samples: Tensor, train: Tensor) -> tuple[Tensor, Tensor]:
    """For each sample the index of its nearest training image and their Euclidean distance.

    `samples` (n, ...) and `train` (m, ...), float64, with the same further dimensions: vectors
    (n, d) or images (n, C, H, W). Returns a pair: index, int64 (n,), and distance, (n,), right
    to 1e-5, also for a sample that is a copy. Changes neither argument.
    """
    ### BEGIN SOLUTION
    distance, index = torch.cdist(samples.flatten(1), train.flatten(1)).min(1)
    return index, distance
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: images</summary>
#
# `x.flatten(1)` makes one row of numbers of each image, and leaves vectors as they are.
#
# </details>
#
# <details><summary>Hint 2: all pairs</summary>
#
# `torch.cdist(a, b)` is the table of distances of the rows of `a` to those of `b`. `min` and `argmin` take the dimension
# along which to search; what is searched here are the training images.
#
# </details>

# %%
nearest = check("02.nearest_neighbour", nearest_neighbour)

# %% [markdown]
# **See it.** A thief takes training images and disguises them. **Predict**: which disguise is the best, and is it one
# that *you* would notice?

# %%
train = (load_images("fashion-mnist-embedded", device="cpu").floats()[:2000] + 1).double() / 2
stolen = train[:200]
grain = torch.randn(stolen.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
disguises = {
    "none": stolen,
    "noise": (stolen + 0.2 * grain).clamp(0, 1),
    "three quarters as bright": 0.75 * stolen,
    "mirrored": stolen.flip(3),
    "one pixel to the right": stolen.roll(1, 3),
    "two pixels to the right": stolen.roll(2, 3),
}
rows = []
for name, loot in disguises.items():
    index, distance = nearest(loot, train)
    caught = (index == torch.arange(200)).double().mean()
    rows.append([name, f"{caught:.0%}", f"{distance.mean():.1f}"])
    if name == "one pixel to the right":
        missed = (index != torch.arange(200)).nonzero()[:10, 0]
        picture = image_rows(*(images.float() for images in (loot[missed], train[index[missed]])))
table(["disguise", "original is the nearest", "mean distance to the nearest"], rows)
show(picture, "Above: stolen images, one pixel to the right. Below: what is nearest instead.")

# %% [markdown]
# Noise that anybody sees hides nothing. A move that nobody sees hides a great deal.

# %% [markdown]
# ## 02.bleu · difficulty 4 of 5 · 30 minutes · 4 points
#
# Machine translation is judged by texts that people wrote. Let a *run* of $k$ words be $k$ words in a row. For each
# $k$ from 1 to $n$,
#
# $$ p_k = \frac{\text{matched runs}}{\text{all runs of } k \text{ words in the candidate}}, \qquad
#    \text{BLEU} = \min \big( 1, e^{1 - r / c} \big) \Big( \prod_{k=1}^n p_k \Big)^{1/n}. $$
#
# - A run that occurs several times in the candidate is matched at most as often as it occurs in a *single* reference: in
#   that which has most of it. Else seven times *the* would be a good translation.
# - $c$ is the number of words in the candidate, and $r$ that of the reference whose length is nearest to $c$; of two that
#   are equally near, the shorter. Else *the* alone would be perfect.


# %%
def bleu(candidate: list[str], references: list[list[str]], n: int) -> float:
    """BLEU of one text, a number in [0, 1], from its runs of 1 to n words, n >= 1.

    `candidate` is a list of words, perhaps empty; `references` holds one or more lists of words.
    The score is 0 if for some length, 1 to n, no run is matched, and so for every candidate of
    fewer than n words. Nothing is smoothed. Changes no argument.
    """
    ### BEGIN SOLUTION
    log_precisions = []
    for length in range(1, n + 1):
        counts, *allowed = (
            Counter(tuple(words[i : i + length]) for i in range(len(words) - length + 1))
            for words in (candidate, *references)
        )
        matched = sum(min(k, max(a[run] for a in allowed)) for run, k in counts.items())
        if matched == 0:
            return 0.0
        log_precisions.append(math.log(matched / counts.total()))
    c = len(candidate)
    r = min((abs(len(words) - c), len(words)) for words in references)[1]
    return min(1.0, math.exp(1 - r / c)) * math.exp(sum(log_precisions) / n)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: counting runs</summary>
#
# `Counter(zip(words, words[1:]))` counts the runs of two words. For $k$ words: `zip(*(words[i:] for i in range(k)))`. A
# `Counter` answers 0 for what it has not seen.
#
# </details>
#
# <details><summary>Hint 2: clipping</summary>
#
# For two `Counter`s, `a | b` keeps the larger count of each run, and `a & b` the smaller. (`a + b` adds them.)
#
# </details>
#
# <details><summary>Hint 3: the nearest length</summary>
#
# Tuples are compared from left to right, so the smallest of the pairs `(abs(length - c), length)` has the nearest length,
# and of two that are equally near the shorter.
#
# </details>

# %%
score = check("02.bleu", bleu)

# %% [markdown]
# **See it.** A copy of the reference, with ever more of its twelve words replaced. **Predict**: one wrong word in twelve,
# what does it cost with $n = 1$, and with $n = 4$?

# %%
text = "an old man walks slowly along the quiet road with two dogs"
reference = text.split()
rng = random.Random(0)


def spoiled(k):
    """The reference with k of its words replaced."""
    chosen = rng.sample(range(12), k)
    return ["banana" if i in chosen else word for i, word in enumerate(reference)]


texts = [[spoiled(k) for _ in range(100)] for k in range(13)]
lines = {
    f"n = {n}": [sum(score(text, [reference], n) for text in group) / 100 for group in texts]
    for n in (1, 2, 3, 4)
}
figure = new_figure(7, 2.8)
draw_lines(figure.subplots(), range(13), lines, "words replaced, of 12", "mean BLEU")
prices = ", ".join(f"{1 - means[1]:.2f} for {name}" for name, means in lines.items())
show(figure, f"What the first wrong word costs: {prices}.")

# %% [markdown]
# A wrong word breaks up to $k$ runs of $k$ words. With six wrong words there is usually no run of four left: the score
# is then exactly 0, for a text of which half is right. And a *different right word* costs as much as a banana.
