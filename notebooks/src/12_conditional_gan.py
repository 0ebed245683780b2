# ---
# jupyter:
#   coursekit:
#     title: Conditional GANs
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
# # 12 · Conditional GANs
#
# **You will tell a generator *what* to draw, in three ways, and measure what each way costs; then let a GAN write the
# tags of a picture, beside a regression that does it without a game.**

# %% [markdown]
# ## What you will be able to do
#
# - **join** a label to the input of both nets, and say why $D$ needs it as much as $G$,
# - **derive** the projection discriminator from the score that is best,
# - **compare** concatenation, projection and AC-GAN by label accuracy, recall and what their images can teach,
# - **explain** why AC-GAN's labels are good and its variety is not,
# - **tell** when labels prevent collapse and when generated images help a small training set,
# - **judge** a tagger by precision, against baselines that need no GAN.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | the game of lesson 04, precision and recall of lesson 08, the ring of lesson 06 |
# | **Paper** | Mirza and Osindero, *Conditional Generative Adversarial Nets*, 2014: [arXiv:1411.1784](https://arxiv.org/abs/1411.1784); Odena et al., 2017: [arXiv:1610.09585](https://arxiv.org/abs/1610.09585); Miyato and Koyama, 2018: [arXiv:1802.05637](https://arxiv.org/abs/1802.05637) |
# | **Cost** | 75 s on 2 CPU cores (profile `fast`); GPU: not measured; data: MNIST, else scikit-learn's digits |
# | **Previous** | [10 · LAPGAN, from coarse to fine](10_lapgan.ipynb) |
# | **Next** | [14 · Text to image](14_text_to_image.ipynb) |
# | **Exercise** | [12 · exercises](../exercises/12_conditional_gan.ipynb) |

# %%
import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # on nets of this size a second thread gains little

# %% [markdown]
# ## 1. A seven, please
#
# The generators so far draw *something*. Ask for a seven and you have to draw until one comes. Data often come with an
# answer to "what is this?", a **label** $y$, and Mirza and Osindero's change is one symbol wide: hand $y$ to both nets,
#
# $$ \min_G \max_D\; E_{x, y} \log D(x \mid y) + E_{z, y} \log\big(1 - D(G(z \mid y) \mid y)\big). $$
#
# For each $y$ this is the game of lesson 03, so the same proof holds label by label: the best $D$ is
# $p(x \mid y) / (p(x \mid y) + p_g(x \mid y))$, and the game ends where $p_g(x \mid y) = p(x \mid y)$ for every $y$.
#
# **Predict.** Suppose that only $G$ is told the label, and $D$ sees images alone. What will $G$ do with the label?
#
# Nothing: any assignment of images to labels pleases such a $D$. It is $D$ who must notice a beautiful three under the
# label seven.

# %% [markdown]
# ## 2. Joining: the simplest way
#
# How does a net take in a class? As a **one-hot** vector behind the noise, and for an image as planes, one a class: all
# ones for the class of the image, all zeros for the others.

# %%
from torch.nn.functional import one_hot


def concat_label(x, label, n_classes):
    """(N, d) -> (N, d + K); (N, C, H, W) -> (N, C + K, H, W): the one-hot label behind x."""
    code = one_hot(label, n_classes).to(x)
    if x.dim() == 4:
        code = code[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, code], 1)


# %% tags=["nbval-check-output"]
z, x, label = torch.zeros(2, 3), torch.zeros(2, 1, 28, 28), torch.tensor([0, 2])
print(concat_label(z, label, 4))
planes = concat_label(x, label, 4)
print(tuple(planes.shape), "and for the second image:", planes[1, :, 0, 0].int().tolist())

# %% [markdown]
# The loss of $D$ is lesson 04's, with one more argument. **The fake is shown with the label that it was made for**, so
# label and image never disagree by accident.

# %%
from torch.nn.functional import softplus


def conditional_discriminator_loss(D, real, fake, label):
    """The sum of two means: -log D(x, y) and -log(1 - D(G(z, y), y)), on raw scores."""
    return softplus(-D(real, label)).mean() + softplus(D(fake, label)).mean()


class Joined(nn.Module):
    """A net that is called with a label, and gets it by concatenation: G(z, y) or D(x, y)."""

    def __init__(self, net, n_classes):
        super().__init__()
        self.net, self.n_classes = net, n_classes

    def forward(self, x, label):
        return self.net(concat_label(x, label, self.n_classes))


# %% [markdown]
# The step is the library's of lesson 10: batches are `(x, label)`, and whatever stands behind $x$ is handed on to both
# nets. All three ways below start from the same generator, the DCGAN's of lesson 09.

