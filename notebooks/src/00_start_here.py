# ---
# jupyter:
#   coursekit:
#     title: Start here
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
# # 00 · Start here
#
# **You will train a generative adversarial network before your eyes, count what it learned, and know your way around
# this course.**

# %% [markdown]
# ## What you will be able to do
#
# - **explain** what the two networks of a GAN want from each other,
# - **train** a small GAN and follow it while it learns,
# - **count** what it learned instead of trusting a picture,
# - **name** what GANs are used for, what they are misused for, and where this course builds each,
# - **use** the course: run a lecture, start an exercise, choose a profile.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | Python; you have seen a neural network trained once. Lesson 03 needs logarithms and expectations |
# | **Paper** | Goodfellow et al., *Generative Adversarial Nets*, 2014: [arXiv:1406.2661](https://arxiv.org/abs/1406.2661) |
# | **Cost** | 30 s on 2 CPU cores (profile `fast`); GPU: not measured; data: none |
# | **Next** | [01 · How a network learns](01_backprop_review.ipynb) |
# | **Exercise** | [00 · exercise](../exercises/00_start_here.ipynb) |

# %%
import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # nets this small lose time when threads hand work to each other

# %% [markdown]
# Every lecture begins with this cell. The line it prints says where your code runs (`device`), how precisely it computes
# where a network asks for less than 32 bits, and how long things take: the profile `fast` is made for two CPU cores,
# `full` for a GPU or for patience. To change them, set `COURSEKIT_PROFILE=full` or `COURSEKIT_DEVICE=cpu` before you
# start JupyterLab. The seed decides every random number below, so that your figures will be close to the stored ones.

# %% [markdown]
# ## 1. A forger and a detective
#
# How do you teach a machine to make something new, when nobody can write down what makes it good? A *generative
# adversarial network* turns the question into a game for two. A **forger**, the generator $G$, turns random numbers $z$
# into samples. A **detective**, the discriminator $D$, looks at one sample $x$ and gives it a score: high if it takes $x$
# for real, low if it takes $x$ for forged. Each learns from the other's success. The detective never says what a good
# forgery would be. It only says *not convincing*, and the forger follows the slope of that verdict.

# %%
from coursekit.plots.diagrams import game_diagram
from coursekit.plots.style import show

show(game_diagram(), "Solid arrows: data. Dashed arrows: what each network learns from.")

# %% [markdown]
# The picture holds one detail that decides everything else: **the forger never sees a real sample.** All it knows about
# the data comes to it through the detective. If the detective is useless, the forger learns nothing; if the detective is
# easily fooled in one place, the forger moves there and stays. Both things happen, and this course measures them.

# %% [markdown]
# ## 2. Your first GAN
#
# Images come later. We begin with data that fit on a page: points on a plane, in eight clusters on a ring. Such a
# cluster is called a **mode** of the distribution. Real data have modes too (the ten digits, the breeds of dogs), but
# here we can count them.

# %%
from coursekit.data.toys import ring

toy = ring(n_modes=8, radius=2.0, sd=0.1)
batches = toy.batches(batch_size=256, seed=run.seed)
(real,) = next(batches)
print(f"one batch of real points: {tuple(real.shape)}; {len(toy.centers)} modes of spread {toy.sd}")

# %% [markdown]
# The two players are small networks. $G$ maps two random numbers to a point. $D$ maps a point to one number, the score.
# A score is not a probability yet: $\sigma(\text{score}) = 1 / (1 + e^{-\text{score}})$ would be one.

# %%
from coursekit.data.streams import Latent
from coursekit.nets.mlp import mlp

G = mlp((2, 64, 64, 2), nn.Tanh)
D = mlp((2, 64, 64, 1), nn.Tanh)
betas = (0.5, 0.999)  # Adam's default 0.9 for the first makes GANs swing (DCGAN, section 4)
g_optimizer = torch.optim.Adam(G.parameters(), lr=2e-3, betas=betas)
d_optimizer = torch.optim.Adam(D.parameters(), lr=2e-3, betas=betas)
latent = Latent(2, seed=run.seed)

