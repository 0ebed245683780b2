# ---
# jupyter:
#   coursekit:
#     title: Metrics, and how they lie
#     budget: 90
#     data: fashion-mnist
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
# # 08 · Metrics, and how they lie
#
# **You will write the five figures by which generators are compared, damage real images on purpose to learn what each
# figure sees, and then build forgers that get excellent figures and deserve none.**

# %% [markdown]
# ## What you will be able to do
#
# - **write** the Fréchet distance, KID, the Inception score, precision and recall, and a test for copies from memory,
# - **say** for each what it sees, what it does not see, and which way it is wrong at small $n$,
# - **trade** precision for recall with one number, without training,
# - **catch** a forger that hands out its training images, and say how it could escape,
# - **judge** a published figure by its protocol.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | the KL divergence and nearest neighbours of lesson 02, the collapse of lesson 06 |
# | **Paper** | Heusel et al. 2017 (FID): [arXiv:1706.08500](https://arxiv.org/abs/1706.08500); Kynkäänniemi et al. 2019 (precision and recall): [arXiv:1904.06991](https://arxiv.org/abs/1904.06991) |
# | **Cost** | 45 s on 2 CPU cores (profile `fast`); GPU: not measured; data: Fashion-MNIST (a substitute comes with the course) |
# | **Previous** | [06 · Mode collapse, counted](06_mode_collapse.ipynb) |
# | **Next** | [09 · DCGAN, guideline by guideline](09_dcgan.ipynb) |
# | **Exercise** | [08 · exercises](../exercises/08_evaluation.ipynb) |

# %%
import torch

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # so that the seconds and the samples are the same on any machine

# %% [markdown]
# ## 1. What should a figure see?
#
# On toys we knew the modes and could count. For images we have two heaps, one real and one fake, and three questions:
# does each fake look real (**fidelity**)? Do the fakes cover all that is real (**diversity**)? Are they new
# (**novelty**)? Every figure of this lesson answers one or two of them, and none answers all three.
#
# Pixels are a bad place to compare. So all of these figures first send the images through a *frozen classifier* and look
# at its last hidden layer. In the literature that is Inception-v3 with 2,048 features; ours is a small net of 64, trained
# once on 60,000 garments.

# %%
from dataclasses import replace

from coursekit.data.images import load_images
from coursekit.metrics.features import load_feature_net

everything = load_images("fashion-mnist")
test = load_images("fashion-mnist", "test", device="cpu")
net = load_feature_net(test.name, device="cpu")

random = torch.Generator().manual_seed(run.seed)
chosen = torch.randperm(len(everything), generator=random)[:5000].to(run.device)
train = replace(everything, images=everything.images[chosen], labels=None)
order, n = torch.randperm(len(test), generator=random), len(test) // 5
features = net.features(test.floats()).double()
real, pool = features[order[:n]], order[n:]  # the reference, and the numbers of the others
x = test.floats(pool[:n])
print(f"{test.name}: {len(train):,} to train on, {n:,} as reference, {len(pool):,} others")

# %% [markdown]
# A reference of $n$ real images stays fixed. The other test images play forgers: as they are, a forger cannot do better
# than they; with noise on them, blurred, or with classes missing they are worse by an amount that we choose. (The order
# is shuffled first. A test file need not be in random order.)

# %%
from torchvision.transforms.functional import gaussian_blur

from coursekit.plots.compact import show_compact
from coursekit.plots.sheets import sheet

noise = torch.randn(x.shape, generator=random)
damaged = {f"noise {sd}": (x + sd * noise).clamp(-1, 1) for sd in (0.05, 0.1, 0.2, 0.4)}
damaged |= {f"blur {sd}": gaussian_blur(x, 9, sd) for sd in (0.5, 1.0, 2.0)}
fakes = {"real": features[pool[:n]]}  # the name of a forger -> features of n images
fakes |= {name: net.features(images).double() for name, images in damaged.items()}
for kept in (8, 6, 4):
    fakes[f"{kept} classes"] = features[pool[test.labels[pool] < kept][:n]]
rows = ("noise 0.1", "noise 0.4", "blur 0.5", "blur 1.0", "blur 2.0")
show_compact(
    sheet(torch.cat([x[:16], *(damaged[name][:16] for name in rows)]), 16),
    f"Figure 1. Real images; below them {', '.join(rows)} (in units of [-1, 1], in pixels).",
    n_colors=16,
)