# %%
from coursekit.data.images import load_images
from coursekit.nets.dcgan import DCGANGenerator

train, test = (load_images("mnist", split, device=run.device) for split in ("train", "test"))
n_steps = run.pick(fast=300, full=5000)


def new_generator():
    """The DCGAN's generator on 64 numbers of noise and 10 of the label."""
    torch.manual_seed(run.seed)
    return Joined(DCGANGenerator(28, 1, latent=64 + 10), 10)


# %% [markdown]
# The rest is the library's too: Adam 2e-3 with a falling rate, spectral normalisation in $D$, an average of $G$, 16-bit
# numbers where the processor has them.

# %%
from functools import partial

from torch.optim.lr_scheduler import LambdaLR

from coursekit.data.streams import Latent
from coursekit.fit import fit
from coursekit.nets.average import Average
from coursekit.nets.precision import InPrecision
from coursekit.recipes import falling
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass


def train_one(G, D, loss):
    """Train a pair on (image, label) batches; the averaged G in eval mode, and D."""
    G, D = (InPrecision(net.to(run.device), run.precision) for net in (G, D))
    adams = [torch.optim.Adam(net.parameters(), 2e-3, (0.0, 0.9)) for net in (G, D)]
    rates = [LambdaLR(adam, partial(falling, n_steps, 0.02)) for adam in adams]
    average = Average(G, decay=0.99)
    follow = (average, lambda n, losses: [rate.step() for rate in rates])
    step = shared_pass(Game(G, D, *adams, Latent(64, run.seed + 1, run.device)), loss)
    fit(step, train.batches(64, run.seed + 2, labels=True), n_steps, follow, progress=False)
    return average.net.eval(), D.eval()


# %%
from coursekit.losses import NON_SATURATING
from coursekit.nets.conditional import bare_discriminator
from coursekit.nets.spectral import spectral_norm

made, judges = {}, {}
G = new_generator()
D = Joined(bare_discriminator(28, 1 + 10, 32, spectral_norm), 10)
made["concatenation"], judges["concatenation"] = train_one(G, D, NON_SATURATING)

# %% [markdown]
# One row a digit, and **the same ten $z$ in every row**: only the label changes down a column.

# %%
from coursekit.plots.compact import show_compact
from coursekit.plots.sheets import sheet


@torch.no_grad()
def ten_by_ten(G, seed=3):
    """Ten rows of ten images: row y has label y, and all rows have the same noise."""
    z = Latent(64, seed, run.device)(10).repeat(10, 1)
    return G(z, torch.arange(10, device=run.device).repeat_interleave(10))


def show_digits(name, text):
    """One digit a row, 0 at the top."""
    show_compact(sheet(ten_by_ten(made[name]), 10), text, n_colors=16)


show_digits("concatenation", f"Figure 1. Concatenation, {n_steps} steps. Row $y$ has label $y$.")

# %% [markdown]
# **What we see.** Most rows show their digit, with outliers, and the slant or weight of the stroke often stays the same
# down a column: what the label says is taken out of $z$, and $z$ is left with *how* it is written.

# %% [markdown]
# ## 3. Projection: ask for the inner product
#
# In the concatenating $D$ the label enters at the far end, and the net must find out on its own what to do with it. What
# does the best score look like? It is a log ratio, and it splits:
#
# $$ \log \frac{p(x, y)}{p_g(x, y)} = \underbrace{\log \frac{p(y \mid x)}{p_g(y \mid x)}}_{\text{does the label fit?}}
#    + \underbrace{\log \frac{p(x)}{p_g(x)}}_{\text{is the image good?}}. $$
#
# If both $p(y \mid x)$ are what a classifier with a linear last layer gives, $\log p(y \mid x) = \langle w_y, \phi(x)
# \rangle - \log Z(\phi(x))$, then the first term is **linear in features**, with one vector a class, and all that does
# not depend on $y$ goes into the second:
#
# $$ D(x, y) = \langle v_y, \phi(x) \rangle + \psi(\phi(x)). $$


# %%
from coursekit.nets.conditional import TwoHeaded


def projection_score(features, label_embedding, base_score):
    """(N, d), (N, d) already looked up, (N, 1) -> (N, 1)."""
    return base_score + (features * label_embedding).sum(1, keepdim=True)