# %% [markdown]
# What does each of them want? The detective wants $D(x)$ near 1 for real $x$ and near 0 for forged ones; the forger wants
# $D$ near 1 for what it made. As losses to be minimised, with probabilities written out:
#
# $$ L_D = -\operatorname{E}_x \log D(x) - \operatorname{E}_z \log\bigl(1 - D(G(z))\bigr), \qquad
#    L_G = -\operatorname{E}_z \log D(G(z)). $$
#
# On scores $s$ these are softplus functions, $-\log \sigma(s) = \operatorname{softplus}(-s)$ and
# $-\log(1 - \sigma(s)) = \operatorname{softplus}(s)$, which stay finite for any score.

# %%
from torch.nn.functional import softplus


def discriminator_loss(real_scores, fake_scores):
    return softplus(-real_scores).mean() + softplus(fake_scores).mean()


def generator_loss(fake_scores):
    return softplus(-fake_scores).mean()


# %% [markdown]
# One step of training gives each player one turn. Read it slowly: it is the whole algorithm, and every later lesson
# changes a line of it. `detach` cuts the forger out of the detective's lesson, and only the forger's optimiser moves the
# forger.


# %%
def step(batches):
    (real,) = next(batches)

    # the detective's turn: real points against forged ones
    fake = G(latent(len(real))).detach()
    d_loss = discriminator_loss(D(real), D(fake))
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()

    # the forger's turn: new noise, judged by the detective that has just learned
    g_loss = generator_loss(D(G(latent(len(real)))))
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()
    return {"d_loss": d_loss, "g_loss": g_loss}


# %% [markdown]
# We want to watch. At sixteen moments we draw 300 real points, 300 forged ones, and behind them the detective's opinion
# of every spot on the plane.

# %%
from coursekit.plots.live import LivePicture
from coursekit.plots.points import points, probability_map

moments = [0, 20, 40, 80, 120, 160, 200, 240, 300, 360, 420, 500, 600, 800, 1000, 1200]
some_real, z = toy.draw(300, torch.Generator().manual_seed(1)), Latent(2, seed=1)(300)
picture, film = LivePicture("Forged points, real points and the detective's opinion."), []


def look(n, losses):
    if n in moments:
        opinion = probability_map(D, extent=3.0)
        film.append(points(some_real, G(z), 3.0, f"after {n} steps", opinion))
        picture.show(film[-1])


# %% [markdown]
# **Predict.** At first all forged points lie in one heap near the middle. Will they reach the eight modes one after the
# other, or all at about the same time? And at the end: what will the detective say about a spot on a mode, and what about
# a spot between two modes?

# %%
from coursekit.fit import fit

look(0, {})
history = fit(step, batches, run.pick(fast=1200, full=4000), [look])

# %% [markdown]
# `fit` does nothing but call `step` again and again, draw a progress bar, keep the losses, and stop when you press the
# stop button (try it: the networks stay usable). The last picture stays; here is the whole film.

# %%
from coursekit.plots.animate import show_animation

show_animation(film, "A heap, a cloud, a ring, eight modes.", seconds=0.5)

# %% [markdown]
# **What we see.** The heap bursts: within 20 steps the forger overshoots, and for a hundred steps its points are a cloud
# over the whole plane. By step 240 the cloud has become a ring. The forger has the right radius and no idea of the modes.
# Then the ring breaks into clusters, at all eight modes within a few hundred steps, and the points in between grow rare.
#
# The detective goes the other way. At the start its map is almost white, because it knows nothing. At the end it is
# orange in the centre and in the gaps between the modes, where forged points used to be and real ones never are. On the
# modes it stays white: there it *has* learned all there is to know, and still cannot tell. As figures:

# %%
import math