# %% [markdown]
# ## 2. How far apart are two heaps?
#
# Describe each heap by its mean and its covariance, as if the features were normally distributed, and measure how far one
# normal distribution must be moved to become the other. In one dimension that costs
# $(\mu_0 - \mu_1)^2 + (\sigma_0 - \sigma_1)^2$. In 64 dimensions it is the **Fréchet distance**:
#
# $$ \lVert \mu_0 - \mu_1 \rVert^2 + \operatorname{tr}\bigl(\Sigma_0 + \Sigma_1 - 2 (\Sigma_0 \Sigma_1)^{1/2}\bigr). $$
#
# The root of a *matrix* is meant, and $\Sigma_0 \Sigma_1$ is not symmetric. But with $S = \Sigma_0^{1/2}$ it has the
# same eigenvalues as $S \Sigma_1 S$, which is, and the trace of the root is the sum of their roots.


# %%
def frechet_distance(mu0, cov0, mu1, cov1):
    """|mu0 - mu1|^2 + tr(cov0 + cov1 - 2 (cov0 cov1)^(1/2)), with symmetric roots only."""
    values, vectors = torch.linalg.eigh(cov0)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov1 @ root).clamp(min=0).sqrt().sum()
    return ((mu0 - mu1).square().sum() + cov0.trace() + cov1.trace() - 2 * cross).item()


def fid_feat(real, fake):
    """The Fréchet distance between two sets of features (n, d)."""
    return frechet_distance(real.mean(0), real.T.cov(), fake.mean(0), fake.T.cov())


# %% tags=["nbval-check-output"]
import scipy.linalg

a, b = (torch.randn(500, 4, generator=random, dtype=torch.float64) for _ in range(2))
b = b @ torch.randn(4, 4, generator=random, dtype=torch.float64) + 1
product = scipy.linalg.sqrtm((a.T.cov() @ b.T.cov()).numpy()).trace().real
shift = (a.mean(0) - b.mean(0)).square().sum()
by_scipy = shift + a.var(0).sum() + b.var(0).sum() - 2 * product
print(f"ours less scipy's: {abs(fid_feat(a, b) - by_scipy):.6f}")
assert abs(fid_feat(a, b) - by_scipy) < 1e-9

# %% [markdown]
# On Inception's features this is the FID, the most quoted figure of the field. On ours we call it **FID-feat**: *a figure on
# other features is another figure*, and must not stand beside a published FID.
#
# **Predict.** Which of the three damages will be the dearest? Which will hardly be noticed?

# %%
from coursekit.plots.style import table

ladders = {
    "noise": ["real", "noise 0.05", "noise 0.1", "noise 0.2", "noise 0.4"],
    "blur": ["real", "blur 0.5", "blur 1.0", "blur 2.0"],
    "missing classes": ["real", "8 classes", "6 classes", "4 classes"],
}
distance = {name: fid_feat(real, fake) for name, fake in fakes.items()}
rows = []
for kind, names in ladders.items():
    steps = [distance[name] for name in names]
    rows.append([kind, " → ".join(f"{step:.1f}" for step in steps)])
    assert all(low < high for low, high in zip(steps, steps[1:], strict=False))
table(["damage", f"FID-feat, n = {n:,}, from none to most"], rows)

# %% [markdown]
# **What we see.** Every damage costs more the more there is of it, on all three ladders. But the net does not see as we
# do. Noise of 0.1, plain in Figure 1, costs less than a blur of half a pixel, which one has to look for; and at a blur
# of one pixel, where every garment can still be named, the distance is above that of the noise that buries them. The
# first step of each ladder is no damage at all, and not 0: section 3.
#
# Does the figure count classes, then? Leave out the shirts alone.

# %%
no_shirts = features[pool[test.labels[pool] != 6][:n]]
no_bags = features[pool[test.labels[pool] != 8][:n]]
print(f"without shirts {fid_feat(real, no_shirts):.1f}", end=", ")
print(f"without bags {fid_feat(real, no_bags):.1f}", end=", ")
print(f"nothing left out {distance['real']:.1f}")
assert distance["real"] < fid_feat(real, no_shirts) < fid_feat(real, no_bags)

# %% [markdown]
# **What we see.** Shirts and bags are a tenth of the images each. Without the bags the distance is several times as
# large as without the shirts, since T-shirts, pullovers and coats close the gap that the shirts leave. FID-feat does
# not count classes. It sees how far the mean and the covariance have moved.

