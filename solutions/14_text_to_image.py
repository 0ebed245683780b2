# ---
# jupyter:
#   coursekit:
#     title: Text to image
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
# # 14 · Text to image: exercises
#
# **Words become numbers, wrong captions teach the detective to read, and a picture is drawn for a caption that lies
# between two others.**
#
# The lecture is [14 · Text to image](../notebooks/14_text_to_image.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot, softplus

from coursekit.checks import check
from coursekit.data.shapes import ATTRIBUTES, all_combos, render
from coursekit.plots.lines import draw_lines
from coursekit.plots.sheets import sheet
from coursekit.plots.style import new_figure, show, table

torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other
words = [word for values in ATTRIBUTES.values() for word in values] + ["a", "at", "the"]
VOCABULARY = {word: k for k, word in enumerate(words, 1)}  # 0 is no word: padding


# %% [markdown]
# The pictures of the lecture: one shape with five attributes, drawn from their numbers. The captions here are simpler.


# %%
def caption_of(combo):
    """The caption of one row of attributes."""
    colour, shape, size, row, column = (
        values[k] for values, k in zip(ATTRIBUTES.values(), combo.tolist(), strict=True)
    )
    return f"A {size} {colour} {shape}, at the {row} {column}."


def draw_pictures(combos, size=16):
    """Pictures (N, 3, size, size) in [-1, 1]."""
    return render(combos, torch.zeros(len(combos), 2), size) / 127.5 - 1


# %% [markdown]
# ## 14.encode_caption · difficulty 2 of 5 · 15 minutes · 2 points
#
# A net cannot read letters. Each word of a caption becomes its **id** in a vocabulary, and 0 fills up what is left, so
# that captions of all lengths fit into one tensor. A word that the vocabulary lacks is an error: a net that leaves it
# out in silence draws something else than what was asked for.


# %%
def encode_caption(caption: str, vocabulary: Mapping[str, int], length: int) -> Tensor:
    """The ids of the caption's words in their order, then zeros: int64 (length,).

    `vocabulary` maps words in lower case to ids from 1; ids are in no particular order. Words are
    apart by one space or more. Upper case, commas and full stops do not count. Raises ValueError
    for unknown words, with a message that names every one of them, and for more than `length` words.
    """
    ### BEGIN SOLUTION
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    unknown = [word for word in found if word not in vocabulary]
    if unknown:
        raise ValueError(f"unknown words: {', '.join(unknown)}")
    if len(found) > length:
        raise ValueError(f"{len(found)} words, there is room for {length}")
    return torch.tensor([vocabulary[word] for word in found] + [0] * (length - len(found)))
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: from a sentence to words</summary>
#
# `caption.lower()`, `.replace(",", " ")`, and `.split()` without an argument, which takes any number of spaces.
#
# </details>
#
# <details><summary>Hint 2: all unknown words at once</summary>
#
# Collect them in a list first, and raise if it is not empty.
#
# </details>

# %%
encoded = check("14.encode_caption", encode_caption)

# %% [markdown]
# **See it.** Six scenes, what is said of them, and what the net gets to read. **Predict** which columns are the same in
# all rows.

# %%
torch.manual_seed(3)
six = all_combos()[torch.randperm(96)[:6]]
show(
    sheet(draw_pictures(six), 6, 4), "Six scenes, left to right as the captions from top to bottom."
)
table(
    ["caption", "ids"],
    [[text, encoded(text, VOCABULARY, 10).tolist()] for text in map(caption_of, six)],
)
try:
    encoded("A huge purple circle at the top left.", VOCABULARY, 10)
except ValueError as error:
    print(error)

# %% [markdown]
# ## 14.mismatch · difficulty 3 of 5 · 20 minutes · 3 points
#
# To learn that captions matter, $D$ needs real pictures with **wrong** captions. Where from? From the other rows of the
# batch. But a shuffle leaves some captions where they are, and a batch may hold the same caption twice: called wrong, a
# right pair teaches $D$ to doubt what it should believe.