angles = torch.arange(8) * 2 * math.pi / 8 + math.pi / 8  # half way between two modes
gaps = 2 * torch.stack([angles.cos(), angles.sin()], dim=1)
with torch.no_grad():
    on_modes, in_gaps = torch.sigmoid(D(toy.centers)).mean(), torch.sigmoid(D(gaps)).mean()
print(f"probability of real, by D: {on_modes:.2f} on the modes, {in_gaps:.2f} in the gaps")
assert 0.4 < on_modes < 0.65 and in_gaps < 0.35

# %% [markdown]
# About 1/2 where forged and real points are equally frequent: lesson 03 proves that this is what must happen.

# %% [markdown]
# ## 3. Count, do not admire
#
# The picture looks right. Is it? A figure can be checked, a picture only admired, so the course asks for figures
# wherever it makes a claim. Ours: a sample is **good** if it lies within three standard deviations of a mode. A mode is
# **held** if at least 1 % of all samples are good and nearest to it. One lucky sample is not enough.

# %%
from coursekit.metrics.modes import count_modes, good_share

samples = G(Latent(2, seed=2)(10_000)).detach()
held = count_modes(samples, toy.centers, radius=3 * toy.sd, min_share=0.01)
good = good_share(samples, toy.centers, radius=3 * toy.sd)
print(f"modes held: {held} of 8; good samples: {good:.0%} (of real ones: 99 %)")
assert held == 8 and good > 0.7

# %% [markdown]
# Was it luck? One seed proves little in this field. So we train two more pairs from other seeds, for half as long and
# without pictures. This time we use what the library has ready: `adversarial` is the step above with a few places left
# open for later lessons.

# %%
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game


def train_again(seed, d_rate):
    """(modes held, share of good samples) after 600 steps."""
    torch.manual_seed(seed)
    G, D = mlp((2, 64, 64, 2), nn.Tanh), mlp((2, 64, 64, 1), nn.Tanh)
    g_adam = torch.optim.Adam(G.parameters(), lr=2e-3, betas=betas)
    d_adam = torch.optim.Adam(D.parameters(), lr=d_rate, betas=betas)
    step = adversarial(Game(G, D, g_adam, d_adam, Latent(2, seed)))
    fit(step, toy.batches(256, seed), n_steps=600, progress=False)
    samples, radius = G(Latent(2, seed=2)(10_000)).detach(), 3 * toy.sd
    return count_modes(samples, toy.centers, radius), good_share(samples, toy.centers, radius)


# %%
for seed in (1, 2):
    held, good = train_again(seed, d_rate=2e-3)
    print(f"seed {seed}: modes held {held} of 8, good samples {good:.0%}")
    assert held == 8 and good > 0.5

# %% [markdown]
# **What we see.** All eight modes, three times of three. Now change one thing: let the detective learn ten times more
# slowly.
#
# **Predict.** A slow detective is an easy opponent. Does the forger learn better, as well, or worse?

# %%
for seed in (1, 2):
    held, good = train_again(seed, d_rate=2e-4)
    print(f"seed {seed}, slow detective: modes held {held} of 8, good samples {good:.0%}")
    assert held <= 5 and good < 0.35

# %% [markdown]
# **What we see.** Much worse. The forger finds a spot that the detective has not caught up with, and moves all its
# points there; when the detective arrives, the forger has gone elsewhere. This is **mode collapse**, and lesson 06 is
# about it. A forger is only as good as its detective.

# %% [markdown]
# ### Play it yourself
#
# The same game, to touch: the map is $D$'s verdict, a new game starts with **Reset**, and each control says what it sets.
#
# **Predict.** Which comes first: a share of the fakes at every mode, or most fakes at some mode? Press **Play**, watch
# *modes held* and *good share*, and pause near step 300 and near step 1,500.

# %%
from coursekit.widgets.playground import Playground

Playground(seed=run.seed)

# %% [markdown]
# And without a browser, number for number the same run:

