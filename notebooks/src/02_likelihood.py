# ---
# jupyter:
#   coursekit:
#     title: Likelihood, and how to judge a generator
#     budget: 60
#     data: embedded garments
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
# # 02 · Likelihood, and how to judge a generator
#
# **You will train a generator without any detective, by maximum likelihood, and then watch the obvious ways of judging a
# generator fail, one after the other, on real images.**

# %% [markdown]
# ## What you will be able to do
#
# - **state** what a generator of images must do, and why no single image can show that it does,
# - **measure** how badly the distance to the nearest training image judges a sample,
# - **derive** maximum likelihood as the smallest forward KL divergence, and check each line with a number,
# - **fit** an explicit model, sample from it, and read overfitting off its held-out likelihood,
# - **predict** what one Gaussian does with two modes when it minimises either direction of KL,
# - **explain** why Parzen windows prefer blurred averages to real images, and why a closest reference stops helping when
#   texts and images grow.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | probabilities, expectations, logarithms; gradient descent in PyTorch |
# | **Paper** | Theis, van den Oord and Bethge, *A note on the evaluation of generative models*, 2016: [arXiv:1511.01844](https://arxiv.org/abs/1511.01844) |
# | **Cost** | 35 s on 2 CPU cores (profile `fast`); GPU: not used; data: garments that the course brings along |
# | **Previous** | [01 · How a network learns](01_backprop_review.ipynb) |
# | **Next** | [03 · The minimax game, solved exactly](03_minimax_theory.ipynb) |
# | **Exercise** | [02 · exercises](../exercises/02_likelihood.ipynb) |

# %%
import math

import torch

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # what is trained here is tiny

# %% [markdown]
# ## 1. What is the image generation problem?
#
# A classifier gets an image and has one right answer. A generator gets *nothing* at test time, nothing but random
# numbers, and there is no right answer. What we want from it is a property of all its images together: they should look
# as if they came from the same source as the training images. We call that source $p_\text{data}$, a distribution that
# nobody can write down. All we have is a sample of it: the training set.
#
# And the images should be **new**. One of the two rows below was made by a generator.

# %%
from coursekit.data.images import load_images
from coursekit.plots.likelihood import image_rows
from coursekit.plots.style import show, table

data, unseen = (
    load_images("fashion-mnist-embedded", split, device="cpu") for split in ("train", "test")
)
order = torch.randperm(len(data), generator=torch.Generator().manual_seed(run.seed))
train = (data.floats(order) + 1) / 2  # pixels in [0, 1], as in published Parzen figures
held_out = (unseen.floats() + 1) / 2
held_out = held_out[torch.randperm(len(held_out), generator=torch.Generator().manual_seed(1))]
print(f"{data.name}: {len(train):,} training images, {len(held_out):,} held out")
show(
    image_rows(held_out[:10], train[:10]),
    "Figure 1. Above: images that no generator saw. Below: the memoriser's.",
)

# %% [markdown]
# The second row comes from the **memoriser**, which returns a random training image. Each of its images is perfect, they
# are as varied as the data, and it has learned nothing. So a judge has to see three things: whether the images are good,
# whether they are varied, and whether they are new.

# %% [markdown]
# ## 2. Can the nearest training image be the judge?
#
# An idea that many papers show as a figure: put next to each sample the training image nearest to it, in Euclidean
# distance over the pixels. If they are the same, the generator has memorised. If they differ, it has not.


# %%
def nearest_neighbour(samples, train):
    """For each sample the index of its nearest training image, and their Euclidean distance."""
    index = torch.cdist(samples.flatten(1), train.flatten(1)).argmin(1)
    distance = (samples - train[index]).flatten(1).norm(dim=1)  # again: cdist rounds near 0
    return index, distance


# %% [markdown]
# The memoriser fails this test at once: all its distances are 0. Now let it move each image one pixel to the right. You
# would not notice the difference.
#
# **Predict.** In how many of 100 cases is the original still the nearest training image of the shifted copy?


# %%
def shifted(images, pixels=1):
    """The images moved to the right, what leaves on one side replaced by black on the other."""
    return torch.nn.functional.pad(images, (pixels, 0))[..., : images.shape[-1]]


rows = []
for seed in range(run.seed, run.seed + 3):
    picks = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[:300]
    lost = []
    for pixels in (0, 1, 2):
        index, distance = nearest_neighbour(shifted(train[picks], pixels), train)
        lost.append((index != picks).float().mean().item())
    rows.append([seed, *(f"{share:.0%}" for share in lost)])
    assert lost[0] == 0
    assert lost[1] > 0.4 and lost[2] > 0.8
table(["seed", "original lost: not shifted", "1 pixel", "2 pixels"], rows)

# %%
copies = shifted(train[picks])
index, _ = nearest_neighbour(copies, train)
missed = (index != picks).nonzero()[:10, 0]
show(
    image_rows(train[picks[missed]], copies[missed], train[index[missed]]),
    "Figure 2. Above: training images. Middle: their copies, one pixel to the right. Below: the "
    "training image nearest to the copy, which is another one.",
)

# %% [markdown]
# **What we see.** One pixel hides the original in more than half of the cases, two pixels in nearly nine of ten. The
# distance adds up differences pixel by pixel, and along every edge a small move changes many of them. So a generator
# that copies and shifts passes as creative.
#
# Perhaps the distance is at least a measure of *quality*: should good samples not be near to real images? Compare held-out
# images, which are as good as images can be, with **averages**: the mean of a held-out image and its four nearest relatives, all
# of them held out.
#
# **Predict.** Which of the two is nearer to the training set, the real images or the averages?

