# ---
# jupyter:
#   coursekit:
#     title: Conditional GANs
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
# # 12 · Conditional GANs: exercises
#
# **Three ways to tell a discriminator what the picture should show, and tags for a picture that has more than one.**
#
# The lecture is [12 · Conditional GANs](../notebooks/12_conditional_gan.ipynb). Replace each `raise NotImplementedError`,
# run the cell, then run the cell with `check` below it. The cells after a check use your function once it has passed and
# coursekit's until then, so you may take the exercises in any order. Let each function stand on its own: then a mistake in
# one costs nothing in another.

# %%
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize, one_hot, softplus

from coursekit.checks import check
from coursekit.data.images import load_images
from coursekit.plots.lines import draw_lines
from coursekit.plots.sheets import sheet
from coursekit.plots.style import (
    BLUE,
    FAKE_DOTS,
    FAKE_LINE,
    ORANGE,
    REAL_DOTS,
    REAL_LINE,
    label,
    new_figure,
    show,
)

torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other
garments = load_images("fashion-mnist-embedded", device="cpu")

# %% [markdown]
# ## 12.concat_label · difficulty 2 of 5 · 15 minutes · 2 points
#
# The oldest way is to write the label beside the input (Mirza and Osindero 2014). A label has no order, so it becomes a
# **one-hot** code of $K$ numbers. A list of $d$ numbers takes them as $K$ more; a picture takes $K$ more planes, all 0 but
# one, which is all 1:
#
# $$ (N, d) \to (N, d + K), \qquad (N, C, H, W) \to (N, C + K, H, W). $$


# %%
def concat_label(x: Tensor, label: Tensor, n_classes: int) -> Tensor:
    """x with the one-hot label behind it, as features or as planes.

    `x` is float, (N, d) or (N, C, H, W); H and W may differ. `label` (N,) is int64. The result is
    (N, d + n_classes) or (N, C + n_classes, H, W): first x, then the code; it has a slope by x. Raises
    ValueError where a label is below 0, or n_classes or more. Changes no argument. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    if label.min() < 0 or label.max() >= n_classes:
        raise ValueError(f"labels {label.min()} to {label.max()}, but {n_classes} classes from 0")
    code = one_hot(label, n_classes).to(x.dtype)
    if x.dim() == 4:
        code = code[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, code], 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: the code</summary>
#
# `one_hot(label, n_classes)` is (N, K) and int64. It checks only what it must: look at the labels yourself.
#
# </details>
#
# <details><summary>Hint 2: planes</summary>
#
# `code[:, :, None, None]` is (N, K, 1, 1), and `.expand(-1, -1, H, W)` repeats it without a copy.
#
# </details>

# %%
joined = check("12.concat_label", concat_label)

# %% [markdown]
# **See it.** Four garments with their labels, as a convolution sees them: the picture, then ten planes. **Predict** which
# plane is white. ("T-shirt" is 0, "trouser" 1, "pullover" 2, and so on to 9, "ankle boot".)

# %%
four = torch.tensor([(garments.labels == k).nonzero()[0].item() for k in (0, 1, 7, 9)])
planes = joined(garments.floats(four), garments.labels[four], 10)
pictures = torch.cat([planes[:, :1], 2 * planes[:, 1:] - 1], 1)  # planes from [0, 1] to [-1, 1]
names = ", ".join(garments.classes[k] for k in garments.labels[four])
page = sheet(pictures.flatten(0, 1)[:, None], 11, scale=2)
show(page, f"{names}: eleven planes each, black is 0 (for pictures -1), white is 1.")

# %% [markdown]
# ## 12.conditional_discriminator_loss · difficulty 2 of 5 · 10 minutes · 2 points
#
# $D(x, y)$ scores the **pair**: is this a real picture with its label? Fakes are shown with the label that they were made
# for, so that a good picture of the wrong thing is a bad pair. With $\sigma$ for the sigmoid and $x'_i = G(z_i, y_i)$:
#
# $$ -\frac1N \sum_i \log \sigma\bigl(D(x_i, y_i)\bigr) - \frac1N \sum_i \log \Bigl(1 - \sigma\bigl(D(x'_i, y_i)\bigr)\Bigr). $$


# %%
def conditional_discriminator_loss(
    D: Callable[..., Tensor], real: Tensor, fake: Tensor, label: Tensor
) -> Tensor:
    """The sum of two means: cross-entropy of real pairs (target 1) and of fake pairs (target 0).

    `real` and `fake` are (N, ...), `label` (N,) int64 belongs to both, row by row. `D(x, label)` gives
    raw scores, (N, 1) or (N,), of any size: the loss is finite at scores of +-1000. One number, with a
    slope by D's parameters. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    return softplus(-D(real, label)).mean() + softplus(D(fake, label)).mean()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: raw scores</summary>