class ProjectionDiscriminator(TwoHeaded):
    """`base` is the DCGAN's D with its `features` and `score`; `classes.weight` holds v_y."""

    def forward(self, x, label):
        maps = self.base.features(x)
        v = one_hot(label, self.classes.out_features).to(maps) @ self.classes.weight
        return projection_score(maps.flatten(1), v, self.base.score(maps).flatten(1))


# %%
G = new_generator()
D = ProjectionDiscriminator(wrap=spectral_norm)
made["projection"], judges["projection"] = train_one(G, D, NON_SATURATING)
show_digits("projection", f"Figure 2. Projection, {n_steps} steps.")

# %% [markdown]
# ## 4. AC-GAN: let D read the label
#
# Odena et al. do not show $D$ the label at all. $D$ gets a second head, a **classifier**, and *both* players want the
# class read right, on reals and on fakes:
#
# $$ L_S = \text{real against fake, as ever}, \qquad L_C = E \log C(y \mid x) + E \log C\big(y \mid G(z, y)\big); $$
#
# $D$ maximises $L_S + L_C$, and $G$ maximises $L_C - L_S$. Only the source is a contest.


# %%
from torch.nn.functional import cross_entropy


def acgan_losses(real_scores, real_logits, fake_scores, fake_logits, label):
    """(d_loss, g_loss): source and class; G's source half is the non-saturating one."""
    source = softplus(-real_scores).mean() + softplus(fake_scores).mean()
    read_fake = cross_entropy(fake_logits, label)
    d_loss = source + cross_entropy(real_logits, label) + read_fake
    return d_loss, softplus(-fake_scores).mean() + read_fake


# %% [markdown]
# Our step knows only $D(x, y)$ and a loss of what it returns. So let $D$ return two columns, the score and
# $\log C(y \mid x)$, and let the loss subtract the second: no new step. `auxiliary(loss)` in the library is just that;
# is it the same loss?


# %%
from coursekit.losses import auxiliary


class AuxiliaryDiscriminator(TwoHeaded):
    """D(x, y) -> (N, 2): the score, blind to y, and the classifier's log C(y | x)."""

    def forward(self, x, label):
        maps = self.base.features(x)
        log_c = self.classes(maps.flatten(1)).float().log_softmax(1)
        score = self.base.score(maps).flatten(1).float()
        return torch.cat([score, log_c.gather(1, label[:, None])], 1)


# %% tags=["nbval-check-output"]
scores, logits, label = torch.randn(2, 8, 1), torch.randn(2, 8, 10), torch.randint(10, (8,))
d_loss, g_loss = acgan_losses(scores[0], logits[0], scores[1], logits[1], label)
log_c = logits.log_softmax(2).gather(2, label.expand(2, 8)[:, :, None])
real, fake = torch.cat([scores, log_c], 2)
ACGAN = auxiliary(NON_SATURATING)
same = torch.allclose(ACGAN.d(real, fake), d_loss), torch.allclose(ACGAN.g(fake, None), g_loss)
print("the same losses:", same)
assert all(same)

# %% [markdown]
# It is. The rest goes as before.

# %%
G = new_generator()
D = AuxiliaryDiscriminator(wrap=spectral_norm)
made["AC-GAN"], judges["AC-GAN"] = train_one(G, D, ACGAN)
show_digits("AC-GAN", f"Figure 3. AC-GAN, {n_steps} steps.")

# %% [markdown]
# **What we see.** In figure 2 some images show another digit than asked for; in figure 3 fewer do, but those of a row
# look more alike. Both impressions can be measured.

# %% [markdown]
# ## 5. Which one is best?
#
# Four questions, four numbers. *Is it what I asked for?* **Labels right**: the share of samples that the frozen
# classifier of lesson 08 gives the label they were made with (chance: 0.1). *Is it good, is it all?* **Precision** and
# **recall** of lesson 08. And *does $D$ care?* The share of test images for which $D$'s output for the true label is
# higher than for another one.
#
# **Predict.** Which way has the most labels right? Which has the least recall?

# %%
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.precision_recall import precision_recall

net = load_feature_net(train.name, run.device)
n = min(2000, len(test))
order = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))[:n]
real, real_labels = test.floats(order.to(run.device)), test.labels[order.to(run.device)]
real_features = net.features(real)
wanted = torch.arange(n, device=run.device) % 10


@torch.no_grad()
def sampled(G, label, seed=7):
    """One image for each label."""
    z = Latent(64, seed, run.device)
    return torch.cat([G(z(len(part)), part) for part in label.split(500)])


@torch.no_grad()
def minds_the_label(D):
    """How often the true label of a test image gets more than another one."""
    right, wrong = D(real, real_labels), D(real, (real_labels + 1) % 10)
    return (right.sum(1) > wrong.sum(1)).float().mean().item()