# %%
real_images = held_out[:300]
relatives = torch.cdist(real_images.flatten(1), held_out.flatten(1)).topk(5, largest=False).indices
kinds = {
    "real, held out": real_images,
    "averages of five": held_out[relatives].mean(1),
    "real, with a little noise": (real_images + 0.1 * torch.randn_like(real_images)).clamp(0, 1),
}
distances = {name: nearest_neighbour(images, train)[1] for name, images in kinds.items()}
rows = [[name, f"{distance.mean():.2f}"] for name, distance in distances.items()]
table(["images", "mean distance to the nearest training image"], rows)
closer = (distances["averages of five"] < distances["real, held out"]).float().mean().item()
print(f"the average is nearer than the real image in {closer:.0%} of the cases")
assert closer > 0.9

# %% [markdown]
# **What we see.** The blurred average is nearer almost always. A grey pixel is never far from anything. A distance over pixels
# prefers blur to truth; we shall meet the same preference in section 7, dressed as a likelihood.

# %% [markdown]
# ## 3. Why maximum likelihood?
#
# A better idea: let the model say how *probable* it finds an image, and ask that real images be probable. A model
# $p_\text{model}(x \mid \theta)$ gives each possible $x$ a probability, and all of them together sum to 1. So it cannot
# please everybody: to praise one image it must take probability from others. **Maximum likelihood** chooses
#
# $$ \theta^* = \arg\max_\theta \operatorname{E}_{x \sim p_\text{data}} \log p_\text{model}(x \mid \theta). $$
#
# Why the logarithm, and why this? Subtract something that does not depend on $\theta$ at all, the entropy of the data:
#
# $$ \begin{aligned}
#    \underbrace{-\operatorname{E}_{p_\text{data}} \log p_\text{model}}_{\text{cross entropy } H(p_\text{data},\, p_\text{model})}
#    &= \underbrace{-\operatorname{E}_{p_\text{data}} \log p_\text{data}}_{\text{entropy } H(p_\text{data})}
#    + \underbrace{\operatorname{E}_{p_\text{data}} \log \frac{p_\text{data}}{p_\text{model}}}_{\text{KL}(p_\text{data} \parallel p_\text{model})} .
#    \end{aligned} $$
#
# The **Kullback-Leibler divergence** is never negative, and zero only for the perfect model. So *maximising the
# likelihood is minimising $\text{KL}(p_\text{data} \parallel p_\text{model})$*. As code, for distributions over a few values:


# %%
def kl_divergence(p, q):
    """KL(p || q) in nats, with 0 log 0 = 0; infinite where q is 0 and p is not."""
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum()


def cross_entropy(p, q):
    """-sum p log q in nats, with 0 log 0 = 0."""
    return -torch.xlogy(p, q).sum()


# %% [markdown]
# The data: a bag of five kinds of garments, with the shares below. Four models of it.
#
# **Predict.** Which is punished most: the one that knows nothing, the one that confuses two kinds, or the one that never
# makes the rarest kind?

# %% tags=["nbval-check-output"]
p = torch.tensor([0.40, 0.30, 0.15, 0.10, 0.05], dtype=torch.float64)
models = {
    "perfect": p,
    "knows nothing": torch.full_like(p, 0.2),
    "confuses the first two": p[[1, 0, 2, 3, 4]],
    "never makes the last": torch.tensor([0.42, 0.32, 0.16, 0.10, 0.0], dtype=torch.float64),
}
entropy, rows = cross_entropy(p, p), []
for name, q in models.items():
    rows.append([name, *(f"{v:.4f}" for v in (entropy, kl_divergence(p, q), cross_entropy(p, q)))])
    assert torch.isclose(entropy + kl_divergence(p, q), cross_entropy(p, q), atol=1e-12)
table(["model", "entropy", "+ KL", "= cross entropy (nats)"], rows)

# %% [markdown]
# **What we see.** The two columns add up to the third for every model. Confusing two common kinds costs little. Never
# making the rarest kind costs *infinitely* much: the first such garment in the data has probability 0. Remember this
# severity. Likelihood forgives mediocre samples and does not forgive missing ones.
#
# We know only a sample of $p_\text{data}$, so in practice the expectation is a mean over it. Let gradient ascent find
# $\theta$ for 1,000 garments drawn from the bag.

# %%
for seed in range(run.seed, run.seed + 3):
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.multinomial(p, 1000, replacement=True, generator=generator)
    theta = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=0.1)
    for _ in range(300):
        loss = -torch.log_softmax(theta, 0)[drawn].mean()  # minus the mean log-likelihood
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    learned = torch.softmax(theta, 0).detach()
    counted = torch.bincount(drawn, minlength=5) / 1000
    gap, kl = (learned - counted).abs().max().item(), kl_divergence(p, learned).item()
    print(f"seed {seed}: learned = counted up to {gap:.0e}; KL(p || learned) = {kl:.4f} nats")
    assert gap < 1e-4 and kl < 0.01

# %% [markdown]
# **What we see.** Maximum likelihood finds what counting would have found: the shares in the sample. With images there is
# nothing to count, since no image occurs twice. That is why a model must carry over from one image to its relatives.

# %% [markdown]
# ## 4. An explicit model: fit it, sample it, catch it overfitting
#
# A model is **explicit** if its density can be computed. The oldest one that can do something is a mixture of Gaussians,
# $p_\text{model}(x) = \sum_k w_k\, N(x;\, \mu_k, \Sigma_k)$. The expectation-maximisation algorithm climbs its
# likelihood; scikit-learn has a well-kept one. The data: 200 points from the ring of eight clusters of lesson 00.
#
# **Predict.** We try 1 to 64 components. Where is the likelihood of the *training* points highest? And that of 2,000
# points that the model never saw?

# %%
from sklearn.mixture import GaussianMixture

from coursekit.data.toys import ring