# %%
twin = Playground(seed=run.seed).engine
seen = {}
for n_steps in (300, 1500):
    while twin.n < n_steps:
        twin.step()
    seen[n_steps] = twin.measure()
    print(f"step {n_steps}: {seen[n_steps].modes} of 8 modes, {seen[n_steps].good:.0%} good")
assert seen[300].modes == seen[1500].modes == 8
assert seen[300].good < 0.4 and seen[1500].good > 0.55

# %% [markdown]
# **What we see.** The modes come first: at step 300 the fakes are a rough ring, on every mode and between them. The rest
# of the run moves them together. So "all modes held" alone says little, and neither does "good" alone: look at both.

# %% [markdown]
# What of the losses? In most of machine learning a falling loss is good news. Here two players pull at the same quantity.

# %%
from coursekit.plots.curves import curves

show(curves(history), "Dotted: what each loss would be if D could not tell real from forged.")
late = history["d_loss"][-300:].mean()
print(f"D's loss over the last 300 steps: {late:.2f}; knowing nothing would cost 2 log 2 = 1.39")
assert 1.2 < late < 1.45

# %% [markdown]
# **What we see.** Neither loss falls to zero. After the first hundred steps both hover near the dotted lines, while the
# samples go on improving. The losses say how the game stands, not how good the samples are. That is why the course spends
# a whole lesson, [08](08_evaluation.ipynb), on measuring samples.

# %% [markdown]
# ## 4. What GANs are for
#
# The game does not care what a sample is. This map says for each use which lesson builds it, on a scale that a laptop can
# train, and which paper made it known. Lessons without a link are planned and not written yet.
#
# | use | where | paper |
# |---|---|---|
# | handwritten digits, garments | lessons [04](04_vanilla_gan.ipynb) and [09](09_dcgan.ipynb) | Goodfellow et al. 2014; Radford et al. 2016 |
# | faces | lesson 18, small ones | Karras et al. 2019 |
# | bedrooms and other scenes | lesson [10](10_lapgan.ipynb), patches of photographs | Denton et al. 2015; Radford et al. 2016 |
# | larger images, coarse to fine | lessons [10](10_lapgan.ipynb) and 11 | Denton et al. 2015; Karras et al. 2018 |
# | images of a wanted class; tagging images | lesson [12](12_conditional_gan.ipynb) | Mirza and Osindero 2014 |
# | learning from few labels (semi-supervised) | lesson 13 | Salimans et al. 2016; Odena 2016 |
# | images from a caption | lesson [14](14_text_to_image.ipynb) | Reed et al. 2016 |
# | text | lesson [15](15_text_gan.ipynb) | Yu et al. 2017 |
# | super-resolution | lesson [16](16_srgan.ipynb) | Ledig et al. 2017 |
# | sketch to picture, colouring grey pictures | lesson 17 | Isola et al. 2017 |
# | the next frames of a video | lesson 17 | Mathieu et al. 2016 |
# | art in a given style, editing a photograph | lesson 18 | Zhu et al. 2017; Karras et al. 2019 |
# | more training data for a classifier (augmentation) | lesson [12](12_conditional_gan.ipynb), measured | Antoniou et al. 2017 |
# | 3-D shapes | paper only | Wu et al. 2016 |
# | molecules for drug discovery | paper only | De Cao and Kipf 2018 |
# | more real simulation for robots | paper only | Shrivastava et al. 2017; Bousmalis et al. 2018 |
# | imitation in reinforcement learning | paper only | Ho and Ermon 2016 |
#
# Much of what this list began is done by diffusion models today. Adversarial losses live on inside them, in decoders, in
# super-resolution, in audio codecs and wherever one step has to do the work of fifty (lesson 18).