# %%
from coursekit.plots.style import table

rows, figures = [], {}
for name, G in made.items():
    x = sampled(G, wanted)
    right = (net.labels(x) == wanted).float().mean().item()
    precision, recall = precision_recall(real_features, net.features(x))
    figures[name] = right, precision, recall, minds_the_label(judges[name])
    rows.append([name, *(f"{value:.2f}" for value in figures[name])])
columns = ["way", "labels right", "precision", "recall", "D prefers the true label"]
table(columns, rows, f"{n_steps} steps each; {n:,} samples and as many test images.")
least = {"mnist": (0.5, 0.8, 0.8), "digits": (0.5, 0.7, 0.7)}[train.name]
assert all(figures[name][0] > floor for name, floor in zip(made, least, strict=True))
assert figures["AC-GAN"][2] <= figures["projection"][2]

# %% [markdown]
# **What we see.** After the same few steps projection and AC-GAN draw what was asked for. Concatenation lags behind,
# though its $D$ has come to mind the label about as often as projection's. And AC-GAN has clearly less recall. Is it the
# seed, is it too early? Recorded: three seeds, more steps, and two controls. **Shuffled labels** keep everything but the
# meaning: each training image has some other image's label. **No labels** is the same pair of nets with a label that is
# always 0.

# %%
from coursekit.recorded import recorded

record = recorded("conditional")


def rows_of(part):
    """Arm -> its rows, one for each seed."""
    found = {}
    for row in record.rows:
        if row["part"] == part:
            found.setdefault(row["arm"], []).append(row)
    return found


def three(rows, name, digits=2):
    """A figure of three seeds as one text."""
    values = [row[name] for row in rows]
    return "-" if None in values else " ".join(f"{value:.{digits}f}" for value in values)


# %% [markdown]
# The last column asks what the images can *teach*: a new classifier is **trained on 10,000 generated images** and their
# labels, and **tested on real ones** (Ravuri and Vinyals 2019 call it the classification accuracy score). It needs both,
# right labels and variety.

# %%
ways = rows_of("ways")
names = ["labels_right", "precision", "recall", "fid", "on_real"]
rows = [[arm, *(three(found, name) for name in names)] for arm, found in ways.items()]
columns = ["arm", "labels right", "precision", "recall", "FID-feat", "train on fake, test on real"]
table(columns, rows, f"MNIST, {ways['projection'][0]['n_steps']} steps, three seeds.")
assert all(len(found) == 3 for found in ways.values())
for arm in ("concatenation", "projection", "AC-GAN"):
    assert all(row["labels_right"] > 0.8 for row in ways[arm])
assert all(row["labels_right"] < 0.2 for row in ways["shuffled labels"])
for ac, projection in zip(ways["AC-GAN"], ways["projection"], strict=True):
    assert ac["recall"] <= projection["recall"] and ac["on_real"] < projection["on_real"]
unlabelled = [row["fid"] for arm in ("shuffled labels", "no labels") for row in ways[arm]]
for arm in ("concatenation", "projection", "AC-GAN"):
    assert max(row["fid"] for row in ways[arm]) < min(unlabelled)

# %% [markdown]
# **What we see.** **Projection** is ahead in labels, in FID-feat and in what its images teach, on every seed. Its
# 10,000 images teach a new classifier about as much as 500 real ones do (section 8). **AC-GAN** has nearly as many labels
# right, and less recall by a third or more; and a classifier that learned from its images reads real digits far worse,
# like a pupil who has seen tidy handwriting only. Label accuracy alone would have hidden that.
#
# With shuffled labels one in ten is right, as chance has it, and both controls have a higher FID-feat than any arm with
# labels: about ten times projection's, and still about twice AC-GAN's. **So labels made the images themselves better**: ten
# narrow questions are easier than a broad one. (The controls' recall is high, and their precision the lowest: images that
# are smeared over much of the space reach many real ones.)
#
# ### Why AC-GAN is less diverse
#
# Not by accident. In the game for $L_S$ alone the best $G$ has $p_g(x) = p(x)$, whatever it does with the label. $L_C$
# then *rewards images that are easy to read*: a sloppy seven that might be a one costs $G$ something even if real sevens
# look like that. So the balance is not at the data but at a version of them without the doubtful cases (Shu et al. 2017;
# Gong et al. 2019 add a second classifier that takes the surplus away). Projection has no such reward: a doubtful
# real image is as real as any.