toy, counts = ring(n_modes=8, radius=2.0, sd=0.1), (1, 2, 4, 8, 16, 32, 64)
scores, mixtures = {}, {}
for seed in range(run.seed, run.seed + 3):
    generator = torch.Generator().manual_seed(seed)
    points, fresh = (toy.draw(n, generator).double().numpy() for n in (200, 2000))
    fits = [GaussianMixture(k, n_init=2, random_state=seed).fit(points) for k in counts]
    scores[seed] = [[fit.score(x) for fit in fits] for x in (points, fresh)]
    mixtures[seed] = dict(zip(counts, fits, strict=True))
# E log p_data, the clusters being far apart:
ceiling = -math.log(8) - math.log(2 * math.pi * toy.sd**2) - 1
for seed, (seen, held) in scores.items():
    print(f"seed {seed}: 8 components {held[3]:.2f} nats held out, 64 components {held[6]:.2f}")
    assert max(held) == held[3] and held[3] < ceiling and seen[6] == max(seen) > ceiling
print(f"what p_data itself would score: {ceiling:.2f}")

# %%
from coursekit.plots.points import draw_points
from coursekit.plots.style import D_LINE, FAKE_LINE, label, new_figure

figure = new_figure(7, 3)
axis = figure.subplots()
axis.plot(counts, scores[run.seed][0], **FAKE_LINE, label="200 training points")
axis.plot(counts, scores[run.seed][1], **D_LINE, label="2,000 held-out points")
axis.axhline(ceiling, color="black", linestyle=":", label="E log p_data")
axis.set(xscale="log", xticks=counts, xticklabels=counts, ylim=(-5, 3))
axis.minorticks_off()
label(axis, "components", "mean log-likelihood (nats)")
show(
    figure, "Figure 3. More components always praise the training points more. Fresh points object."
)

figure = new_figure(7.5, 2.7)
for axis, k in zip(figure.subplots(1, 3, sharey=True), (2, 8, 64), strict=True):
    made = torch.tensor(mixtures[run.seed][k].sample(300)[0])
    draw_points(axis, torch.tensor(fresh[:300]), made, 3.0)
    axis.set_title(f"{k} components", fontsize=11, loc="left")
show(
    figure, "Figure 4. Real points (blue circles) and samples of three mixtures (orange triangles)."
)

# %% [markdown]
# **What we see.** On the training points more components are always better, far beyond what $p_\text{data}$ itself would
# score: the model has begun to memorise. The held-out curve is highest at 8, the truth, and then falls steeply. No look
# at a sample sheet would have told 8 from 64 so clearly: in Figure 4 the samples of the 64 look nearly as good, only a little too tight. **A held-out
# likelihood sees memorising.** That is worth a lot.
#
# And on images? A mixture over 784 pixels would need far too many numbers for its covariances. We keep the 30 directions
# in which the images vary most (a principal component analysis), and model these.

# %%
from sklearn.decomposition import PCA

pca = PCA(30, random_state=run.seed).fit(train.flatten(1).numpy())
codes, held_codes = (
    pca.transform(x.flatten(1).numpy()).astype(float) for x in (train[:5000], held_out[:2000])
)
image_models, rows = {}, []
for k in (1, 10, 30, 100):
    settings = {"reg_covar": 1e-3, "max_iter": 20, "tol": 0.01, "random_state": run.seed}
    image_models[k] = GaussianMixture(k, **settings).fit(codes)
    rows.append([k, *(f"{image_models[k].score(x):.1f}" for x in (codes, held_codes))])
table(["components", "training images (nats)", "held-out images (nats)"], rows)
held = {k: model.score(held_codes) for k, model in image_models.items()}
best_k = max(held, key=held.get)
assert best_k == 30


# %%
def decoded(codes):
    """Images from the 30 numbers of each."""
    return torch.tensor(pca.inverse_transform(codes)).float().view(-1, *train.shape[1:])


made = image_models[best_k].sample(30)[0]
shuffle = torch.randperm(30, generator=torch.Generator().manual_seed(run.seed))
show(
    image_rows(*decoded(made)[shuffle].split(10)),
    f"Figure 5. Samples of the mixture with {best_k} components. Nobody has sewn these.",
)

# %% [markdown]
# **What we see.** A generator! Most samples can be read, and they are varied. None is a copy: all are blurred, since
# 30 numbers cannot say where an edge is, and some lie between two kinds. The held-out likelihood again rises, then
# falls. All of this without a game, in seconds. So why does anybody play it? Two reasons follow.

# %% [markdown]
# ## 5. Does a better likelihood mean better images?
#
# Take the mixture of Figure 5 and spoil it: 99 samples of 100 are now the average image, a grey smudge (with a trace of noise, so
# that it has a density). The density of the whole is $0.01\, p + 0.99\, p_\text{smudge}$, which is at least $0.01\, p$ everywhere. So no
# image loses more than $\log 100 = 4.6$ nats.
#
# **Predict.** Which scores higher on held-out images: the spoiled mixture, or the clean single Gaussian?

# %%
from torch.distributions import Normal

smudge = Normal(torch.zeros(30).double(), 0.1)  # all 30 numbers near 0: the average image
clean = torch.tensor(image_models[best_k].score_samples(held_codes))
log_smudge = smudge.log_prob(torch.tensor(held_codes)).sum(1)
spoiled = torch.logaddexp(math.log(0.01) + clean, math.log(0.99) + log_smudge)
rows = [
    [f"mixture of {best_k}", f"{clean.mean():.1f}"],
    [f"99 % smudge, 1 % mixture of {best_k}", f"{spoiled.mean():.1f}"],
    ["one Gaussian", f"{held[1]:.1f}"],
]
table(["model", "held-out images (nats)"], rows)
loss = (clean - spoiled).mean()
assert loss < math.log(100) + 1e-9 and spoiled.mean() > held[1] + 1