# %% [markdown]
# ## 3. What does $n$ do to it?
#
# Two sets of real images should be at distance 0. They are not: two means of finite sets differ, two covariances differ,
# and a distance adds all differences up. They never cancel. The FID is **biased upward**, the more the smaller $n$.
#
# A figure without bias: the **kernel distance** (KID, Bińkowski et al. 2018). A kernel $k(x, y)$ says how alike two
# features are. If both heaps come from one source, a pair within a heap is as alike, on average, as a pair across:
#
# $$ \text{KID} = \operatorname{mean}_{i \ne j} k(x_i, x_j) + \operatorname{mean}_{i \ne j} k(y_i, y_j)
#    - 2 \operatorname{mean}_{i, j} k(x_i, y_j), \qquad k(x, y) = \bigl(\tfrac{x \cdot y}{d} + 1\bigr)^3. $$
#
# A feature with *itself* is left out ($i \ne j$): it is more alike than any pair, and would bring the bias back.


# %%
def kid(x, y):
    """The unbiased estimate of MMD^2 between features (n, d) and (m, d)."""

    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a):
        pairs = kernel(a, a)
        return (pairs.sum() - pairs.trace()) / (len(a) * (len(a) - 1))

    return (within(x) + within(y) - 2 * kernel(x, y).mean()).item()


# %% tags=["nbval-check-output"]
from sklearn.metrics.pairwise import polynomial_kernel  # its defaults are this kernel

tables = [polynomial_kernel(p.numpy(), q.numpy()) for p, q in ((a, a), (b, b), (a, b))]
pairs = [(m.sum() - m.trace()) / (500 * 499) for m in tables[:2]]
by_sklearn = sum(pairs) - 2 * tables[2].mean()
print(f"ours against scikit-learn's kernel: {abs(kid(a, b) / by_sklearn - 1):.6f}")
assert abs(kid(a, b) / by_sklearn - 1) < 1e-9

# %% [markdown]
# Real against real, for three ways to deal the test images into two halves. The standard error of KID comes from ten
# blocks that share no image.
#
# **Predict.** By what factor will FID-feat fall from $n = 500$ to ten times as many? And KID?

# %%
from coursekit.metrics.kernel import kid_in_blocks

