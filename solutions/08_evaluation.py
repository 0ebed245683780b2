# ---
# jupyter:
#   coursekit:
#     title: Metrics, and how they lie
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
# # 08 · Metrics, and how they lie: exercises
#
# **Four figures by which generators are compared, and the test that none of them replaces.**
#
# The lecture is [08 · Metrics, and how they lie](../notebooks/08_evaluation.ipynb). Replace each `raise
# NotImplementedError`, run the cell, then run the cell with `check` below it. The cells after a check use your function
# once it has passed and coursekit's until then, so you may take the exercises in any order. Let each function stand on
# its own: then a mistake in one costs nothing in another.

# %%
import torch
from torch import Tensor

from coursekit.checks import check
from coursekit.plots.lines import draw_lines
from coursekit.plots.style import new_figure, show

torch.manual_seed(0)


def draw(n, d=2):
    """n points of a normal distribution in d dimensions, float64."""
    return torch.randn(n, d, dtype=torch.float64)


# %% [markdown]
# ## 08.frechet_distance · difficulty 3 of 5 · 20 minutes · 3 points
#
# Two heaps of features, each described by its mean and covariance. How far apart are they (Heusel et al. 2017)?
#
# $$ \lVert \mu_0 - \mu_1 \rVert^2 + \operatorname{tr}\bigl(\Sigma_0 + \Sigma_1 - 2 (\Sigma_0 \Sigma_1)^{1/2}\bigr). $$
#
# The root is that of a *matrix*: $R = (\Sigma_0 \Sigma_1)^{1/2}$ means $R R = \Sigma_0 \Sigma_1$. You need its trace only,
# and with $S = \Sigma_0^{1/2}$ that is the trace of the root of the *symmetric* matrix $S \Sigma_1 S$.


# %%
def frechet_distance(mu0: Tensor, cov0: Tensor, mu1: Tensor, cov1: Tensor) -> float:
    """The Fréchet distance between two normal distributions: a number >= 0.

    Means (d,) and covariances (d, d) are float64; covariances are symmetric, with eigenvalues >= 0,
    some of which may be 0. A float or a tensor with one number. Exact to 1e-9. Changes no argument.
    """
    ### BEGIN SOLUTION
    values, vectors = torch.linalg.eigh(cov0)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov1 @ root).clamp(min=0).sqrt().sum()
    return ((mu0 - mu1).square().sum() + cov0.trace() + cov1.trace() - 2 * cross).item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: the root of a symmetric matrix</summary>
#
# `values, vectors = torch.linalg.eigh(cov)` takes it apart: `cov` is `vectors * values @ vectors.T`. Its root has the
# same vectors, and the roots of the values: `vectors * values.sqrt() @ vectors.T`. Rounding may make a 0 slightly
# negative: `clamp(min=0)` first.
#
# </details>
#
# <details><summary>Hint 2: the trace of a root</summary>
#
# The trace is the sum of the eigenvalues, and the eigenvalues of the root are the roots of the eigenvalues.
# `torch.linalg.eigvalsh` gives those of a symmetric matrix, and silently wrong ones of any other.
#
# </details>

# %%
frechet = check("08.frechet_distance", frechet_distance)

# %% [markdown]
# **See it.** Two clouds with the same mean, three times as long as wide; one is turned. **Predict** where the curve is
# highest, and whether a distance that looks at each axis alone would notice.

# %%
angles, curve = torch.linspace(0, torch.pi, 61, dtype=torch.float64), []
ellipse, origin = torch.diag(torch.tensor([9.0, 1.0], dtype=torch.float64)), torch.zeros(2).double()
for angle in angles:
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()]).reshape(2, 2)
    curve.append(float(frechet(origin, ellipse, origin, turn @ ellipse @ turn.T)))
figure = new_figure(6.5, 2.6)
degrees = angles * 180 / torch.pi
draw_lines(
    figure.subplots(), degrees, {"distance": curve}, "turned by (degrees)", "Fréchet distance"
)
show(figure, "Same means, same sizes, another direction: the covariance knows.")

# %% [markdown]
# ## 08.inception_score · difficulty 2 of 5 · 10 minutes · 2 points
#
# A classifier gives each image $x$ the probabilities $p(y | x)$ of $K$ classes. Their mean over all images is $p(y)$. Sure of
# each image *and* even over the classes (Salimans et al. 2016):
#
# $$ \text{IS} = \exp \Bigl( \tfrac{1}{n} \sum_x \sum_y p(y | x) \log \frac{p(y | x)}{p(y)} \Bigr). $$