# %%
from_smudge = decoded(smudge.sample((10,)))
from_one = decoded(image_models[1].sample(10)[0])
show(
    image_rows(from_smudge, from_one),
    "Figure 6. Above: ten samples of the spoiled mixture, as they usually come. Below: ten of the "
    "single Gaussian, which has the lower likelihood.",
)

# %% [markdown]
# **What we see.** The model that makes the same smudge 99 times of 100 has the higher likelihood. Nothing is wrong with the
# calculation: in many dimensions likelihoods differ by tens or hundreds of nats, and $\log 100$ drowns among them. The
# reverse exists too: the memoriser makes perfect images, and gives held-out ones the probability 0. **Likelihood and the
# look of samples are different things** (Theis et al. 2016).

# %% [markdown]
# ## 6. What does each direction of KL want?
#
# Maximum likelihood minimises $\text{KL}(p_\text{data} \parallel q)$, the **forward** direction. One can also minimise the **reverse**,
# $\text{KL}(q \parallel p_\text{data})$. For two Gaussians both have a closed form:
#
# $$ \text{KL}\bigl(N(\mu_0, \sigma_0^2) \parallel N(\mu_1, \sigma_1^2)\bigr)
#    = \log \frac{\sigma_1}{\sigma_0} + \frac{\sigma_0^2 + (\mu_0 - \mu_1)^2}{2 \sigma_1^2} - \frac12. $$


# %%
def kl_gaussians(mu0, std0, mu1, std1):
    """KL(N(mu0, std0^2) || N(mu1, std1^2)) in nats."""
    return math.log(std1 / std0) + (std0**2 + (mu0 - mu1) ** 2) / (2 * std1**2) - 0.5


# %% tags=["nbval-check-output"]
from coursekit.theory import js_divergence, normal_pdf

x = torch.linspace(-20, 20, 4001, dtype=torch.float64)
dx, rows = 0.01, []
for mu, std in ((0, 2), (1, 1), (2, 1), (4, 1), (6, 1)):
    a, b = normal_pdf(x, 0, 1) * dx, normal_pdf(x, mu, std) * dx
    forward, reverse = kl_gaussians(0, 1, mu, std), kl_gaussians(mu, std, 0, 1)
    numeric = [kl_divergence(a, b), kl_divergence(b, a)]
    jsd, back = js_divergence(a, b), js_divergence(b, a)
    assert abs(numeric[0] - forward) < 1e-6 and abs(numeric[1] - reverse) < 1e-6
    assert abs(jsd - back) < 1e-12 and jsd < math.log(2)
    rows.append([f"$N({mu}, {std}^2)$", f"{forward:.3f}", f"{reverse:.3f}", f"{jsd:.3f}"])
table(
    ["q, against p = N(0, 1)", r"$\text{KL}(p \parallel q)$", r"$\text{KL}(q \parallel p)$", "JSD"],
    rows,
)

# %% [markdown]
# **What we see.** The formula agrees with the sum over a fine grid to six digits. KL is not symmetric (first row), and grows
# without end as the two move apart. The **Jensen-Shannon divergence** is symmetric and never exceeds $\log 2 = 0.693$
# nats. It is the one that GANs turn out to minimise, and lesson 03 derives it.
#
# What happens if $q$ *cannot* be perfect? $p_\text{data}$ now has two modes, 40 % of its mass at $-2$ and 60 % at
# $+2$, and $q$ is a single Gaussian. We let gradient descent choose its mean and standard deviation, from three starts.
#
# **Predict.** Where does $q$ end for the forward direction? And for the reverse?

# %%
from torch.distributions import Categorical, MixtureSameFamily

shares, modes = torch.tensor([0.4, 0.6]).double(), torch.tensor([-2.0, 2.0]).double()
log_p = MixtureSameFamily(Categorical(shares), Normal(modes, 0.6 + 0 * modes)).log_prob(x)


def forward_kl(log_q):
    return (log_p.exp() * (log_p - log_q)).sum() * dx


def reverse_kl(log_q):
    return (log_q.exp() * (log_q - log_p)).sum() * dx