# %%
def mismatch(captions: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """For each caption the row of a wrong one: int64 (N,), captions[index[i]] differs from captions[i].

    `captions` (N, L) holds ids, int64. Captions differ if they do in one word or more; a batch may
    hold the same one many times. The rows are drawn anew in each call, and every row that differs may
    come; one row may be taken many times. Random numbers come from `generator`, or from torch's
    global one where it is None; set no seed. Raises ValueError where a caption has no different one.
    Does not change `captions`.
    """
    ### BEGIN SOLUTION
    differs = (captions[:, None] != captions[None]).any(2)  # (N, N)
    if not differs.any(1).all():
        raise ValueError("all captions are the same: none of them is wrong")
    return torch.multinomial(differs.double(), 1, generator=generator)[:, 0]
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: a table of who differs from whom</summary>
#
# `captions[:, None] != captions[None]` compares all pairs, word by word: (N, N, L). One word that differs is enough.
#
# </details>
#
# <details><summary>Hint 2: one draw for each row</summary>
#
# `torch.multinomial(weights, 1, generator=generator)` draws one column for each row of weights, never one with weight 0.
#
# </details>

# %%
wrong_of = check("14.mismatch", mismatch)

# %% [markdown]
# **See it.** Above: pictures of a batch. Below: the pictures of their wrong captions; no picture stands below itself.
# Then, for batches of 64, how many pairs that are called wrong are right. **Predict** it for a shuffle: does it depend on
# the size of the batch?

# %%
torch.manual_seed(4)
batch = all_combos()[torch.randint(96, (64,))]
batch[1] = batch[0]  # two pictures, one caption
tokens = torch.stack([encoded(caption_of(combo), VOCABULARY, 10) for combo in batch])
pairs = torch.cat([draw_pictures(batch[:8]), draw_pictures(batch[wrong_of(tokens)[:8]])])
show(sheet(pairs, 8, 3), "Above: pictures; below: what their wrong captions describe.")
ways = {
    "a shuffle": torch.randperm,
    "a roll by one": lambda n: torch.arange(n).roll(1),
    "mismatch": lambda n: wrong_of(tokens),
}
right = {
    name: sum((tokens[way(64)] == tokens).all(1).sum().item() for _ in range(100)) / 100
    for name, way in ways.items()
}
rows = [[name, f"{n:.2f}"] for name, n in right.items()]
table(["wrong captions by", "right pairs among 64 (mean of 100)"], rows)

# %% [markdown]
# ## 14.gan_cls_loss · difficulty 2 of 5 · 10 minutes · 2 points
#
# $D$ sees three kinds of pairs (Reed et al. 2016, algorithm 1). Only a real picture with its own caption is true. What is
# false comes in two kinds, which share the weight of 1: a real picture with a wrong caption, and a fake with the caption
# that it was made for. With $D = \sigma(s)$,
#
# $$ L_D = -\operatorname{E} \log D(x, t) - \tfrac12 \bigl( \operatorname{E} \log (1 - D(x, \hat t))
#    + \operatorname{E} \log (1 - D(G(z, t), t)) \bigr). $$


# %%
def gan_cls_loss(real_right: Tensor, real_wrong: Tensor, fake_right: Tensor) -> Tensor:
    """D's loss in nats on three kinds of pairs, the two false ones with weight 1/2: one number.

    Raw scores (logits), any finite numbers, all of the shape (N,) or all (N, 1). The value and its
    slope are right at scores of +-100 and beyond. Changes no argument.
    """
    ### BEGIN SOLUTION
    false = softplus(real_wrong).mean() + softplus(fake_right).mean()
    return softplus(-real_right).mean() + false / 2
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: the two logarithms</summary>
#
# $-\log \sigma(s) = \operatorname{softplus}(-s)$ and $-\log (1 - \sigma(s)) = \operatorname{softplus}(s)$.
#
# </details>

# %%
three_way = check("14.gan_cls_loss", gan_cls_loss)

# %% [markdown]
# **See it.** Two detectives who know real pictures from fakes: real ones get $s$, fakes $-s$. One does not read, so a
# wrong caption changes nothing and the pair gets $s$, too; the other gives it $-s$. **Predict**: which of the two ends up
# without any loss, and where does the other stop?

# %%
scores = torch.linspace(-1, 6, 141, dtype=torch.float64)[:, None]
lines = {
    "reads the caption": torch.stack([three_way(s, -s, -s) for s in scores]),
    "looks at the picture only": torch.stack([three_way(s, s, -s) for s in scores]),
}
figure = new_figure(6.5, 2.9)
axis = figure.subplots()
draw_lines(axis, scores[:, 0], lines, "s", "$L_D$ (nats)")
stops = lines["looks at the picture only"]
axis.plot(scores[stops.argmin()], stops.min(), "o", color="black", zorder=3)
show(figure, "Dot: where the one who does not read stops. Wrong pairs are why D learns to read.")

# %% [markdown]
# ## 14.depth_concat · difficulty 2 of 5 · 10 minutes · 2 points
#
# How does a caption meet a picture? $D$ has feature maps of $4 \times 4$ places, the caption a code of $T$ numbers. Each
# number fills **a plane of its own**, the same at every place, and the planes join the maps as channels. A convolution
# over them can then ask at each place: does what is here fit what was said?


# %%
def depth_concat(features: Tensor, code: Tensor) -> Tensor:
    """Features with the code at every place behind them: (N, C + T, H, W), part of both graphs.

    `features` (N, C, H, W), `code` (N, T): one code for each image. Changes neither.
    """
    ### BEGIN SOLUTION
    planes = code[:, :, None, None].expand(-1, -1, *features.shape[2:])
    return torch.cat([features, planes], 1)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: planes</summary>
#
# `code[:, :, None, None]` is (N, T, 1, 1); `expand` makes (N, T, H, W) of it. `torch.cat([...], 1)` joins channels.
#
# </details>

# %%
joined = check("14.depth_concat", depth_concat)

# %% [markdown]
# **See it.** Two pictures, reduced to $8 \times 8$ places in three channels, joined with codes of five numbers: their
# attributes. **Predict** which planes are the same in both rows.

# %%
pair = torch.tensor([[0, 0, 0, 0, 1], [2, 1, 1, 1, 1]])
codes = 1.6 * pair / torch.tensor([3, 2, 1, 1, 1]) - 0.8  # from -0.8 to 0.8
planes = joined(draw_pictures(pair, 8), codes)  # (2, 3 + 5, 8, 8)
names = ["red", "green", "blue", *ATTRIBUTES]
show(sheet(planes.flatten(0, 1)[:, None], 8, 6), "Planes, left to right: " + ", ".join(names) + ".")
table(["", "caption"], [["above", caption_of(pair[0])], ["below", caption_of(pair[1])]])

# %% [markdown]
# ## 14.interpolate_captions · difficulty 1 of 5 · 10 minutes · 1 point
#
# There are more captions than anybody has written pictures for. Codes can be mixed, and $G$ can be asked for what lies
# between two captions (GAN-INT, equation 5 of the paper):
#
# $$ \beta\, t_1 + (1 - \beta)\, t_2 $$


# %%
def interpolate_captions(a: Tensor, b: Tensor, beta: float) -> Tensor:
    """beta a + (1 - beta) b: (N, T), part of both graphs.

    `a` and `b` are codes (N, T), `beta` a number from 0 to 1. Changes neither.
    """
    ### BEGIN SOLUTION
    return beta * a + (1 - beta) * b
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint: the ends</summary>
#
# At beta = 1 only a is left, at beta = 0 only b.
#
# </details>

# %%
between = check("14.interpolate_captions", interpolate_captions)

# %% [markdown]
# **See it.** All five at work in a game that is small enough for a minute: large squares of four colours at four places,
# 16 captions, pictures of 8 x 8 pixels. A caption's code is a bag of words: for each word of the vocabulary, whether it is
# there.


# %%
squares = all_combos()[(all_combos()[:, 1] == 1) & (all_combos()[:, 2] == 1)]  # (16, 5)
pictures = draw_pictures(squares, 8)
ids = torch.stack([encoded(caption_of(combo), VOCABULARY, 10) for combo in squares])


def bag(ids):
    """Ids (N, L) -> codes (N, words): 1 for each word that is there."""
    return one_hot(ids, len(VOCABULARY) + 1).amax(1)[:, 1:].float()


class Painter(nn.Module):
    """(z, code) -> pictures (N, 3, 8, 8)."""

    def __init__(self, latent=4, width=96):
        super().__init__()
        first = [nn.Linear(latent + len(VOCABULARY), width), nn.BatchNorm1d(width), nn.ReLU()]
        self.layers = nn.Sequential(*first, nn.Linear(width, 3 * 8 * 8), nn.Tanh())

    def forward(self, z, code):
        return self.layers(torch.cat([z, code], 1)).view(-1, 3, 8, 8)


# %%
class Reader(nn.Module):
    """(pictures, codes) -> scores (N, 1)."""

    def __init__(self, width=32):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2))
        mixed = nn.Conv2d(width + len(VOCABULARY), width, 1)
        self.judge = nn.Sequential(mixed, nn.LeakyReLU(0.2), nn.Conv2d(width, 1, 4), nn.Flatten())

    def forward(self, x, code):
        return self.judge(joined(self.features(x), code))