#
# $-\log \sigma(s) = \operatorname{softplus}(-s)$ and $-\log (1 - \sigma(s)) = \operatorname{softplus}(s)$. Or
# `binary_cross_entropy_with_logits` with targets of ones and of zeros.
#
# </details>

# %%
d_loss_of = check("12.conditional_discriminator_loss", conditional_discriminator_loss)

# %% [markdown]
# **See it.** A whole conditional GAN on a ring of eight classes, with your `concat_label` in both nets and your loss in $D$'s
# turn.

# %%
angles = torch.arange(8) * torch.pi / 4
centers = 2 * torch.stack([angles.cos(), angles.sin()], 1)


class Labelled(nn.Module):
    """A small dense net on points with their labels: G(z, label) or D(x, label)."""

    def __init__(self, n_outputs, width=64):
        super().__init__()
        hidden = [nn.Linear(2 + 8, width), nn.LeakyReLU(0.2), nn.Linear(width, width)]
        self.layers = nn.Sequential(*hidden, nn.LeakyReLU(0.2), nn.Linear(width, n_outputs))

    def forward(self, x, label):
        return self.layers(joined(x, label, 8))


# %%
def play(n_steps=300, n=128):
    """A conditional generator of points, (z, label) -> (N, 2)."""
    torch.manual_seed(0)
    G, D = Labelled(2), Labelled(1)
    adams = [torch.optim.Adam(net.parameters(), 2e-3, (0.5, 0.999)) for net in (G, D)]
    for _ in range(n_steps):
        y = torch.randint(8, (n,))
        real, fake = centers[y] + 0.2 * torch.randn(n, 2), G(torch.randn(n, 2), y).detach()
        d_loss = d_loss_of(D, real, fake, y)
        adams[1].zero_grad()
        d_loss.backward()
        adams[1].step()
        g_loss = softplus(-D(G(torch.randn(n, 2), y), y)).mean()
        adams[0].zero_grad()
        g_loss.backward()
        adams[0].step()
    return G


# %% [markdown]
# **Predict**: lesson 06 saw generators that kept one or two of eight modes. Can this one?

# %%
G = play()
with torch.no_grad():
    fakes = G(torch.randn(320, 2), torch.arange(8).repeat_interleave(40)).view(8, 40, 2)
real = centers.repeat(40, 1) + 0.2 * torch.randn(320, 2)
figure = new_figure(4.6, 4.2)
axis = figure.subplots()
axis.plot(*real.T, markersize=3, alpha=0.5, label="real", **REAL_DOTS)
axis.plot(*fakes.flatten(0, 1).T, markersize=3, alpha=0.7, label="fake", **FAKE_DOTS)
for k in range(8):
    axis.text(*(0.6 * centers[k]), k, color=BLUE, fontsize=13, ha="center", va="center")
    axis.text(*(1.4 * fakes[k].mean(0)), k, color=ORANGE, fontsize=13, ha="center", va="center")
label(axis)
axis.set(xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), aspect="equal", xticks=[], yticks=[])
show(figure, "Inner numbers: labels of the real classes. Outer: what $G$ makes for each label.")

# %% [markdown]
# A label that $D$ looks at cannot be ignored: each class gets its points. Within a class they are as narrow as ever: the
# label forbids that whole classes are lost, no more.

# %% [markdown]
# ## 12.acgan_losses · difficulty 3 of 5 · 15 minutes · 3 points
#
# AC-GAN (Odena et al. 2017) does not show $D$ the label, it **asks** for it: beside the score, $D$ has $K$ class logits. Both
# players want the class to be read off right, on reals and on fakes; they fight over the score alone. With
# $\text{bce}(s, t)$ the cross-entropy of a raw score with the target $t$ and $\text{ce}$ that of the class logits with the
# label, each a mean over the batch:
#
# $$ L_D = \text{bce}(s_\text{real}, 1) + \text{bce}(s_\text{fake}, 0) + \text{ce}(l_\text{real}) + \text{ce}(l_\text{fake}),
#    \qquad L_G = \text{bce}(s_\text{fake}, 1) + \text{ce}(l_\text{fake}). $$