# %%
def inception_score(probs: Tensor) -> float:
    """exp of the mean KL(p(y|x) || p(y)) in nats: a number in [1, K].

    `probs` (n, K) is float64, n >= 1, and each row sums to 1. 0 log 0 counts as 0, and a class may be
    missing from all rows. All n images at once, no splits. A float or a tensor with one number.
    Exact to 1e-9. Does not change `probs`.
    """
    ### BEGIN SOLUTION
    marginal = probs.mean(0)
    divergences = (torch.xlogy(probs, probs) - torch.xlogy(probs, marginal)).sum(1)
    return divergences.mean().exp().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: which axis?</summary>
#
# A row is an image. $p(y)$ has one number a class: the mean over the rows, `probs.mean(0)`. The KL sums over the classes,
# axis 1.
#
# </details>
#
# <details><summary>Hint 2: zeros</summary>
#
# `torch.xlogy(a, b)` is `a * log(b)`, and 0 where `a` is 0. Take the logarithm of the quotient apart.
#
# </details>

# %%
score_of = check("08.inception_score", inception_score)

# %% [markdown]
# **See it.** A forger makes the first $m$ of ten classes, evenly; the classifier is more or less sure. **Predict** the three
# curves at both ends.

# %%
sureness, curves = torch.linspace(0, 12, 41, dtype=torch.float64), {}
for m, name in ((10, "ten classes"), (5, "five classes"), (1, "one class")):
    logits = torch.eye(10, dtype=torch.float64)[torch.arange(100) % m]
    curves[name] = [float(score_of((s * logits).softmax(1))) for s in sureness]
figure = new_figure(6.5, 2.6)
draw_lines(figure.subplots(), sureness, curves, "logit of the right class", "Inception score")
show(
    figure, "Sure images of all classes give 10; one class gives 1, however sure the classifier is."
)

# %% [markdown]
# ## 08.kid · difficulty 3 of 5 · 15 minutes · 3 points
#
# The Fréchet distance of two finite heaps is too large, even if both come from one source. The kernel distance is not
# (Bińkowski et al. 2018), with $k(a, b) = (a \cdot b / d + 1)^3$ and features of $d$ numbers:
#
# $$ \text{KID} = \frac{1}{n (n - 1)} \sum_{i \ne j} k(x_i, x_j) + \frac{1}{m (m - 1)} \sum_{i \ne j} k(y_i, y_j)
#    - \frac{2}{n m} \sum_{i, j} k(x_i, y_j). $$


# %%
def kid(x: Tensor, y: Tensor) -> float:
    """The unbiased estimate of the squared kernel distance between features: a number, maybe < 0.

    `x` (n, d) and `y` (m, d) are float64, n and m at least 2, which may differ. All pairs count. A
    float or a tensor with one number. Exact to 1e-9. Changes no argument.
    """

    ### BEGIN SOLUTION
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a):
        pairs = kernel(a, a)
        return (pairs.sum() - pairs.trace()) / (len(a) * (len(a) - 1))

    return (within(x) + within(y) - 2 * kernel(x, y).mean()).item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: all pairs at once</summary>
#
# `x @ y.T` has the shape (n, m) and holds the products of all pairs.
#
# </details>
#
# <details><summary>Hint 2: without i = j</summary>
#
# Those are on the diagonal of `x @ x.T`: subtract the `trace()` from the sum, and divide by $n (n - 1)$.
#
# </details>

# %%
kernel_distance = check("08.kid", kid)

# %% [markdown]
# **See it.** Two clouds from one source, and two of which one is moved by 0.4; the mean over 300 draws at each size.
# **Predict**: does the size matter?

# %%
sizes, shifts = (4, 8, 16, 32, 64, 128), {"same source": 0.0, "moved by 0.4": 0.4}
curves = {
    name: [
        sum(float(kernel_distance(draw(n), draw(n) + shift)) for _ in range(300)) / 300
        for n in sizes
    ]
    for name, shift in shifts.items()
}
figure = new_figure(6.5, 2.6)
axis = figure.subplots()
draw_lines(axis, sizes, curves, "size of both clouds", "mean KID", {"zero": 0.0})
axis.set_xscale("log")
show(figure, "Without bias: small clouds give noisy figures, not larger ones.")

# %% [markdown]
# ## 08.precision_recall · difficulty 3 of 5 · 20 minutes · 3 points
#
# One figure cannot say whether fakes are bad or few of a kind. Two can (Kynkäänniemi et al. 2019). Around each point of a
# set lies a **ball** that reaches to its $k$-th nearest *other* point of the same set.
#
# - precision: the share of fakes that lie in the ball of at least one real point,
# - recall: the share of real points that lie in the ball of at least one fake.