def fit_gaussian(kl, start, n_steps=400):
    """Mean, standard deviation and KL in nats of one Gaussian after gradient descent."""
    mean = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    log_sd = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([mean, log_sd], lr=0.05)
    for _ in range(n_steps):
        loss = kl(Normal(mean, log_sd.exp()).log_prob(x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return mean.item(), log_sd.exp().item(), loss.item()


# %% tags=["nbval-check-output"]
starts, directions = (-3.0, 0.0, 3.0), {"forward": forward_kl, "reverse": reverse_kl}
found = {(name, s): fit_gaussian(kl, s) for name, kl in directions.items() for s in starts}
rows = [[name, s, *(f"{v:.2f}" for v in result)] for (name, s), result in found.items()]
table(["direction", "start", "mean", "sd", "KL (nats)"], rows)
mean_p, sd_p = 0.4, math.sqrt(0.6**2 + 16 * 0.4 * 0.6)  # the moments of p_data
for s in starts:
    mean, sd, _ = found["forward", s]
    assert abs(mean - mean_p) < 0.01 and abs(sd - sd_p) < 0.01
for s, mode, share in ((-3.0, -2, 0.4), (3.0, 2, 0.6)):
    mean, sd, kl = found["reverse", s]
    assert abs(mean - mode) < 0.01 and abs(sd - 0.6) < 0.01 and abs(kl + math.log(share)) < 0.01
assert found["reverse", 0.0][2] > found["reverse", -3.0][2] > found["reverse", 3.0][2]

# %% [markdown]
# The fits from the two outer starts as a picture:

# %%
from coursekit.plots.style import OTHER_LINES, REAL_LINE

figure = new_figure(7.5, 2.7)
for axis, name in zip(figure.subplots(1, 2, sharey=True), directions, strict=True):
    axis.plot(x, log_p.exp(), **REAL_LINE, label="$p_{data}$")
    for start, style in ((3.0, FAKE_LINE), (-3.0, OTHER_LINES[0])):
        mean, sd, _ = found[name, start]
        axis.plot(x, normal_pdf(x, mean, sd), **style, label=f"q from {start:.0f}")
    axis.set_xlim(-7, 7)
    label(axis, "x", "density", f"{name} KL", legend=name == "forward")
show(
    figure, "Figure 7. One Gaussian for two modes. Forward: it covers both. Reverse: it seeks one."
)

# %% [markdown]
# **What we see.** The forward fit takes the mean and the standard deviation of the data, whatever the start, and puts much of its mass in the
# empty middle: it must not miss any place where data are, and *covers*. The reverse fit from the right sits on the right mode
# exactly, and from the left on the left one: it must not be where data are not, and *seeks a mode*. It pays
# about $-\log$ of the mode's share, 0.51 nats on the larger and 0.91 on the smaller, and from there no small step leads to
# the better one. Started in the middle it even gets stuck between the modes, at 1.14 nats. The direction decides what
# is best; which optimum is *found* is another question.
#
# So a maximum-likelihood model that is too simple makes samples that no data resemble, and forgets nobody. A mode seeker makes
# convincing samples, and forgets a part of the data. Try both by hand:
#
# 1. Find the lowest forward KL with the sliders of $q$, then the lowest reverse KL. The dotted marks say when you are there.
# 2. **Predict**: as the modes move apart (*distance*), do the two best Gaussians part slowly or suddenly? Then look.
# 3. Does JSD prefer to cover, or to seek? Compare the two best Gaussians of Figure 8 in it.

# %%
from coursekit.widgets.kl_explorer import KLExplorer, Settings

show(
    KLExplorer(Settings(mean=1.0, sd=1.0, share=0.6)),
    "Figure 8. Run the cell to move the sliders: two for q, two for the real distribution.",
)

# %% tags=["nbval-check-output"]
from coursekit.widgets.kl_explorer import FORWARD, JSD, REVERSE, compute

rows, widths = [], {}
for distance in (0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 6.0):
    best = compute(Settings(distance=distance, share=0.6)).best
    row = [distance]
    for direction in (FORWARD, REVERSE):
        mean, sd, _ = best[direction]
        jsd = compute(Settings(mean, sd, distance, 0.6)).divergences[JSD]
        row += [f"mean {abs(mean):.1f}, sd {sd:.1f}", f"{abs(jsd):.3f}"]
        widths[distance, direction] = sd
    rows.append(row)
table(["distance", "best forward", "its JSD", "best reverse", "its JSD"], rows)
assert widths[6, FORWARD] > 2.5 > widths[3, REVERSE] > 1.3 and widths[3.5, REVERSE] < 0.7

# %% [markdown]
# **What we see.** Up to a distance of 3 both cover the two modes with nearly the same Gaussian. Then the reverse one jumps: at 3.5 it
# sits on the larger mode, and stays there. The forward one grows wider and wider. JSD sees hardly a difference where they part (0.156
# against 0.164 at a distance of 4), and prefers the mode seeker when the modes are far apart (0.256 against 0.164 at 6).

# %% [markdown]
# ## 7. Can samples alone be given a likelihood?
#
# The second reason to look further: a neural generator maps noise to images, and nobody can compute the density of what comes
# out. It gives samples, nothing else. The GAN paper of 2014 used a **Parzen window**: put a small Gaussian on each of $m$
# samples, and call the mixture the model's density,
#
# $$ \log \hat p(x) = \log \frac1m \sum_{j=1}^m N(x;\, \text{sample}_j,\, \sigma^2 I), $$
#
# with $\sigma$ chosen on validation images. In hundreds of dimensions each term is far too small for a float, so the sum is taken by
# `logsumexp`, which factors the largest term out.


# %%
def parzen_log_likelihood(samples, x, sigma):
    """The log density in nats of each x (n, d) under equal Gaussians on samples (m, d)."""
    d = samples.shape[1]
    exponents = -torch.cdist(x, samples).square() / (2 * sigma**2)
    normaliser = math.log(len(samples)) + d * math.log(sigma * math.sqrt(2 * math.pi))
    return torch.logsumexp(exponents, 1) - normaliser


# %% [markdown]
# Three sets of "samples" to be judged as if a generator had made them: 200 **real** training images, 200 **averages** (the
# centres that k-means finds among the 6,000), and the whole training set, which is the memoriser's.
#
# **Predict.** Real images are samples of $p_\text{data}$ itself: no generator can do better. Who wins, 200 real images
# or 200 averages?

# %%
from sklearn.cluster import MiniBatchKMeans


def averages(images, n, seed):
    """The n centres that k-means finds among the images, as rows of pixels."""
    kmeans = MiniBatchKMeans(n, init="random", batch_size=2048, max_iter=10, random_state=seed)
    return torch.tensor(kmeans.fit(images.numpy()).cluster_centers_)


real = train.flatten(1)
centers = averages(real, 200, run.seed)
show(
    image_rows(train[:10], centers[:10].view(-1, *train.shape[1:])),
    "Figure 9. Above: ten of the 200 real images. Below: ten of the 200 averages.",
)

# %%
from coursekit.metrics.parzen import SIGMAS, choose_sigma, mean_and_error

validation, judged = held_out[:300].flatten(1), held_out[300:2300].flatten(1)
sets = {"200 real images": real[:200], "200 averages": centers, "all training images": real}
styles = (REAL_LINE, FAKE_LINE, OTHER_LINES[0])
figure, rows = new_figure(7, 3), []
axis = figure.subplots()
for (name, samples), style in zip(sets.items(), styles, strict=True):
    sigma, curve = choose_sigma(samples, validation)
    mean, error = mean_and_error(parzen_log_likelihood(samples, judged, sigma))
    rows.append([name, f"{sigma:.2f}", f"{mean:.0f} ± {error:.0f}"])
    axis.plot(SIGMAS, [nats for _, nats in curve], **style, label=name, marker=".")
axis.set(xscale="log", xticks=(0.1, 0.2, 0.5, 1), xticklabels=(0.1, 0.2, 0.5, 1))
axis.set_ylim(bottom=-400)
label(axis, "sigma", "validation images (nats)")
show(
    figure,
    "Figure 10. Each set of samples has its own best sigma, which is then used to judge it.",
)

# %% [markdown]
# The judgement itself, on images that served for nothing else so far, with the standard error over these images:

# %%
table(["samples", "sigma", "Parzen log-likelihood of held-out images (nats)"], rows)

# %% [markdown]
# **What we see.** Two hundred blurs beat two hundred real images by far, and come near to all 6,000. Highest of all is
# the memoriser, who has learned nothing. Before we believe it: two more seeds, on which both sets are drawn anew. The
# images judged are the same, so the difference is taken image by image, with its standard error.

# %%
rows = []
for seed in range(run.seed, run.seed + 3):
    shuffled = real[torch.randperm(len(real), generator=torch.Generator().manual_seed(seed))]
    pair = [shuffled[:200], centers if seed == run.seed else averages(real, 200, seed)]
    log_likelihoods = [
        parzen_log_likelihood(samples, judged, choose_sigma(samples, validation)[0])
        for samples in pair
    ]
    lead, error = mean_and_error(log_likelihoods[1] - log_likelihoods[0])
    nearest = [torch.cdist(judged, samples).amin(1).square().mean().item() for samples in pair]
    rows.append([seed, f"{lead:.0f} ± {error:.0f}", *(f"{square:.0f}" for square in nearest)])
    assert lead > 3 * error and nearest[1] < nearest[0]
table(
    ["seed", "lead of the averages (nats)", "squared distance to the nearest real", "... average"],
    rows,
)

# %% [markdown]
# **What we see.** On every seed the averages win, by dozens of standard errors. The last columns say why. Parzen sees
# squared distances and nothing else. An average sits in the middle of its group, so a new member of the group is only
# its own deviation away from it. A real image is itself off the middle, and then the two deviations add up. It is section 2's blur
# again. Theis et al. (2016) found the same on handwritten digits, with the protocol by which the first GANs were
# ranked.
#
# Is it at least right on average, given enough samples? Test it where the truth is known: both the samples and the judged
# points come from $N(0, I)$ in $d$ dimensions, where $\operatorname{E} \log p = -\tfrac d2 \log 2 \pi e$.
#
# **Predict.** How many samples are enough for $d = 100$?

# %%
dimensions, gaps = (1, 2, 5, 10, 20, 50, 100), {}
for m in (100, 1000, 10_000):
    generator = torch.Generator().manual_seed(run.seed)
    gaps[m] = []
    for d in dimensions:
        tuning, x_d = torch.randn(2, 300, d, generator=generator)
        samples = torch.randn(m, d, generator=generator)
        sigma, _ = choose_sigma(samples, tuning, (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.3))
        estimate = parzen_log_likelihood(samples, x_d, sigma).mean().item()
        gaps[m].append(-d / 2 * math.log(2 * math.pi * math.e) - estimate)
    assert gaps[m][-1] > 10 and abs(gaps[m][0]) < 0.3

# %%
from coursekit.plots.lines import draw_lines

figure = new_figure(7, 2.8)
axis = figure.subplots()
lines = {f"{m:,} samples": values for m, values in gaps.items()}
draw_lines(axis, dimensions, lines, "dimensions", "estimate below truth by (nats)")
show(
    figure,
    "Figure 11. The truth is known here. In few dimensions Parzen is right, in many it is not.",
)
print(f"at d = 100: {', '.join(f'{gap[-1]:.1f} nats with {m:,}' for m, gap in gaps.items())}")

# %% [markdown]
# **What we see.** In one or two dimensions the estimate is right. In 100 it is too low by around 20 nats, and a hundred times as many
# samples win back only a quarter of that. Images have 784 dimensions. So a Parzen figure is neither the
# likelihood, nor a fair ranking. We shall still fill in one row of the table of 2014 in lesson 04, to compare with what was printed then, and
# from lesson 08 on we judge differently.

# %% [markdown]
# ## 8. How do people judge texts?
#
# Those who translate by machine had the same problem: no density, many right answers. Their answer was to compare with
# what people wrote. **BLEU** counts how many runs of 1, 2, ..., $n$ words of the candidate occur in one of the references (each at most as
# often as there), takes the geometric mean of these shares, and punishes texts that are too short.

# %%
from collections import Counter


def runs(words, n):
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def bleu(candidate, references, n):
    """BLEU in [0, 1] of a list of words; 0 where some length of run, 1 to n, has no match."""
    log_precisions = []
    for length in range(1, n + 1):
        counts, allowed = runs(candidate, length), Counter()
        for reference in references:
            allowed |= runs(reference, length)  # the larger count of the two
        matched = (counts & allowed).total()
        if matched == 0:
            return 0.0
        log_precisions.append(math.log(matched / counts.total()))
    c = len(candidate)
    r = min((abs(len(words) - c), len(words)) for words in references)[1]  # the nearest length
    return min(1.0, math.exp(1 - r / c)) * math.exp(sum(log_precisions) / n)


# %% [markdown]
# The references and the first candidate are the BLEU paper's. **Predict.** What would the first candidate score if repeated words were not clipped?

# %% tags=["nbval-check-output"]
references = [s.split() for s in ("the cat is on the mat", "there is a cat on the mat")]
candidates = (
    "the the the the the the the",
    "the cat is on the mat",
    "on the mat is the cat",
    "the cat",
)
rows = [
    [text, *(f"{bleu(text.split(), references, n):.3f}" for n in (1, 2, 4))] for text in candidates
]
table(["candidate", "n = 1", "n = 2", "n = 4"], rows)
assert bleu(["the"] * 7, references, 1) == 2 / 7  # Papineni et al. 2002, section 2.1

# %% [markdown]
# **What we see.** Seven times *the* gets $2/7$ instead of $1$. The order of words begins to count at $n = 2$. Being too short
# is punished, and with $n = 4$ a short text can score 0 only because it has no run of four words at all.
#
# Is the closest reference a good judge? We need many texts that are *equally right*. Here is a scene in which each word
# can be replaced by two others that say the same. A hundred people describe it, each with their own choice of words; these are the
# references. Then come two candidates: a **flawless** new description, and a **spoiled copy** of a reference in which one
# word in six is replaced by *banana*.

# %%
import random
import textwrap

SCENE = """small/little/tiny red/crimson/scarlet balls/spheres/globes
rest/lie/sit on/upon/atop tables/desks/benches
old/aged/elderly men/fellows/gentlemen walk/stroll/amble
along/down/by quiet/silent/calm roads/streets/lanes
young/youthful/juvenile girls/lasses/maidens throw/toss/fling
round/circular/spherical stones/rocks/pebbles far/away/off
big/large/huge dogs/hounds/canines run/race/dash
through/across/over wet/soggy/damp grass/lawns/meadows"""
choices = [word.split("/") for word in SCENE.split()]


def describe(length, rng):
    """One of the 3^length right descriptions of the first `length` things in the scene."""
    return [rng.choice(options) for options in choices[:length]]


def spoil(words, rng):
    """A copy in which one word of every six has become a banana."""
    spoiled = list(words)
    for start in range(0, len(words), 6):
        spoiled[rng.randrange(start, min(start + 6, len(words)))] = "banana"
    return spoiled


# %%
rng = random.Random(run.seed)
print(textwrap.fill(" ".join(describe(24, rng)), 90), "\n")
print(textwrap.fill(" ".join(spoil(describe(24, rng), rng)), 90))

# %% [markdown]
# **Predict.** From how many words on does the spoiled copy score higher than the flawless text?


# %%
def contest(length, seed, n_references=100, n_candidates=30):
    """Mean closest-reference scores of flawless and spoiled texts; how often the spoiled wins."""
    rng = random.Random(seed)
    references = [describe(length, rng) for _ in range(n_references)]
    pairs = []
    for _ in range(n_candidates):
        candidates = describe(length, rng), spoil(rng.choice(references), rng)
        pairs.append([max(bleu(text, [one], 2) for one in references) for text in candidates])
    flawless, spoiled = zip(*pairs, strict=True)
    wins = sum(s > f for f, s in pairs) / n_candidates
    return sum(flawless) / n_candidates, sum(spoiled) / n_candidates, wins


rows = []
for length in (3, 6, 12, 24):
    flawless, spoiled, wins = contest(length, run.seed)
    rows.append([length, f"{3**length:,}", f"{flawless:.2f}", f"{spoiled:.2f}", f"{wins:.0%}"])
table(
    ["words", "right texts", "flawless, closest of 100", "spoiled copy", "spoiled copy wins"], rows
)
for seed in range(run.seed, run.seed + 3):
    assert contest(3, seed)[2] < 0.1 and contest(24, seed)[2] > 0.9

# %% [markdown]
# **What we see.** With three words there are 27 right texts, and a hundred references hold nearly all of them: the flawless text finds itself.
# With 24 words there are about 300 billion, and the closest of a hundred is a stranger. The score of the
# flawless text falls, while a copy with bananas stays a copy. A closest reference rewards *copying* as soon as
# texts are long enough to be worth writing.
#
# BLEU proper takes runs from *all* references at once. That rescues the flawless text and gives up the whole: it sees runs of
# $n$ words, and not whether they belong together.
#
# **Predict.** Cut each flawless text into pieces of three words and put them in random order. What is left of its score?

# %%
rows = []
for seed in range(run.seed, run.seed + 3):
    rng = random.Random(seed)
    references = [describe(24, rng) for _ in range(100)]
    texts = [describe(24, rng) for _ in range(60)]
    sentences = [[text[i : i + 3] for i in range(0, 24, 3)] for text in texts]
    jumbled = [sum(rng.sample(parts, len(parts)), []) for parts in sentences]
    means = [sum(bleu(text, references, 2) for text in kind) / 60 for kind in (texts, jumbled)]
    rows.append([seed, *(f"{mean:.2f}" for mean in means)])
    assert means[0] > 0.95 and means[1] > 0.7
print(textwrap.fill(" ".join(jumbled[0]), 90))
table(["seed", "flawless, all references at once", "pieces of three words in random order"], rows)

# %% [markdown]
# **What we see.** A text of which the pieces are in random order is nonsense to read, and keeps 0.86 of 1: only the pairs of words at the seams are
# new.
#
# Images suffer the same. We let pictures grow by laying $k \times k$ garments side by side, and ask how much nearer the
# nearest of 1,000 training pictures is to a new one than just any of them.
#
# **Predict.** At $8 \times 8$ garments, is the nearest real picture half as far as a random one? A quarter?

# %%
from coursekit.metrics.parzen import squared_distances

rows = []
for seed in range(run.seed, run.seed + 3):
    generator = torch.Generator().manual_seed(seed)
    total, ratios = torch.zeros(100, 1000), {}
    for n_tiles in range(1, 65):
        new = held_out[torch.randint(len(held_out), (100,), generator=generator)]
        old = train[torch.randint(len(train), (1000,), generator=generator)]
        total += squared_distances(old, new)  # squares of the tiles add up to those of the pictures
        ratios[n_tiles] = (total.amin(1).sqrt() / total.sqrt().mean(1)).mean().item()
    rows.append([seed, *(f"{ratios[n]:.2f}" for n in (1, 4, 16, 64))])
    assert ratios[1] < 0.7 and ratios[64] > 0.85
table(
    ["seed", "1 garment", "2 x 2", "4 x 4", "8 x 8"],
    rows,
    "Distance to the nearest of 1,000 real pictures, divided by the distance to an average one.",
)

# %% [markdown]
# **What we see.** A single new garment finds a real one at less than half the usual distance. For $8 \times 8$ garments
# all real pictures are about equally far away, and "the nearest" says next to nothing: nearly all choices in it are made
# otherwise in any other picture. (The parts of a photograph depend on each other, as our garments do not; its figures would be others.)

# %% [markdown]
# ## 9. What is left?
#
# | judge | sees memorising | sees missing kinds | sees bad samples | needs |
# |---|---|---|---|---|
# | nearest training image | only exact copies | no, looks at one sample at a time | no, likes blur | samples |
# | held-out likelihood | yes | yes, severely | hardly: 99 % smudges cost 4.6 nats | a density |
# | Parzen window | no: the memoriser does well | partly | no, likes averages | samples |
# | closest reference (BLEU) | no, rewards it | no | with short texts | samples, references |
#
# Every fixed rule that we tried could be satisfied by something absurd. The next idea is not another rule, but a judge that
# *learns*: a network trained to find whatever is still wrong with the samples, and a generator trained against it. It
# needs no density, and it moves on when its weakness is exploited. What such a game minimises is the subject of lesson 03.

# %% [markdown]
# ## Summary
#
# - A generator has no input and no right answer. It should make good, varied and new images, and be judged on all three.
# - Maximum likelihood is the smallest forward KL; cross entropy is entropy plus KL. On held-out data it exposes memorising,
#   but it does not measure how samples look.
# - A model that is too simple covers when it minimises forward KL and seeks a mode when it minimises reverse KL. JSD is
#   symmetric and at most $\log 2$.
# - Nearest images, Parzen windows and closest references all fail in the same way: in many dimensions small moves are
#   far, and averages or copies are near.

# %% [markdown]
# ## Common mistakes
#
# - **"The nearest training images differ, so nothing was memorised."** A shift of one pixel passes this test. Lesson 08 has a
#   better one.
# - **Choosing the number of components by the training likelihood.** It always asks for more.
# - **`log(0)`.** A KL is infinite where $q$ misses a value of $p$; that is a finding, not a bug. But $0 \log 0$ is 0: use `xlogy`.
# - **Comparing log-likelihoods of different pixel scales.** In [-1, 1] each pixel's density is half of that in [0, 1]: 784
#   pixels shift the figure by $784 \log 2 = 543$ nats.
# - **Choosing $\sigma$ on the images that are judged.** Use validation images.
# - **Quoting BLEU without $n$ and the number of references.** Both change it.

# %% [markdown]
# ## Questions
#
# 1. A model's mean log-likelihood is higher on the training images than $\operatorname{E} \log p_\text{data}$ can be. What
#    do you know?
#
# <details><summary>Answer</summary>
#
# It has memorised: no density is better *on fresh data* than $p_\text{data}$ itself, since the difference is a KL divergence. In
# Figure 3 it happens from 8 components on: fitted to 200 points, even the right number follows their accidents.
# </details>
#
# 2. The memoriser gets the best Parzen figure of Figure 10. Does a Parzen window on held-out images not detect
#    memorising, as the held-out likelihood did in section 4?
#
# <details><summary>Answer</summary>
#
# No. The window smooths each training image by $\sigma$, chosen on validation images, and *that* mixture is a fair model of new
# images. The samples without the smoothing are copies. Parzen judges a smoothed generator that nobody samples from.
# </details>
#
# 3. Reverse KL seeks modes. Why not simply train generators by reverse KL, if we want convincing samples?
#
# <details><summary>Answer</summary>
#
# Because it needs $\log p_\text{data}(x)$ at the generator's samples, and we know $p_\text{data}$ only through a data set. Forward KL
# needs only samples of it, but then the *model's* density. A GAN needs neither.
# </details>

# %% [markdown]
# ## Further reading
#
# - Theis, van den Oord and Bethge, *A note on the evaluation of generative models*, 2016,
#   [arXiv:1511.01844](https://arxiv.org/abs/1511.01844): sections 2, 5 and 7 of this lecture, by those who found it.
# - Goodfellow, *NIPS 2016 Tutorial: Generative Adversarial Networks*, [arXiv:1701.00160](https://arxiv.org/abs/1701.00160), section 2: generative
#   models as a family tree, by how they treat the density.
# - Papineni et al., *BLEU: a method for automatic evaluation of machine translation*, 2002,
#   [ACL P02-1040](https://aclanthology.org/P02-1040/): four pages of good examples.
# - Bishop, *Pattern Recognition and Machine Learning*, 2006: chapter 9 for mixtures and expectation-maximisation, section 10.1 for the two directions of KL.
# - Huszár, *How (not) to train your generative model*, 2015, [arXiv:1511.05101](https://arxiv.org/abs/1511.05101): what the direction of the
#   divergence does to generated images.