# %%
def acgan_losses(
    real_scores: Tensor,
    real_logits: Tensor,
    fake_scores: Tensor,
    fake_logits: Tensor,
    label: Tensor,
) -> tuple[Tensor, Tensor]:
    """(d_loss, g_loss), two numbers to be minimised.

    Scores are raw, (N, 1) or (N,); logits are raw, (N, K); `label` (N,) int64 belongs to the reals and,
    row by row, to the fakes. Finite at scores and logits of +-1000, each loss with a slope by all that
    it hangs on. Changes no argument. Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    on_fakes = cross_entropy(fake_logits, label)
    source = softplus(-real_scores).mean() + softplus(fake_scores).mean()
    d_loss = source + cross_entropy(real_logits, label) + on_fakes
    return d_loss, softplus(-fake_scores).mean() + on_fakes
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: the classes</summary>
#
# `cross_entropy(logits, label)` takes raw logits, and is the mean over the batch.
#
# </details>
#
# <details><summary>Hint 2: who wants what?</summary>
#
# The class term of the fakes stands in both losses with the same sign. The class term of the reals has no slope for $G$.
#
# </details>

# %%
losses_of = check("12.acgan_losses", acgan_losses)

# %% [markdown]
# **See it.** Three classes on a line, normal distributions that overlap, and a $G$ for all three. **Predict**: $G$ earns
# more if its class is easy to read. Where will it put the middle class, and how wide?

# %%
eye, width = torch.eye(3), 64


def dense(n_inputs, n_outputs):
    hidden = [nn.Linear(n_inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width)]
    return nn.Sequential(*hidden, nn.LeakyReLU(0.2), nn.Linear(width, n_outputs))


def drawn_by(G, y):
    return G(torch.cat([torch.randn(len(y), 4), eye[y]], 1))


# %%
def play_line(n_steps=400, n=128):
    """Fakes (3000,) of each class after a game of AC-GAN on the line."""
    torch.manual_seed(0)
    G, D = dense(4 + 3, 1), dense(1, 1 + 3)
    optimizers = [torch.optim.Adam(net.parameters(), 2e-3, (0.5, 0.999)) for net in (D, G)]
    for _ in range(n_steps):
        y = torch.randint(3, (n,))
        real = 1.5 * (y[:, None] - 1.0) + torch.randn(n, 1)
        for turn, optimizer in enumerate(optimizers):  # D's, then G's
            fake = drawn_by(G, y)
            on_real, on_fake = D(real), D(fake if turn else fake.detach())
            both = (on_real[:, :1], on_real[:, 1:], on_fake[:, :1], on_fake[:, 1:])
            loss = losses_of(*both, y)[turn]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return [drawn_by(G, torch.full((3000,), k))[:, 0] for k in range(3)]


# %% [markdown]
# The real classes have the means -1.5, 0 and 1.5, and the standard deviation 1.

# %%
edges = torch.linspace(-5, 5, 81)
middle = (edges[1:] + edges[:-1]) / 2
figure = new_figure(7.5, 2.6)
for k, (axis, fakes) in enumerate(
    zip(figure.subplots(1, 3, sharey=True), play_line(), strict=True)
):
    density = torch.exp(-((middle - 1.5 * (k - 1)) ** 2) / 2) / (2 * torch.pi) ** 0.5
    axis.plot(middle, density, label="real", **REAL_LINE)
    axis.plot(middle, torch.histc(fakes, 80, -5, 5) / 3000 * 8, label="fake", **FAKE_LINE)
    label(axis, "x", "density" if k == 0 else "", f"class {k}", legend=k == 0)
show(figure, "AC-GAN stays away from where classes overlap, and the middle one pays for it.")

# %% [markdown]
# ## 12.projection_score · difficulty 1 of 5 · 10 minutes · 2 points
#
# If the real pictures of each class are normal distributions of equal shape, the best score of the pair is a sum: one part
# for the picture alone, one **inner product** of its features with a vector of the class (Miyato and Koyama 2018, eq. 3):
#
# $$ D(x, y) = \psi\bigl(\phi(x)\bigr) + \langle e_y, \phi(x) \rangle. $$


# %%
def projection_score(features: Tensor, label_embedding: Tensor, base_score: Tensor) -> Tensor:
    """base_score + <features, label_embedding>, row by row: (N, 1) scores.

    `features` (N, d) are phi(x), `label_embedding` (N, d) holds the vector of each row's label,
    `base_score` (N, 1) is psi(phi(x)); all float64. A slope goes to all three. Changes no argument.
    Exact to 1e-9.
    """
    ### BEGIN SOLUTION
    return base_score + (features * label_embedding).sum(1, keepdim=True)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: shapes</summary>
#
# A product row by row, its sum over axis 1, and `keepdim=True`: (N,) plus (N, 1) would be a table (N, N).
#
# </details>

# %%
projected = check("12.projection_score", projection_score)

# %% [markdown]
# **See it.** Points of the plane are their own features, $\psi(x) = -\lVert x \rVert^2 / 2$, and three labels have three
# vectors. **Predict** where each score has its top.

# %%
vectors = torch.tensor([[1.5, 0.5], [-1.0, 1.2], [0.0, -1.5]], dtype=torch.float64)
axis_points = torch.linspace(-3, 3, 61, dtype=torch.float64)
y, x = torch.meshgrid(axis_points, axis_points, indexing="ij")
plane = torch.stack([x.flatten(), y.flatten()], 1)
base = -plane.square().sum(1, keepdim=True) / 2
figure = new_figure(7.5, 2.7)
for k, axis in enumerate(figure.subplots(1, 3)):
    scores = projected(plane, vectors[k].expand_as(plane), base).reshape(61, 61)
    axis.contourf(x, y, scores, levels=12, cmap="Blues")
    axis.annotate("", vectors[k].tolist(), (0, 0), arrowprops={"arrowstyle": "->", "linewidth": 2})
    label(axis, "$x_1$", "$x_2$" if k == 0 else "", f"label {k}")
    axis.set_aspect("equal")
show(figure, "One picture score, moved by each label's vector (arrow) to where its class lies.")

# %% [markdown]
# ## 12.generate_tags · difficulty 3 of 5 · 20 minutes · 3 points
#
# A picture has many right tags. A regression gives their mean, which is perhaps the vector of none of them; a conditional
# GAN **draws** word vectors, now near one tag, now near another (Mirza and Osindero 2014, section 4.2). To turn the draws
# into tags, each votes for the words nearest to it by the cosine
#
# $$ \cos(s, v) = \frac{\langle s, v \rangle}{\lVert s \rVert\, \lVert v \rVert}, $$
#
# and the words with most votes win. The paper took 100 draws, 20 votes each, and 10 tags.


# %%
def generate_tags(samples: Tensor, vectors: Tensor, n_nearest: int, n_tags: int) -> Tensor:
    """The numbers of the n_tags words with most votes, most first: (n_tags,) int64.

    `samples` (S, d) are draws for one picture, `vectors` (V, d) those of the vocabulary, float64, none
    of them 0. Each sample gives one vote to each of the n_nearest words with the largest cosine. Of
    words with equally many votes (0 among them) the one with the lower number comes first. n_nearest
    and n_tags are from 1 to V. Changes no argument.
    """
    ### BEGIN SOLUTION
    cosines = normalize(samples, dim=1) @ normalize(vectors, dim=1).T
    votes = torch.bincount(cosines.topk(n_nearest).indices.flatten(), minlength=len(vectors))
    return votes.sort(descending=True, stable=True).indices[:n_tags]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: all cosines at once</summary>
#
# With all rows divided by their length (`torch.nn.functional.normalize(x, dim=1)`), `samples @ vectors.T` is the table of
# cosines (S, V).
#
# </details>
#
# <details><summary>Hint 2: votes and ties</summary>
#
# `torch.bincount(numbers, minlength=V)` counts them. `sort(descending=True, stable=True)` keeps equal ones in their order;
# `topk` promises no order.
#
# </details>

# %%
tags_of = check("12.generate_tags", generate_tags)

# %% [markdown]
# **See it.** Words in the plane, and what an ideal generator would draw for the picture of a child by the sea: half of it
# near the words of the place, half near those of the person. **Predict** what the mean of the draws is nearest to.

# %%
angles = {"sea": 10, "beach": 17, "sand": 24, "dog": 52, "ball": 61, "park": 68}
angles |= {"smile": 98, "child": 105, "girl": 112, "night": 170, "city": 186}
words, turns = list(angles), torch.tensor(list(angles.values())).double().deg2rad()
lengths = 1 + 0.5 * torch.arange(len(words)).remainder(3) / 2
vectors = lengths[:, None] * torch.stack([turns.cos(), turns.sin()], 1)
torch.manual_seed(0)
chosen = torch.tensor([0, 1, 2, 6, 7, 8]).repeat(10)
samples = vectors[chosen] + 0.1 * torch.randn(60, 2, dtype=torch.float64)
by_votes = [words[i] for i in tags_of(samples, vectors, 2, 4)]
by_mean = [words[i] for i in tags_of(samples.mean(0, keepdim=True), vectors, 4, 4)]

# %% [markdown]
# One arrow for each word; long or short, only its direction counts.

# %%
figure = new_figure(6.5, 3.6)
axis = figure.subplots()
for word, (x, y) in zip(words, vectors.tolist(), strict=True):
    axis.annotate("", (x, y), (0, 0), arrowprops={"arrowstyle": "->", "color": "0.7"})
    axis.text(1.12 * x, 1.12 * y, word, ha="center", va="center", fontsize=10)
axis.plot(*samples.T, markersize=4, alpha=0.6, label="60 draws", **FAKE_DOTS)
axis.plot(*samples.mean(0), "s", color="black", markersize=8, label="their mean")
label(axis)
axis.set(xlim=(-2, 2.2), ylim=(-0.4, 1.9), aspect="equal", xticks=[], yticks=[])
show(figure, f"By votes: {', '.join(by_votes)}. By the mean: {', '.join(by_mean)}.")

# %% [markdown]
# ## 12.precision_at_k · difficulty 2 of 5 · 10 minutes · 2 points
#
# How good is a ranked list of tags? Of its first $k$, count the share that is true, and take the mean over the pictures.
# Dividing by the number of **true** tags instead would be recall: another question.


# %%
def precision_at_k(tags: Tensor, truth: Tensor, k: int) -> float:
    """The mean over pictures of the share of the first k tags that are true: a number in [0, 1].

    `tags` (N, L) int64 holds numbers of words, best first, L >= k >= 1, no word twice in a row; `truth`
    (N, V) bool says which words hold for each picture, maybe none, maybe fewer than k. A float or a
    tensor with one number. Exact to 1e-9. Changes no argument.
    """
    ### BEGIN SOLUTION
    return truth.gather(1, tags[:, :k]).double().mean().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: look up</summary>
#
# `truth.gather(1, tags)` has the shape of `tags`: for each tag whether it is true. A mean needs numbers: `.double()`.
#
# </details>

# %%
precision = check("12.precision_at_k", precision_at_k)

# %% [markdown]
# **See it.** 300 pictures with 5 true tags out of 40 words, of which some are common. Three rankings: the most popular
# words for every picture; scores that know something of the picture; and the truth itself. **Predict** the three curves
# for $k$ from 1 to 10: where does the best of all rankings begin to fall?

# %%
torch.manual_seed(0)
popularity = 1 / torch.arange(2.0, 42.0)
drawn = popularity.expand(300, 40).multinomial(5)
truth = torch.zeros(300, 40, dtype=torch.bool).scatter(1, drawn, True)
scores = {
    "popular words": popularity.expand(300, 40),
    "a good guess": 0.5 * truth.float() + 5 * popularity * 0.1 + 0.3 * torch.randn(300, 40),
    "the truth": truth.float(),
}
curves = {}
for name, score in scores.items():
    ranked = score.sort(dim=1, descending=True, stable=True).indices
    curves[name] = [float(precision(ranked, truth, k)) for k in range(1, 11)]
figure = new_figure(6.5, 2.8)
draw_lines(figure.subplots(), range(1, 11), curves, "k", "precision at k")
show(figure, "Five tags are true: beyond k = 5 even the truth has nothing more to say.")