# %% [markdown]
# ## 6. With patience
#
# The course ships a projection GAN that was trained for thirteen minutes.

# %%
from coursekit.shipped import load_shipped

shipped = load_shipped("cgan-mnist", run.device)
made["shipped"] = shipped.G
card = shipped.card
asked = torch.arange(2000, device=run.device) % 10
judge = load_feature_net("mnist", run.device)
right = (judge.labels(shipped.sample(2000, seed=1)) == asked).float().mean().item()
print(f"{card['n_steps']:,} steps: {right:.1%} of labels right, FID-feat {card['fid_feat']}")
print(f"(two sets of real test images: {card['real_against_real']})")
show_digits("shipped", "Figure 4. The shipped generator: columns share their noise.")
assert right > 0.95

# %% [markdown]
# **What we see.** One digit a row without exception, or nearly, and down a column one *hand*: slant, weight and width of
# the stroke carry over from digit to digit, though nobody ever named them. `coursekit sample cgan-mnist` writes such
# digits to a file.

# %% [markdown]
# ### The paper's own figure
#
# The paper reports a Parzen log-likelihood on MNIST (lesson 02 says what such a figure is worth):

# %%
published = [["GAN, 2014 (lesson 04)", "225 +- 2"], ["conditional GAN, 2014", "132 +- 1.8"]]
rows = [
    [f"ours: {arm}", three(ways[arm], "parzen", 0)]
    for arm in ("no labels", "shuffled labels", "concatenation", "projection", "AC-GAN")
]
table(["model", "log-likelihood, nats"], published + rows)
base = [r["parzen"] for r in ways["no labels"]]
for arm in ("concatenation", "projection"):
    assert min(r["parzen"] for r in ways[arm]) > max(base)
assert all(r["parzen"] < b for r, b in zip(ways["AC-GAN"], base, strict=True))

# %% [markdown]
# **What we see.** With equal nets and steps, concatenation and projection *raise* the figure; labels without meaning leave
# it or lower it. So the paper's fall from 225 to 132 is not the price of a condition. Its two GANs differ in much else: the
# conditional one has other nets (noise and label each through a layer of its own, dropout in $G$ as well), whose settings
# come from a search that the authors call limited; they print the figure as a proof of concept and expect that a
# conditional model can match the other. Ours are convolutional, trained for less than a minute, with $\sigma$ chosen on
# 1,000 training images; like the paper we draw 1,000 samples a class. And a figure in this table says little about
# legible digits: AC-GAN's are read right more often than concatenation's, and lie 35 nats or more below them.

# %% [markdown]
# ## 7. Can labels prevent collapse?
#
# The ring of lesson 06: eight modes, and nets and rates with which a plain GAN collapses. Now each point has a label.
# With **8 labels** each mode has its own; with **4** two neighbours share one; with **2** four do.
#
# **Predict.** How many modes does each of them hold?

# %%
from coursekit.collapse.labelled import ring_samples, train_on_labelled_ring
from coursekit.data.toys import ring
from coursekit.plots.collapse import clouds
from coursekit.plots.style import show

toy = ring()
points = {}
for n_labels in (4, 8):
    ring_G = train_on_labelled_ring(n_labels, run.seed, run.pick(fast=1200, full=1600))
    points[f"{n_labels} labels"] = ring_samples(ring_G, 400)
show(
    clouds(points, toy.centers, 3 * toy.sd),
    "Figure 5. 400 generated points, as many for each label. A circle is a mode of the data.",
)

# %%
from math import log

found = rows_of("ring")
rows = [[arm, three(r, "modes", 0), three(r, "good"), three(r, "kl")] for arm, r in found.items()]
columns = ["labels", "modes held", "share of good samples", "KL (nats)"]
table(columns, rows, "1,600 steps, three seeds.")
assert all(row["modes"] == 8 and row["good"] > 0.9 for row in found["8 labels"])
assert all(row["modes"] <= int(arm[0]) + 1 for arm in found for row in found[arm])
assert all(abs(row["kl"] - log(2)) < 0.001 for row in found["4 labels"])

# %% [markdown]
# **What we see.** **As many modes as labels, or about as many.** With 8 labels all eight modes are there, on every seed.
# With 4 there is one cloud a label, each at a mode of its own: a KL of $\log 2 = 0.69$ is what half of the modes give, all
# alike. (Once the count says 3: one cloud hung beside its mode when training stopped.) With 1 or 2 labels most points
# lie at no mode at all. So a label hands a mode out, and $G$ cannot give it back, for $D$ would see that something else
# lies under that label. *Within* a label nothing has changed: two modes under one label, and one of them is lost, as
# without labels. Conditioning does not cure collapse, it moves it to where nobody counts. With digits the classes are all
# there by construction, which says nothing about how many *kinds* of seven there are; hence recall.