# %% [markdown]
# ## 5. What they are misused for
#
# A network that makes convincing faces makes convincing false ones. Forged videos of real people, faces for invented
# accounts and cloned voices are in use for fraud and defamation, and most victims are women who are put into pictures
# that never were. Three things to know before you build one:
#
# - **Detection helps, but not for long.** A detector learns the traces of the generators it was shown. On the
#   images of a better generator it may be no better than a coin. Lesson [09](09_dcgan.ipynb) measures this on our own
#   networks.
# - **A generator can give away its training data.** Lesson [08](08_evaluation.ipynb) tests for memorised images.
# - **Consent and labels are on you.** Use data whose licence and subjects allow it, say that an image is generated, and
#   keep the record of how it was made. Each data set and network in this course is listed with its licence in
#   `THIRD_PARTY.md`.

# %% [markdown]
# ## 6. How this course works
#
# **A lecture** is a notebook like this one. It asks you to *predict* before it shows: say your answer aloud, then run
# the cell. Every claim that a number can check is checked by an `assert` in the cell, so a lecture that runs to its end
# has proved what it says on your machine. Where a figure would cost too much time, it was recorded once, and the cell that
# shows it prints where it comes from.
#
# **An exercise** belongs to a lesson, and the lesson links to it where there is one. In a terminal,
# `python -m coursekit start 03` copies it to the folder `work/`, which is yours: nothing in the course ever overwrites it.
#
# **Data** come from a folder named in `COURSEKIT_DATA`, else from a download, else from the small sets that the
# course brings along. The output always says which one you got.
#
# **Your own data.** All that `step` needs is an iterator of tuples. Change the ring above into `grid()`, `spiral()` or
# `two_moons()` from `coursekit.data.toys`, run this notebook again, and see what survives.

# %% [markdown]
# ## Summary
#
# A forger turns noise into samples, a detective scores them, and each follows the slope of the other's verdict. The
# forger sees the data only through the detective. Losses tell how the game stands; whether the samples are good must be
# counted, on more than one seed.

# %% [markdown]
# ## Common mistakes
#
# - **No `detach` in the detective's turn.** Gradients of its loss then pile up in the forger. Here the forger's
#   `zero_grad` clears them before they do harm, at the price of a wasted backward pass; with one optimiser over both
#   networks, the forger would be trained to be caught.
# - **Sigmoid at the end of $D$, then `log`.** At a score of 100 the logarithm of $1 - D$ is $-\infty$ and the run is lost.
#   Keep scores, use softplus.
# - **Reading quality off the losses.** Both losses look calm when everything works, and also when the forger makes the
#   same sample for ever.
# - **Eight modes with `linspace(0, 2 * pi, 8)`.** The last angle is the first one again: seven modes, one of them twice.

# %% [markdown]
# ## Questions
#
# 1. The forger never sees a real point. How can it know that the ring has radius 2?
#
# <details><summary>Answer</summary>
#
# Through the slope of D. Where real points are more frequent than forged ones, D's score rises towards them, and the
# gradient of $L_G$ with respect to a forged point shows it the way. The radius is stored in D for a while, then in G.
#
# </details>
#
# 2. At the end the detective answers about 1/2 everywhere. Does that mean that it is a bad network?
#
# <details><summary>Answer</summary>
#
# No. Where the two distributions agree, 1/2 is the best answer there is: lesson 03 proves it. A bad network would give
# 1/2 to any forger, ours gives it only to a good one. To tell the two apart, show it the forger of step 60 again.
#
# </details>
#
# 3. Why is a mode not counted as held as soon as one sample lies on it?
#
# <details><summary>Answer</summary>
#
# A forger that spreads its samples all over the plane would touch every mode by accident: of 10,000 scattered points a
# few land anywhere. Asking for 1 % of the samples means that chance is not enough.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Ian Goodfellow et al., [*Generative Adversarial Nets*](https://arxiv.org/abs/1406.2661), 2014: nine pages, worth
#   reading before lesson 03.
# - Ian Goodfellow, [*NIPS 2016 Tutorial: Generative Adversarial Networks*](https://arxiv.org/abs/1701.00160): why one
#   would want them, in his own words.