# %% [markdown]
# The game: three scores for $D$, one for $G$. **Predict** what the pictures half-way between "red ... top left" and "blue
# ... bottom right" will be: two squares, one purple square in the middle, or neither?


# %%
def play(n_steps, n=32):
    """A Painter after a game on the squares with a little noise, in eval mode."""
    G, D = Painter(), Reader()
    g_adam, d_adam = (torch.optim.Adam(net.parameters(), 2e-3, (0.5, 0.99)) for net in (G, D))
    for _ in range(n_steps):
        rows = torch.randint(len(squares), (n,))
        real = pictures[rows] + 0.05 * torch.randn(n, 3, 8, 8)
        right, wrong = bag(ids[rows]), bag(ids[rows][wrong_of(ids[rows])])
        fake = G(torch.randn(n, 4), right)
        loss = three_way(D(real, right), D(real, wrong), D(fake.detach(), right))
        d_adam.zero_grad()
        loss.backward()
        d_adam.step()
        g_loss = softplus(-D(fake, right)).mean()
        g_adam.zero_grad()
        g_loss.backward()
        g_adam.step()
    return G.eval()


# %%
torch.manual_seed(0)
G = play(500)
codes = bag(ids)
with torch.no_grad():
    drawn = G(torch.randn(16, 4), codes)
large = [x.repeat_interleave(2, 2).repeat_interleave(2, 3) for x in (pictures, drawn)]
show(sheet(torch.cat(large), 16), "Above: the real pictures of the 16 captions; below: G's.")

# %% [markdown]
# And between two captions, for one and the same noise:

# %%
red, blue = "a large red square at the top left", "a large blue square at the bottom right"
a, b = (bag(encoded(text, VOCABULARY, 10)[None]) for text in (red, blue))
betas = torch.linspace(1, 0, 9)
with torch.no_grad():
    z = torch.randn(1, 4)
    steps = torch.cat([G(z, between(a, b, beta.item())) for beta in betas])
show(sheet(steps, 9, 6), f"beta from 1, {red}, to 0, {blue}.")