# %% [markdown]
# ## 8. More training data out of nothing?
#
# A GAN can draw as many labelled images as we like. Does a classifier gain from them where labelled data are few? The
# honest setting: **the GAN has seen only the same few images.** 20 or 50 real digits a class; a classifier on these, or
# with half of each batch drawn by a projection GAN trained on these; and beside it the ordinary remedy, shifting the
# images by up to two pixels.
#
# **Predict.** Order the four: real, real + generated, real shifted, real shifted + generated.

# %%
found = rows_of("augment")
names = {
    "real": "real",
    "real_generated": "real + generated",
    "real_shifted": "real, shifted",
    "real_generated_shifted": "real + generated, shifted",
}
rows = [[text, *(three(r, name, 3) for r in found.values())] for name, text in names.items()]
rows.append(["the GAN's labels right", *(three(r, "labels_right") for r in found.values())])
table(["classifier trained on", *found], rows, "Accuracy on 10,000 test images, three seeds.")
for row in (row for arm in found.values() for row in arm):
    assert row["real_shifted"] > row["real"] > row["real_generated"]

# %% [markdown]
# **What we see.** Without shifts, generated images make the classifier a little worse, in every run: they say nothing that
# the few real ones do not say, and add the GAN's mistakes, five to eight wrong labels in a hundred. Shifting, a few lines
# of code, brings two to four points, since it adds *knowledge*: a seven moved by two pixels is a seven. On top of the
# shifts the generated images help in two runs of six and cost in four, by up to a point and a half either way: nothing
# that one could build on.
#
# Reports of larger gains have a source of knowledge outside the few images: Antoniou et al. 2017 train their GAN on *other*
# classes, with many images each. Ask of every such claim what the GAN has seen.

# %% [markdown]
# ## 9. Several right answers: tagging pictures
#
# A label has one right value. A picture on the web has *tags*, and many are right: `red`, `disc`, `small`, `upper`. The
# paper's second experiment turns the GAN around: **the picture is the condition, and a word is what is drawn.** Ours
# does it on scenes whose tags we know exactly: 18 words for colour, shape, size and place; some are synonyms. A *user*
# gave each scene two of the tags that hold; no user gives all.

# %%
from coursekit.tagging import TAGS, tag_documents, tagged_scenes

scenes, new = tagged_scenes(3000, run.seed), tagged_scenes(500, 1000 + run.seed)
for i in range(3):
    print(repr(scenes.scenes.captions[i]))
    for who, row in (("user", scenes.user[i]), ("all that hold", scenes.truth[i])):
        print(f"   {who}:", ", ".join(TAGS[k] for k in row.nonzero()[:, 0]))

# %% [markdown]
# ### Words as vectors
#
# $G$ cannot draw a word, but it can draw a point near a word's **vector**. Vectors come from counts: how much more often
# do two words stand together than chance would have it?
#
# $$ \text{PPMI}(a, b) = \max\Big(0, \log \frac{P(a, b)}{P(a)\, P(b)}\Big), $$
#
# and of this table the largest singular values and their directions. (The paper took skip-gram vectors of 200 numbers;
# Levy and Goldberg 2014 show that skip-gram factorises much the same table.)
#
# **Predict.** We count once within *one* caption a scene, and once within *three* captions of the same scene. When are
# `small` and `tiny` neighbours? And `small` and `large`?

# %%
from torch.nn.functional import normalize

from coursekit.data.word_vectors import word_vectors

vectors, rows, cosines = {}, [], {}
for n_captions in (1, 3):
    found = word_vectors(tag_documents(scenes, n_captions), len(TAGS) + 1, 16)[1:]  # 0 is padding
    vectors[n_captions] = normalize(found, dim=1)
for pair in (("small", "tiny"), ("small", "large"), ("red", "blue"), ("red", "small")):
    a, b = (TAGS.index(word) for word in pair)
    cosines[pair] = [(v[a] @ v[b]).item() for v in vectors.values()]
    rows.append([" - ".join(pair), *(f"{value:.2f}" for value in cosines[pair])])
table(["cosine", "one caption a scene", "three captions"], rows)
opposites = cosines["small", "large"]
assert cosines["small", "tiny"][1] > 0.6 > 0.3 > opposites[1] and opposites[0] > opposites[1] + 0.3