# %%
def precision_recall(real: Tensor, fake: Tensor, k: int) -> tuple[float, float]:
    """(precision, recall), two numbers in [0, 1].

    `real` (n, d) and `fake` (m, d) are float64; n and m may differ and are larger than k >= 1. A ball
    has its centre's k-th nearest other point on its edge, and the edge belongs to it. Distances are
    Euclidean. Floats or tensors with one number each. Changes no argument.
    """

    ### BEGIN SOLUTION
    def covered(points, centers):
        radius = torch.cdist(centers, centers).kthvalue(k + 1).values  # the nearest is itself
        return (torch.cdist(points, centers) <= radius).any(1).double().mean().item()

    return covered(fake, real), covered(real, fake)
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: one function, used twice</summary>
#
# Both are "the share of `points` in a ball around one of `centers`", with the parts exchanged.
#
# </details>
#
# <details><summary>Hint 2: the k-th nearest other</summary>
#
# In `torch.cdist(centers, centers)` the smallest number of each row is the 0 of the centre itself. So the k-th other is
# the (k + 1)-th smallest: `kthvalue(k + 1).values`.
#
# </details>

# %%
fidelity_and_coverage = check("08.precision_recall", precision_recall)

# %% [markdown]
# **See it.** The real cloud has the spread 1, the forger's cloud the spread $s$. **Predict** both curves: what is a forger
# with $s = 0.3$ good at?

# %%
spreads, curves = torch.linspace(0.1, 3, 30), {"precision": [], "recall": []}
cloud, base = draw(300), draw(300)
for spread in spreads:
    for name, figure in zip(curves, fidelity_and_coverage(cloud, spread * base, 3), strict=True):
        curves[name].append(float(figure))
figure = new_figure(6.5, 2.6)
draw_lines(figure.subplots(), spreads, curves, "spread of the forger's cloud", "share")
show(figure, "A timid forger has precision, a careless one recall; at 1 the curves cross.")

# %% [markdown]
# ## 08.memorised · difficulty 2 of 5 · 15 minutes · 2 points
#
# Copies of training images get excellent figures. They are too *near* to the training set; and how near a new image may
# come is what held-out images show. Let $d(x)$ be the distance of $x$ from its nearest training image. For all pairs of
# a sample $s_i$ and a held-out image $h_j$:
#
# $$ \frac{1}{n m} \sum_{i, j} \begin{cases} 1 & d(s_i) < d(h_j) \\ 1/2 & d(s_i) = d(h_j) \\ 0 & \text{else.} \end{cases} $$


# %%
def memorised(samples: Tensor, train: Tensor, heldout: Tensor) -> float:
    """How often a sample is nearer to the training set than a held-out image is: in [0, 1].

    `samples` (n, ...), `train` (l, ...) and `heldout` (m, ...) are float64; each row is an image
    (C, H, W) or a list of features (d,), and is compared as one point, by Euclidean distance. n, l and
    m may differ. A float or a tensor with one number. Exact to 1e-9. Changes no argument.
    """
    ### BEGIN SOLUTION
    sets = (x.flatten(1) for x in (samples, heldout))
    ours, theirs = (torch.cdist(x, train.flatten(1)).min(1).values for x in sets)
    nearer = (ours[:, None] < theirs).double() + (ours[:, None] == theirs).double() / 2
    return nearer.mean().item()
    ### END SOLUTION


# %% [markdown]
# <details><summary>Hint 1: distances</summary>
#
# `torch.cdist(x.flatten(1), train.flatten(1)).min(1).values` is $d$ for each row of `x`: once for the samples, once for
# the held-out images.
#
# </details>
#
# <details><summary>Hint 2: all pairs</summary>
#
# `ours[:, None] < theirs` is a table (n, m) of yes and no. Made numbers, its mean is the share of pairs.
#
# </details>

# %%
verdict_on = check("08.memorised", memorised)

# %% [markdown]
# **See it.** A forger mixes copies with new samples, another one mixes copies with samples that are far off. **Predict**
# both curves. Which forger goes free?

# %%
train, heldout, new = draw(400, d=4), draw(300, d=4), draw(200, d=4)
shares, curves = torch.linspace(0, 1, 11), {"rest new": [], "rest far off": []}
for share in shares:
    copied = int(200 * share)
    for name, rest in zip(curves, (new, 5 * new), strict=True):
        samples = torch.cat([train[:copied], rest[copied:]])
        curves[name].append(float(verdict_on(samples, train, heldout)))
figure = new_figure(6.5, 2.6)
levels = {"as new as real images": 0.5}
draw_lines(figure.subplots(), shares, curves, "share of copies", "memorised", levels)
show(
    figure,
    "A rank test compares heaps: copies and bad samples together may look new. Look at both.",
)