half, rows, floor = len(test) // 2, [], {}
for seed in range(3):
    deal = torch.randperm(len(test), generator=torch.Generator().manual_seed(seed))
    left, right = features[deal[:half]], features[deal[half:]]
    for size in (500, 1000, 2000, half):
        floor[seed, size] = fid_feat(left[:size], right[:size])
    mean, error = kid_in_blocks(left, right, size=half // 10)
    figures = [f"{floor[seed, size]:.2f}" for size in (500, 1000, 2000, half)]
    rows.append([seed, *figures, f"{mean:+.4f} ± {error:.4f}"])
    assert floor[seed, 500] > 2 * floor[seed, half] and abs(mean) < 3 * error
sizes = [f"FID-feat, n = {size:,}" for size in (500, 1000, 2000, half)]
table(["seed", *sizes, f"KID, ten blocks of {half // 10}"], rows)

# %% [markdown]
# **What we see.** Real images against real images: around 1 at $n = 500$, below 0.2 at 5,000, which is four to eight
# times less. A figure without its $n$ says nothing. KID stays within one standard error of 0, on either side. That an
# estimate of a *squared* distance can be negative is the price of having no bias.

# %%
honest, noisy = fid_feat(real[:500], fakes["real"][:500]), distance["noise 0.05"]
print(f"real images, n = 500: {honest:.2f}; noise of 0.05 on all, n = {n:,}: {noisy:.2f}")
print(f"KID of the same two: {kid(real[:500], fakes['real'][:500]):+.4f} and ", end="")
print(f"{kid(real, fakes['noise 0.05']):+.4f}")

# %% [markdown]
# **What we see.** By FID-feat the *noisy* images look several times better than the *real* ones, because there are more
# of them. Whoever compares figures at different $n$ may be ranking by $n$. Does KID get it right? Not here either:
# without bias is not without error. At $n = 500$ it spreads by 0.02 to 0.06 (the errors of the table times
# $\sqrt{10}$), and this draw is an unlucky one. The difference is that KID comes with an error that says so.
#
# What both leave out is different. The Fréchet distance knows a heap by mean and covariance only. So draw *features* from
# the normal distribution that it fits, which are the features of no image at all.

# %%
values, vectors = torch.linalg.eigh(real.T.cov())
spread = vectors * values.clamp(min=0).sqrt()
normal = torch.randn(n, len(values), generator=random, dtype=torch.float64)
fakes["normal draws"] = real.mean(0) + normal @ spread.T
for name in ("real", "normal draws"):
    print(f"{name}: FID-feat {fid_feat(real, fakes[name]):.2f}, KID {kid(real, fakes[name]):+.3f}")
below = (fakes["normal draws"] < 0).double().mean()
print(f"negative features: {below:.0%} of the draws, none of any image (they end in a ReLU)")
assert fid_feat(real, fakes["normal draws"]) < 2 * distance["real"]
assert abs(kid(real, fakes["real"])) < 0.03 < kid(real, fakes["normal draws"])

# %% [markdown]
# **What we see.** By the Fréchet distance these draws are *better* than real images, for they were fitted to the
# reference itself. Whatever has its mean and its covariance is perfect to it. KID's cubic kernel sees third moments
# too, and notices: its figure is an order of magnitude above its usual error. A third of the numbers are not even
# possible features. Keep the draws; section 5 has a figure that makes short work of them.

# %% [markdown]
# ## 4. A score that never looks at real images
#
# The oldest of these figures (Salimans et al. 2016) asks the classifier for *probabilities*. A good forger makes images of
# which it is sure, so $p(y | x)$ is a spike; and all classes, so the average $p(y)$ is flat. The KL divergence between
# them is large if both hold:
#
# $$ \text{IS} = \exp \operatorname{E}_x \text{KL}\bigl(p(y|x) \parallel p(y)\bigr)
#    = \exp\bigl(H(p(y)) - \operatorname{E}_x H(p(y|x))\bigr), \qquad 1 \le \text{IS} \le K. $$


# %%
def inception_score(probs):
    """exp of the mean KL(p(y|x) || p(y)) of probabilities (n, K)."""
    marginal = probs.mean(0)
    divergences = (torch.xlogy(probs, probs) - torch.xlogy(probs, marginal)).sum(1)
    return divergences.mean().exp().item()


def probabilities(features):
    """The classes' probabilities: one linear layer and a softmax away from the features."""
    with torch.no_grad():
        return net.head(features.float() / net.scale).double().softmax(1)


# %% [markdown]
# Real images do not reach 10, since the classifier hesitates between some garments, rightly. Who does? Take from all
# the others *one* picture for each class, the one of which it is surest, and hand out these ten for ever.
#
# **Predict.** The Inception score of this forger? Its FID-feat?

# %%
sure = probabilities(features[pool])
ten = pool[sure.argmax(0)]  # the surest image for each class
fakes["ten pictures"] = features[ten.repeat(n // 10)]
score = {name: inception_score(probabilities(fake)) for name, fake in fakes.items()}
show_compact(sheet(test.floats(ten), 10, scale=3), "Figure 2. All that this forger makes.", 16)
names = ("real", "4 classes", "noise 0.4", "blur 2.0", "ten pictures")
table(["forger", "Inception score"], [[name, f"{score[name]:.2f}"] for name in names])
print(f"FID-feat of the ten pictures: {fid_feat(real, fakes['ten pictures']):.1f}")
assert score["ten pictures"] > 9.9 > score["real"]

# %% [markdown]
# **What we see.** Ten pictures have the perfect score, and real images do not. The score asks for sure and for even,
# and this forger is nothing else. Its FID-feat is among the worst. The score is no fool: noise, blur and missing
# classes lower it. But it is blind *within* a class, where one bag for ever is as good as all bags, and it never looks
# at a real image.
#
# Published scores are of another classifier with 1,000 classes, on 50,000 images in ten splits; the ± is the spread of the
# splits. For CIFAR-10 Salimans et al. print 11.24 ± .12 for the real images, 8.09 ± .07 for their best forger and
# 3.87 ± .03 for the same without minibatch features.

# %% [markdown]
# ## 5. Two questions, two figures
#
# FID and KID mix fidelity and diversity. **Precision and recall** (Kynkäänniemi et al. 2019) part them. Around each real
# feature draw a ball that reaches to its $k$-th nearest real neighbour, $k = 3$: together these balls are "where real
# images are". *Precision* is the share of fakes in it. Now exchange the parts: balls around fakes, and *recall* is the
# share of reals in them.


# %%
def covered(points, centers, k):
    """The share of points in a ball around at least one of the centers."""
    radius = torch.cdist(centers, centers).kthvalue(k + 1).values  # the very nearest is itself
    return (torch.cdist(points, centers) <= radius).any(1).double().mean().item()


def precision_recall(real, fake, k=3):
    return covered(fake, real, k), covered(real, fake, k)


# %% [markdown]
# In the plane: 60 real points in two clusters, and a forger that knows one of them, and is careless.

# %%
from coursekit.plots.evaluation import balls
from coursekit.plots.style import show

side = torch.arange(60) % 2 * 3.4 - 1.7
toy_real = torch.stack([side, torch.zeros(60)], 1) + 0.4 * torch.randn(60, 2, generator=random)
toy_fake = torch.tensor([1.7, 0.2]) + 0.5 * torch.randn(60, 2, generator=random)
precision, recall = precision_recall(toy_real.double(), toy_fake.double())
show(
    balls(toy_real.double(), toy_fake.double(), k=3),
    f"Figure 3. Filled: in a ball. Left: precision {precision:.2f}; right: recall {recall:.2f}.",
)

# %% [markdown]
# **What we see.** On the left five of six fakes lie in balls of real points; the others are careless. On the right no
# ball of a fake reaches the left cluster: half of the real points are missed. Note the sizes. A ball is large where its
# centre is lonely, so one point far out covers much (question 1).
#
# Now on garments, with five of the ten classes missing, for three choices of the reference.
#
# **Predict.** What will precision do? And recall?

# %%
rows = []
for seed in range(3):
    deal = torch.randperm(len(test), generator=torch.Generator().manual_seed(seed))
    reference, others = features[deal[:n]], deal[n:]
    whole = precision_recall(reference, features[others[:n]])
    five = precision_recall(reference, features[others[test.labels[others] < 5][:n]])
    rows.append([seed, *(f"{figure:.3f}" for figure in (*whole, *five))])
    assert abs(five[0] - whole[0]) < 0.03 and five[1] < whole[1] - 0.2
columns = ["all: precision", "all: recall", "five classes: precision", "five classes: recall"]
table(["seed", *columns], rows, f"Real images against others of their kind, n = {n:,}, k = 3.")

# %% [markdown]
# **What we see.** Precision stays where it was, within 0.02: what this forger makes *is* real. Recall falls by about
# 0.3. It does not fall to a half, for the balls of coats and T-shirts hold some of the missing shirts. And mind the
# first two columns: a perfect forger has 0.86 of each and not 1, since one real image in seven lies outside of all
# balls of the others.

# %% [markdown]
# ## 6. All figures, all forgers
#
# Time for a real forger: the recipe `dcgan-fast` (lesson 09 takes it apart), a few hundred steps on the 5,000 images. Its
# samples come from the averaged generator.

# %%
from coursekit.recipes import RECIPES

trained = RECIPES["dcgan-fast"].start(train, run.pick(fast=400, full=4000), seed=run.seed)
trained.fit(progress=False)
z = torch.randn(n, 64, generator=random).to(run.device)


@torch.no_grad()
def generate(z):
    G = trained.average.net.eval()
    return torch.cat([G(part).float().cpu() for part in z.split(500)])


made = generate(z)
fakes["DCGAN"] = net.features(made).double()
show_compact(sheet(made[:32], 16), "Figure 4. The DCGAN after a short training.", 16)

# %% [markdown]
# And the laziest forger of all, the **memoriser**: it hands out its 5,000 training images, at random.
#
# **Predict.** Which rows of the table will look like the first one?

# %%
copies = torch.randint(len(train), (n,), generator=random).to(run.device)
fakes["memoriser"] = net.features(train.floats(copies)).double()


def all_figures(fake):
    score = inception_score(probabilities(fake))
    return fid_feat(real, fake), kid(real, fake), score, *precision_recall(real, fake)


names = ("real", "noise 0.2", "blur 0.5", "blur 2.0", "4 classes", "ten pictures")
found = {name: all_figures(fakes[name]) for name in (*names, "normal draws", "DCGAN", "memoriser")}
rows = [
    [name, f"{fid:.1f}", f"{kernel:.2f}", f"{score:.2f}", f"{precision:.2f}", f"{recall:.2f}"]
    for name, (fid, kernel, score, precision, recall) in found.items()
]
table(["forger", "FID-feat", "KID", "Inception score", "precision", "recall"], rows)
best = found["real"]
assert found["memoriser"][0] < 2 * best[0] and abs(found["memoriser"][4] - best[4]) < 0.05
assert found["blur 0.5"][3] > best[3] and found["blur 0.5"][4] < best[4] - 0.2

# %% [markdown]
# **What we see.** Read it by columns. *FID-feat* is won by the normal draws, which are no images. *The Inception score*
# is won by ten pictures. *Precision* is won by blur: a blurred garment moves to the middle of the heap, where balls lie
# close; with two pixels of it hardly anything is left, and precision is 0.94. *Recall* sees through the ten pictures
# and the blur, and precision in turn through the normal draws (0.01). Missing classes cost recall alone. The DCGAN is
# what it looks like: half of its garments could pass, and they cover less than half of the real ones.
#
# And the memoriser? Its row is the row of the real images, five times over. **By these figures a thief is a perfect
# forger.**

# %% [markdown]
# ## 7. Precision for sale
#
# $G$ was trained on $z \sim N(0, I)$. Draw it from $N(0, \psi^2 I)$ with $\psi < 1$ instead: **truncation**. Rare $z$ make
# rare, often bad, images. Nothing is trained.
#
# **Predict.** Which figures improve as $\psi$ falls?

# %%
traded, pictures = {}, []
for psi in (1.0, 0.8, 0.6, 0.4):
    images = generate(psi * z)
    traded[psi] = all_figures(net.features(images).double())
    pictures.append(images[:16])
rows = [
    [psi, f"{fid:.1f}", f"{score:.2f}", f"{precision:.2f}", f"{recall:.2f}"]
    for psi, (fid, _, score, precision, recall) in traded.items()
]
table(["$\\psi$", "FID-feat", "Inception score", "precision", "recall"], rows)
show_compact(sheet(torch.cat(pictures), 16), "Figure 5. The same z, each row nearer to 0.", 16)
for name, column, sign in (("precision", 3, 1), ("recall", 4, -1)):
    steps = [sign * figures[column] for figures in traded.values()]
    assert all(low < high for low, high in zip(steps, steps[1:], strict=False)), name

# %% [markdown]
# **What we see.** Precision rises from above a half to about 0.8, recall falls from 0.4 to almost nothing, and
# FID-feat, which wants both, becomes worse at every step. The pictures say how: they lose contrast and parts. Each
# drifts to an average garment, and as with blur that is where precision is kind. (On large generators, trained for
# days, truncated samples do look better. Kynkäänniemi et al. complain that papers show those, beside the FID of the
# untruncated model.)

# %% [markdown]
# ## 8. Who handed out the training images?
#
# No figure so far asked for novelty. The obvious test is a distance: how far is a sample from its nearest training image?
# But "how far is too near?" has no answer in pixels. It has one in **ranks**: *held-out* real images are new by
# construction, so they say how near a new image may come. Take one sample and one held-out image: how often is the
# sample nearer to the training set?


# %%
from coursekit.metrics.neighbours import nearest_neighbour


def memorised(samples, train, heldout):
    """The share of pairs in which the sample is nearer to the training set; ties count 1/2."""
    ours, theirs = (nearest_neighbour(x, train)[1] for x in (samples, heldout))
    nearer = (ours[:, None] < theirs).double() + (ours[:, None] == theirs).double() / 2
    return nearer.mean().item()


# %% [markdown]
# 1 means copies, 1/2 as new as real images, 0 that every sample is farther off than any of them. (It is the statistic
# of the Mann-Whitney test.) And now give the memoriser a disguise: it moves each image by **one pixel** to the right.
#
# **Predict.** In which space will the disguise be seen through: pixels, or features?

# %%
count = 300
heldout, fresh = (test.floats(pool[i * n : i * n + count]) for i in (1, 2))
stolen, images = train.floats(copies[:count]).cpu(), train.floats().cpu()
suspects = {
    "real, held out": fresh,
    "memoriser": stolen,
    "memoriser, one pixel to the right": stolen.roll(1, 3),
    "DCGAN": made[:count],
}
spaces = {"pixels": lambda x: x.flatten(1), "features": net.features}
verdict = {name: [] for name in suspects}
for space in spaces.values():
    theirs, ours = space(heldout), space(images)
    for name, suspect in suspects.items():
        verdict[name].append(memorised(space(suspect), ours, theirs))

# %%
columns = ["suspect", "memorised, by pixels", "by features"]
table(columns, [[name, *(f"{v:.2f}" for v in values)] for name, values in verdict.items()])
assert verdict["memoriser"] == [1, 1]
assert max(verdict["memoriser, one pixel to the right"]) < 0.6
assert all(0.4 < v < 0.6 for v in verdict["real, held out"])
shifted = fid_feat(real, net.features(train.floats(copies).roll(1, 3)).double())
print(f"FID-feat of the shifted copies: {shifted:.1f}")

# %% [markdown]
# **What we see.** The plain memoriser is caught: 1.00 in both columns. One pixel to the right, and it goes free, *in
# both*: below 1/2, as if its images were newer than new ones. For pixels we knew (lesson 02). Features are often said
# to see through such a shift; ours do not, and nobody ever asked them to. They notice the shift itself: its FID-feat is
# 3.9 where unshifted copies have 0.5, which would still beat the DCGAN by far. The DCGAN's figure far below 1/2 says
# that its samples lie farther off than most new images: no copies, and no compliment.

# %%
from coursekit.plots.evaluation import distance_histograms

groups = {"held out": heldout, "memoriser": stolen}
groups |= {"one pixel to the right": suspects["memoriser, one pixel to the right"]}
ours = net.features(images)
far = {name: nearest_neighbour(net.features(x), ours)[1] for name, x in groups.items()}
show(
    distance_histograms(far, "distance to the nearest training image, in features"),
    "Figure 6. Copies are at 0. Shifted copies lie where new images lie.",
)

# %% [markdown]
# Whoever suspects a disguise must undo it: put *all* shifts of the training images by up to one pixel into the training
# set, nine times as many. Held-out images come nearer to this set as well, and the ranks take account of that.

# %%
around = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
nine = torch.cat([images.roll(shift, (2, 3)) for shift in around]).flatten(1)
for name, suspect in suspects.items():
    verdict[name].append(memorised(suspect.flatten(1), nine, heldout.flatten(1)))
columns = ["suspect", "nine times as many training images, by pixels"]
table(columns, [[name, f"{values[2]:.2f}"] for name, values in verdict.items()])
assert verdict["memoriser, one pixel to the right"][2] > 0.99
assert 0.4 < verdict["real, held out"][2] < 0.6

# %% [markdown]
# **What we see.** Seen through: 1.00, and honest images keep their 1/2. But we undid the disguise because we knew it.
# Mirrored copies, or slightly brighter ones, are not in this set. **A test for copies is a test against a list of
# disguises**, and a figure of 1/2 clears nobody of the ones that are not in the list.

# %% [markdown]
# ## 9. What if the feature net is the wrong one?
#
# Inception-v3 was trained on photographs of 1,000 kinds of things. It is used to judge faces, cells and letters. We can
# try what that does: here are two more nets of our making, one trained on MNIST's digits, one on scikit-learn's. Neither has
# ever seen a garment.
#
# **Predict.** Will they still put the forgers in the same order?

# %%
few = 1000
originals = {
    name: damaged[name][:few] for name in ("noise 0.1", "noise 0.4", "blur 1.0", "blur 2.0")
}
half_of_them = pool[test.labels[pool] < 5]
originals |= {"real": x[:few], "five classes": test.floats(half_of_them[:few])}
originals |= {"ten pictures": test.floats(ten.repeat(few // 10)), "DCGAN": made[:few]}
originals |= {"copies, shifted": train.floats(copies[:few]).cpu().roll(1, 3)}
judges = {"garments": net}
judges |= {name: load_feature_net(name, device="cpu") for name in ("mnist", "digits")}
judged = {}
for judge, its_net in judges.items():
    reference = its_net.features(test.floats(order[:few])).double()
    for name, images in originals.items():
        judged[judge, name] = fid_feat(reference, its_net.features(images).double())

# %%
ranks = {
    judge: sorted(originals, key=lambda name, judge=judge: judged[judge, name]) for judge in judges
}
rows = [
    [name, *(f"{judged[judge, name]:.2f} ({ranks[judge].index(name) + 1})" for judge in judges)]
    for name in ranks["garments"]
]
columns = ["forger", *(f"net of {judge}" for judge in judges)]
table(columns, rows, f"FID-feat (and rank) by three feature nets, n = {few:,}.")
for better, worse in (("noise 0.4", "blur 1.0"), ("five classes", "blur 2.0")):
    assert judged["garments", better] < judged["garments", worse]
    assert judged["digits", better] > judged["digits", worse]
unseen = [f"{judged[judge, 'noise 0.1'] / judged[judge, 'real']:.1f}" for judge in judges]
print(f"noise of 0.1, as a multiple of the floor: {' '.join(unseen)}")

# %% [markdown]
# **What we see.** All three put real images first, then the light noise, then the shifted copies. Further down they
# part. To the net of garments a blur of one pixel is worse than noise of 0.4, and a blur of two worse than five missing
# classes. To the net of digits it is the other way round, both times by a wide margin. MNIST's net exchanges two pairs
# of neighbours only. And noise of 0.1, more than twice the floor to the right net, is little more than nothing to the
# others. So the wrong net is not nonsense: it is *another judge, with blind spots of its own*, and its figure does not
# say which. The sizes cannot be compared at all: one and the same DCGAN has 15, 1 and 3.

# %% [markdown]
# ## 10. How to read a published figure
#
# The name of a figure says little without its protocol. These are the usual ones.

# %%
columns = ["figure", "features", "samples", "what is printed"]
usual = [
    ["Inception score", "Inception-v3, 1,000 classes", "50,000", "mean ± spread of 10 splits"],
    ["FID", "Inception-v3, 2,048", "50,000 against the training set", "one number, with bias"],
    ["KID", "Inception-v3, 2,048", "100 subsets of 1,000", "mean ± spread of the subsets"],
    ["precision, recall", "VGG-16, 4,096, k = 3", "50,000 against 50,000", "two numbers"],
    ["ours", "64, a net of our own", f"{n:,} against {n:,}", "FID-feat, KID, IS, P, R"],
]
table(columns, usual)

# %% [markdown]
# So ask of a figure: which net, which $n$, against which images (training or test?), with which truncation, how many seeds,
# and whether the better of two rows is better by more than the spread. And of the author: was the figure also used to choose the
# best moment of the training? And look at the samples, and at their neighbours.

# %% [markdown]
# ## Summary
#
# - All these figures compare *features*. Another feature net, another $n$ or another reference make another figure.
# - The Fréchet distance sees mean and covariance, mixes fidelity and diversity, and is too large at small $n$. KID is not, and comes
#   with a standard error.
# - The Inception score never sees a real image. Ten pictures maximise it.
# - Precision asks whether fakes are real-looking, recall whether reals are covered. Blur and truncation raise the first and pay with the
#   second.
# - A memoriser has excellent figures in all of them. Ranks of distances against held-out images catch it, up to a disguise that the
#   test has to foresee.

# %% [markdown]
# ## Common mistakes
#
# - **Comparing an FID at 5,000 samples with one at 50,000.** The bias alone may decide the ranking.
# - **The root of each entry of the covariance** in place of the matrix root: the result may even be negative.
# - **A diagonal left in the KID**, or a kernel without the division by $d$.
# - **A $k$-th neighbour that counts the point itself**: then $k = 3$ is $k = 2$, and with $k = 1$ all balls are points.
# - **Precision and recall exchanged.** Test with a collapsed forger: its *recall* is near 0.
# - **Resizing only one side.** A feature net notices; both sides go through the same resize.
# - **Testing for copies without held-out images.** "The nearest training image is 7.1 away" is no statement.
# - **Training against the feature net that is the judge.** It will be pleased, and nobody else.

# %% [markdown]
# ## Questions
#
# 1. One fake in a thousand lies very far from all others. What happens to recall?
#
# <details><summary>Answer</summary>
#
# It may rise to 1. The ball of that fake reaches to its third nearest fake, which is far away, and a ball as large as this may
# hold all real images. Precision does not have this weakness on the same side: there the balls are around real images. A
# remedy is to use only balls around reals on both sides ("density and coverage", Naeem et al. 2020).
#
# </details>
#
# 2. A forger hands out training images half of the time, and noise the other half. What does `memorised` say, and where would you
#    look?
#
# <details><summary>Answer</summary>
#
# Copies are nearer than every held-out image and noise is farther than every one, so it says 1/2: as new as can be. Look at the
# distances themselves: half of them are exactly 0. A rank test compares two heaps as wholes, and a mixture can make the wholes alike.
#
# </details>
#
# 3. KID has no bias. May you then compare one at $n = 500$ with one at $n = 50{,}000$?
#
# <details><summary>Answer</summary>
#
# Yes, if you mind the spread: both estimate the same number, the first with a far larger error. Print the standard error. The spread
# over 100 overlapping subsets is *not* it, since the subsets share their images.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Salimans et al., *Improved Techniques for Training GANs*, 2016,
#   [arXiv:1606.03498](https://arxiv.org/abs/1606.03498): the Inception score, section 4.
# - Barratt and Sharma, *A Note on the Inception Score*, 2018, [arXiv:1801.01973](https://arxiv.org/abs/1801.01973).
# - Heusel et al., *GANs Trained by a Two Time-Scale Update Rule*, 2017,
#   [arXiv:1706.08500](https://arxiv.org/abs/1706.08500): the FID, section 3.
# - Bińkowski et al., *Demystifying MMD GANs*, 2018, [arXiv:1801.01401](https://arxiv.org/abs/1801.01401): KID, and why the
#   FID is biased.
# - Chong and Forsyth, *Effectively Unbiased FID and Inception Score*, 2020,
#   [arXiv:1911.07023](https://arxiv.org/abs/1911.07023): the bias depends on the generator, too.
# - Kynkäänniemi et al., *Improved Precision and Recall Metric for Assessing Generative Models*, 2019,
#   [arXiv:1904.06991](https://arxiv.org/abs/1904.06991): also truncation.
# - Meehan, Chaudhuri and Dasgupta, *A Non-Parametric Test to Detect Data-Copying in Generative Models*, 2020,
#   [arXiv:2004.05675](https://arxiv.org/abs/2004.05675): the rank test, region by region, which question 2 calls for.