# %% [markdown]
# **What we see.** In one caption a word never meets its synonym, and never its opposite: somebody says `small`, or `tiny`, or
# `large`. All three keep the same company, so counts of company take them for nearly the same word: `small` is even closer
# to `large` than to `tiny`. (Vectors from windows of running text are known for it.) In three captions of one scene
# `small` and `tiny` do meet, `small` and `large` never do. **What counts as "together" decides what a vector knows.** We
# go on with three captions.

# %% [markdown]
# ### Three taggers
#
# **Popularity** gives every picture the tags that users give most. **Regression** predicts the mean vector of a user's
# tags by least squares, and takes the words nearest to it. **The conditional GAN** draws 100 vectors for a picture; each
# votes for its two nearest words.


# %%
def generate_tags(samples, vectors, n_nearest, n_tags):
    """samples (S, d) for one picture, vectors (V, d) -> the n_tags words with most votes."""
    cosine = normalize(samples, dim=1) @ normalize(vectors, dim=1).T
    votes = torch.bincount(cosine.topk(n_nearest).indices.flatten(), minlength=len(vectors))
    return votes.argsort(descending=True, stable=True)[:n_tags]


def precision_at_k(tags, truth, k):
    """tags (N, >= k), best first; truth (N, V) bool: the mean share of true ones among k."""
    return truth.gather(1, tags[:, :k]).double().mean().item()


# %%
from coursekit import tagging

v = vectors[3]
regression = tagging.train_regression(scenes, v, seed=run.seed)
read = tagging.reader_of(regression, scenes)  # pictures -> the 64 numbers before its end
tag_G = tagging.train_tagger(scenes, read(scenes.pictures), v, seed=run.seed)
drawn = tagging.draws(tag_G, read(new.pictures))  # (500, 100, 16)
tags = {
    "popularity": tagging.popular_tags(scenes, len(new), 5),
    "regression": tagging.nearest_tags(regression(new.pictures), v, 5),
    "conditional GAN": torch.stack([generate_tags(samples, v, 2, 5) for samples in drawn]),
}

# %% [markdown]
# The paper's $G$ is the same in small: noise and picture each through a layer, then joined; its picture features come from
# a frozen net, ours from the regression. Now the paper's table: picture, user tags, generated tags.

# %%
from coursekit.plots.conditional import picture_table


def in_words(rows, truth):
    """The tags of each picture as text, false ones in brackets."""
    return [
        ", ".join(TAGS[k] if true[k] else f"({TAGS[k]})" for k in row.tolist())
        for row, true in zip(rows, truth, strict=True)
    ]


shown = slice(0, 7)
truth = new.truth[shown]
words = {
    "user": in_words([row.nonzero()[:, 0] for row in new.user[shown]], truth),
    "conditional GAN": in_words(tags["conditional GAN"][shown], truth),
    "regression": in_words(tags["regression"][shown], truth),
}
figure = picture_table(new.scenes.floats(shown), words, (1.5, 3.1, 2.8))
show(figure, "Figure 6. New scenes and five tags for each; tags that do not hold are in brackets.")

# %%
rows = [
    [name, *(f"{precision_at_k(t, new.truth, k):.2f}" for k in (1, 3, 5))]
    for name, t in tags.items()
]
table(["tagger", "precision at 1", "at 3", "at 5"], rows, "500 new scenes, vectors of 16 numbers.")
at_5 = {name: precision_at_k(t, new.truth, 5) for name, t in tags.items()}
assert at_5["conditional GAN"] > at_5["popularity"] + 0.2

# %% [markdown]
# **What we see.** The GAN knows far more than popularity, from users who name two tags of many. **And the regression,
# without a game, is better still.** Was the paper's idea empty? The usual argument against regression is that it
# averages: the mean of `red` and `small` is neither. But with as many numbers as we have meanings, the words of a picture
# are nearly at right angles, and the words nearest to their mean are just these words. Averages hurt where words must
# share few directions. The paper had 247,465 words in 200 numbers, a thousand words a number; we have one. So let us
# take numbers away: recorded, three seeds.

# %%
found = rows_of("tagging")
columns = ["vectors of", "GAN at 1", "regression at 1", "GAN at 5", "regression at 5"]
columns.append("popularity at 5")
names = ["gan_1", "regression_1", "gan_5", "regression_5", "popularity_5"]
rows = [[arm, *(three(r, name) for name in names)] for arm, r in found.items()]
table(columns, rows, "Precision, three seeds.")
for row in (row for arm in found.values() for row in arm):
    assert row["gan_5"] > row["popularity_5"]
    if row["arm"] != "8 numbers":
        assert (row["regression_5"] > row["gan_5"]) == (row["arm"] == "16 numbers")

# %% [markdown]
# **What we see.** Both lose as numbers are taken away, since words come to lie on top of each other, and the regression
# loses more. At 5 the regression is ahead with 16 numbers, on every seed; with 8 the GAN is ahead by one point or two;
# with 4 **the GAN is ahead** by about three. Of the *first* tag that is not so: with 4 the regression is ahead. So
# drawing and voting pays where we ask for a list and words must share directions, and that is where the paper worked. It
# prints examples, though, and no figure, and had no regression beside it.

# %% [markdown]
# ## Summary
#
# - A condition goes to both nets. For each label the theory of lesson 03 holds as it stands; the step does not change.
# - Concatenation is the simplest and the slowest; projection follows from the form of the best score, and is best of the
#   three in nearly every column here.
# - AC-GAN rewards images that are easy to read: its labels are right and its recall is low, on every seed.
# - Labels made the images themselves better at equal steps, not only better sorted.
# - Labels hand modes out, one each. Within a label a GAN collapses as before.
# - A GAN trained on the same few images knows nothing that they do not say; shifting them says something new.
# - Where several answers are right, a GAN draws among them. Whether an average would have done is a question about the
#   space of answers: measure the regression too.

# %% [markdown]
# ## Common mistakes
#
# - **Giving the label to $G$ only.** $D$ then cannot object, and $G$ is free to ignore it.
# - **Showing $D$ fakes with other labels than they were made for.** A good seven under "three" is then called fake for
#   its label, and $G$ is punished for a good image.
# - **Label accuracy as the only figure.** One perfect image a class has 100 %.
# - **Judging labels by a classifier that shared the training**, such as AC-GAN's own: it agrees with $G$ by design.
# - **`CrossEntropyLoss` on probabilities**: softmax twice.
# - **Augmenting with a GAN that was trained on more images than the classifier may see.** It smuggles data in.
# - **Stop words in the vocabulary** of a tagger: they are near everything.

# %% [markdown]
# ## Questions
#
# 1. With shuffled labels the samples' labels are right one time in ten. Yet this GAN trains, and its recall is high. What
#    has $G$ learned to do with the label?
#
# <details><summary>Answer</summary>
#
# Nothing: image and label are independent in its data, so $p(x \mid y) = p(x)$, and the best $G$ draws any digit for any
# label. It is an unconditional GAN with ten useless inputs; compare its row with "no labels".
#
# </details>
#
# 2. In the projection discriminator, add the same vector $u$ to every $v_y$. What changes?
#
# <details><summary>Answer</summary>
#
# The score gains $\langle u, \phi(x) \rangle$, which does not depend on $y$ and can be taken over by $\psi$. Only
# differences of the $v_y$ speak about labels, as with the weights of a softmax.
#
# </details>
#
# 3. A tagger lets 100 draws vote for words by *inner product* with the mean draw instead of by nearest neighbours. Why
#    does it then need no GAN?
#
# <details><summary>Answer</summary>
#
# The sum of inner products with 100 draws is 100 times the inner product with their mean, and the mean of what a perfect
# $G$ draws is $E[v \mid \text{picture}]$, which least squares estimates directly. Draws are worth something only to a use
# that is not linear in them: the *nearest* word, or a list of different sensible answers.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Mirza and Osindero, *Conditional Generative Adversarial Nets*, 2014,
#   [arXiv:1411.1784](https://arxiv.org/abs/1411.1784): four pages; table 2 has the tags.
# - Odena et al., *Conditional Image Synthesis with Auxiliary Classifier GANs*, 2017,
#   [arXiv:1610.09585](https://arxiv.org/abs/1610.09585): section 4 measures variety within a class.
# - Miyato and Koyama, *cGANs with Projection Discriminator*, 2018,
#   [arXiv:1802.05637](https://arxiv.org/abs/1802.05637): section 3 is the derivation.
# - Gong et al., *Twin Auxiliary Classifiers GAN*, 2019, [arXiv:1907.02690](https://arxiv.org/abs/1907.02690): the bias
#   of AC-GAN and a cure.
# - Ravuri and Vinyals, *Classification Accuracy Score for Conditional Generative Models*, 2019,
#   [arXiv:1905.10887](https://arxiv.org/abs/1905.10887): train on fake, test on real, at the scale of ImageNet.
# - Levy and Goldberg, *Neural Word Embedding as Implicit Matrix Factorization*, 2014.
