# ---
# jupyter:
#   coursekit:
#     title: DCGAN, guideline by guideline
#     budget: 120
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
# # 09 · DCGAN, guideline by guideline
#
# **You will build the pair of networks that made GANs work on images, leave out each of its rules in turn to see what it is
# worth, and then find out what the two networks have learned: a space to walk in, and features that nobody labelled.**

# %% [markdown]
# ## What you will be able to do
#
# - **compute** a transposed convolution by hand, and say which kernels leave a checkerboard,
# - **build** DCGAN's generator and discriminator with each guideline as one argument,
# - **judge** a guideline by leaving it out, with seeds, and tell the ones that matter here from those that do not,
# - **walk** between two codes on the arc and on the line, and measure what the line loses,
# - **calculate** with codes, and report a share of successes instead of one lucky picture,
# - **test** what $D$ has learned: as features with few labels, and as a detector of other people's forgeries.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | the game of lesson 04; FID-feat, the Fréchet distance of lesson 08 |
# | **Paper** | Radford, Metz, Chintala, *Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks*, 2016: [arXiv:1511.06434](https://arxiv.org/abs/1511.06434) |
# | **Cost** | 115 s on 2 CPU cores (profile `fast`); GPU: not measured; data: Fashion-MNIST (a part comes with the course) |
# | **Previous** | [08 · Metrics, and how they lie](08_evaluation.ipynb) |
# | **Next** | [10 · LAPGAN, from coarse to fine](10_lapgan.ipynb) |
# | **Exercise** | [09 · exercises](../exercises/09_dcgan.ipynb) |

# %%
import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # on nets of this size a second thread gains little

# %% [markdown]
# ## 1. How do you enlarge an image with weights?
#
# The perceptrons of lesson 04 made each pixel on its own, and left dust. A convolution knows neighbours, but it makes
# images *smaller*. A generator has to go the other way, from a few numbers to many pixels. The **transposed convolution**
# does it with a stamp: each input pixel $x_{ij}$ presses the kernel $w$, times its value, onto the output at row $is$, column
# $js$; where stamps overlap they **add**; last, $p$ pixels are cut off all four edges. With $n$ pixels and a kernel of $k$
#
# $$ n' = (n - 1)\, s + k - 2p. $$
#
# **Predict.** A $2 \times 2$ image, a $3 \times 3$ kernel, stride 2, no padding: what size comes out, and on which pixel do
# all four stamps lie?


# %%
def output_size(size, kernel, stride, padding):
    """Pixels a side that a transposed convolution makes of `size` pixels a side."""
    return (size - 1) * stride + kernel - 2 * padding


def conv_transpose2d(x, weight, stride, padding):
    """(N, C_in, H, W) -> (N, C_out, H', W'); weight is (C_in, C_out, k, k), as in torch."""
    n, _, height, width = x.shape
    k = weight.shape[-1]
    full = [output_size(side, k, stride, 0) for side in (height, width)]
    out = x.new_zeros(n, weight.shape[1], *full)
    for i in range(height):
        for j in range(width):
            stamp = torch.einsum("nc,couv->nouv", x[:, :, i, j], weight)
            out[:, :, i * stride : i * stride + k, j * stride : j * stride + k] += stamp
    return out[:, :, padding : full[0] - padding, padding : full[1] - padding]


# %% tags=["nbval-check-output"]
x = torch.tensor([[1.0, 2.0], [3.0, 0.0]])[None, None]
kernel = torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]])[None, None]
stamped = conv_transpose2d(x, kernel, stride=2, padding=0)
print(stamped[0, 0].int())
theirs = torch.nn.functional.conv_transpose2d(x, kernel, stride=2)
assert stamped.shape[-1] == output_size(2, 3, 2, 0) == 5 and torch.equal(stamped, theirs)

# %% [markdown]
# **What we see.** $5 \times 5$ pixels, and the middle one is $1 + 2 + 3 + 0 = 6$: a corner of each stamp. This kernel,
# divided by 4, is bilinear interpolation. A generator is free to learn any other.
#
# Why "transposed"? A convolution with stride is linear in the image, so it is a matrix $M$: 4 rows for the $2 \times 2$ results,
# 25 columns for the $5 \times 5$ pixels. Feed it the 25 images that have a single 1, and read off its columns.

# %% tags=["nbval-check-output"]
units = torch.eye(25).reshape(25, 1, 5, 5)
M = torch.nn.functional.conv2d(units, kernel, stride=2).flatten(1).T
print("M is", tuple(M.shape), "and its first row is w, laid out on 5 x 5:")
print(M[0].reshape(5, 5).int())
print("transpose of M times x = the stamps:", torch.equal(M.T @ x.flatten(), stamped.flatten()))
print("M times its transpose is the identity:", torch.equal(M @ M.T, torch.eye(4)))

# %% [markdown]
# **What we see.** The stamps are $M^\top x$: the same weights, read the other way. That is also what `backward` does when it
# carries a slope from a convolution's output to its input, so every framework had this layer before it had a name. It is **not** the
# inverse ("deconvolution"): $M M^\top$ is no identity.
#
# ### The checkerboard
#
# How many stamps lie on a pixel? Put ones on ones. **Predict.** For which of the kernels 3, 4 and 5, at stride 2, is the count
# the same everywhere (but at the border)?

# %% tags=["nbval-check-output"]
ones = torch.ones(1, 1, 6, 6)
covers = {k: conv_transpose2d(ones, torch.ones(1, 1, k, k), 2, 1)[0, 0] for k in (3, 4, 5)}
for k, cover in covers.items():
    inside = cover[3:-3, 3:-3]
    print(f"kernel {k}: {sorted(set(inside.flatten().int().tolist()))} stamps on a pixel")

# %%
from coursekit.plots.style import new_figure, show

figure = new_figure(6.5, 2.3)
for axis, (k, cover) in zip(figure.subplots(1, 3), covers.items(), strict=True):
    drawn = axis.imshow(cover, cmap="cividis", vmin=0, vmax=9)
    axis.set(xticks=[], yticks=[])
    axis.set_title(f"kernel {k}, stride 2", fontsize=11, loc="left")
figure.colorbar(drawn, ax=figure.axes, label="stamps on a pixel")
show(figure, "Figure 1. Stamps on each pixel. Only kernel 4 is even, since 2 divides it.")

# %% [markdown]
# **What we see.** A kernel that the stride does not divide covers some pixels twice as often as their neighbours, in each direction: a checkerboard
# that $G$ must unlearn (Odena et al. 2016). The paper's kernels are $5 \times 5$ at stride 2; ours are $4 \times 4$, and with padding
# 1 they double the size exactly: 7 to 14 to 28.

# %% [markdown]
# ## 2. Which five rules?
#
# In 2015 convolutions in GANs mostly failed. The paper tried many combinations and kept a family that trained: five
# guidelines, in its section 3, and the numbers of its section 4.
#
# | | guideline | the reason that the paper gives | argument |
# |---|---|---|---|
# | 1 | strided and transposed convolutions instead of pooling and upsampling | the net learns its own sampling | `down`, `up` |
# | 2 | batch normalisation in both nets, but not at $G$'s output and $D$'s input | gradients flow, a poor start does less harm, $G$ does not collapse to a point; applied to all layers, samples oscillate | `norm` |
# | 3 | no dense hidden layers | the middle way: features connect directly to input and output | |
# | 4 | ReLU in $G$, tanh at its output | a bounded output saturates sooner and covers the colours | `activation`, `output` |
# | 5 | leaky ReLU in $D$ | worked well, above all at higher resolution | `activation` |
# | | weights drawn from $N(0, 0.02)$ | none given | `dcgan_init` |
# | | Adam with $\beta_1 = 0.5$ | 0.9 made training oscillate | |
# | | rate 2e-4 | 1e-3 was too high | |
#
# Reasons are plausible; are they true *here*? So that a rule can be left out, it is an argument: a function that makes a
# layer. The defaults are the guidelines. (`coursekit.nets.guidelines` has the same two nets with a few more arguments, for
# dense layers and for normalisation everywhere.) First the two ways to change the size:


# %%
def transposed(n_in, n_out):
    return nn.ConvTranspose2d(n_in, n_out, 4, 2, 1)


def strided(n_in, n_out):
    return nn.Conv2d(n_in, n_out, 4, 2, 1)


def leaky():
    return nn.LeakyReLU(0.2)


# %% [markdown]
# $G$ projects $z$ to a map of $7 \times 7$ pixels (a transposed convolution over a single pixel is a projection) and doubles it twice.
# $D$ is its mirror image, and ends in one number.


# %%
def make_generator(
    shape, latent, width, up=transposed, norm=nn.BatchNorm2d, activation=nn.ReLU, output=nn.Tanh
):
    """Noise (N, latent) -> images (N, *shape)."""
    to_map = nn.Unflatten(1, (latent, 1, 1))
    return nn.Sequential(
        nn.Sequential(to_map, nn.ConvTranspose2d(latent, 2 * width, shape[1] // 4)),
        *(norm(2 * width), activation()),
        *(up(2 * width, width), norm(width), activation()),
        *(up(width, shape[0]), output()),
    )


def make_discriminator(shape, width, down=strided, norm=nn.BatchNorm2d, activation=leaky):
    """Images (N, *shape) -> scores (N, 1)."""
    return nn.Sequential(
        *(down(shape[0], width), nn.Identity(), activation()),  # no normalisation at the input
        *(down(width, 2 * width), norm(2 * width), activation()),
        nn.Sequential(nn.Conv2d(2 * width, 1, shape[1] // 4), nn.Flatten()),
    )


# %%
def dcgan_init(net):
    """Draw the paper's initial weights into every layer of the net, in place; returns it."""
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)
            nn.init.zeros_(layer.bias)
    return net


# %% [markdown]
# Which sizes do the maps have, and how many weights are there?

# %% tags=["nbval-check-output"]
G = dcgan_init(make_generator((1, 28, 28), latent=100, width=24))
D = dcgan_init(make_discriminator((1, 28, 28), width=24))
h = torch.zeros(2, 100)
for part in G:
    h, before = part(h), h
    if h.shape != before.shape:
        print(f"{tuple(before.shape[1:])} -> {tuple(h.shape[1:])}")
for name, net in (("G", G), ("D", D)):
    print(f"{name} has {sum(p.numel() for p in net.parameters()):,} weights")

# %% [markdown]
# $G$ has a third of the weights of lesson 04's perceptron, $D$ a twenty-fifth: all places share a kernel.

# %% [markdown]
# ## 3. What is one rule worth? Two arms, live
#
# The loss and the step are those of lesson 04 (`adversarial` is Algorithm 1, with the non-saturating loss unless told otherwise). We
# depart from the paper where our minutes ask for it: batches of 64, width 24, bfloat16 where the processor has it, and a rate of
# **1e-3**, the one that the paper found too high. Section 4 says what that is worth.

# %%
from coursekit.data.images import load_images
from coursekit.data.streams import Batches, Latent, uniform
from coursekit.fit import fit
from coursekit.nets.precision import InPrecision
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

garments, test = load_images("fashion-mnist"), load_images("fashion-mnist", "test")
n_steps = run.pick(fast=400, full=3000)


def train(g_changes, d_changes, seed, lr=1e-3):
    """Train a pair on garments; returns the game and the losses."""
    torch.manual_seed(seed)
    G = make_generator((1, 28, 28), 100, 24, **g_changes)
    D = make_discriminator((1, 28, 28), 24, **d_changes)
    G, D = (InPrecision(dcgan_init(net).to(run.device), run.precision) for net in (G, D))
    adams = [torch.optim.Adam(net.parameters(), lr, (0.5, 0.999), fused=True) for net in (G, D)]
    game = Game(G, D, *adams, Latent(100, seed + 1, run.device, uniform))
    history = fit(adversarial(game), garments.batches(64, seed + 2), n_steps)
    return game, history


# %% [markdown]
# The second arm leaves out batch normalisation, in both nets, and changes nothing else.
#
# **Predict.** Will the second pair fail altogether, be slower, or make no difference?

# %%
without = {"norm": nn.Identity}
games, histories = {}, {}
for name, changes in (("the recipe", {}), ("no batch norm", without)):
    games[name], histories[name] = train(changes, changes, run.seed)

# %%
from coursekit.plots.curves import smoothed
from coursekit.plots.lines import draw_lines

figure = new_figure(6.5, 2.6)
for axis, loss in zip(figure.subplots(1, 2), ("d_loss", "g_loss"), strict=True):
    means = {name: smoothed(history[loss], 25) for name, history in histories.items()}
    steps = range(25, n_steps + 1)
    draw_lines(axis, steps, means, "step", f"{loss[0].upper()}'s loss (nats)")
show(figure, "Figure 2. The losses of both arms, running means over 25 steps.")

# %% [markdown]
# And what they drew, scored by FID-feat with 5,000 images each:

# %%
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import fid_feat, reference
from coursekit.plots.compact import show_compact
from coursekit.plots.sheets import sheet

net = load_feature_net(garments.name)
real = reference(test, net)


@torch.no_grad()
def draw(G, n, latent):
    """n images of G in eval mode."""
    G.eval()
    return torch.cat([G(latent(500)) for _ in range(n // 500)])


drawn, short = {}, {}
for name, game in games.items():
    drawn[name] = draw(game.G, 5000, Latent(100, 7, run.device, uniform))
    short[name] = fid_feat(real, drawn[name], net)
    print(f"{name}, {n_steps} steps: FID-feat {short[name]:.1f}")
    text = f"Figure {2 + len(drawn)}. {name[0].upper()}{name[1:]}, {n_steps} steps."
    show_compact(sheet(drawn[name][:32], 16), text, n_colors=16)
assert short["the recipe"] < short["no batch norm"]

# %% [markdown]
# **What we see.** Neither has garments yet. The recipe's pictures have outlines: tops with sleeves, soles, trouser legs can be guessed, under
# streaks along rows and columns. Without normalisation there are soft heaps with dots at equal distances, and FID-feat is higher.
# Now look at the losses again: by them one would have preferred the *worse* arm. Its $D$ is nearer to the coin's 1.39 and its $G$ pays less, since
# neither of the two has learned much.
#
# One rule, one seed, one number of steps: not yet a finding.

# %% [markdown]
# ## 4. What is each rule worth? The table
#
# Twelve arms, three seeds each, 500 steps: recorded, on the whole of Fashion-MNIST. An arm changes one guideline, in both
# nets where the guideline speaks of both. `coursekit/guidelines.py` lists the changes; a dense hidden layer has 512 units and
# its own batch normalisation.
#
# **Predict.** Which three changes do the most harm? Does any of them *help*?

# %%
from coursekit.plots.style import table
from coursekit.recorded import recorded

record = recorded("guidelines")
arms = {}
for row in record.rows:
    arms.setdefault(row["arm"], []).append(row)
fids = {arm: [row["fid"] for row in rows] for arm, rows in arms.items()}
mean = {arm: sum(values) / len(values) for arm, values in fids.items()}
rows = []
for arm in sorted(mean, key=mean.get):
    seconds = sum(row["cpu_seconds"] for row in arms[arm]) / len(arms[arm])
    figures = " ".join(f"{fid:.1f}" for fid in fids[arm])
    bold = "**" if arm == "the recipe" else ""
    rows.append([f"{bold}{arm}{bold}", figures, f"{mean[arm]:.1f}", f"{seconds:.0f}"])
columns = ["arm", "FID-feat, three seeds", "mean", "seconds"]
table(columns, rows, "Lower is better. Seconds of one thread, on a machine with other work.")

# %%
from statistics import median

harmed = sorted(mean[arm] for arm in mean if arm != "the recipe")
print(f"the recipe {mean['the recipe']:.1f}, the median of the arms {median(harmed):.1f}")
better = [arm for arm in mean if mean[arm] < mean["the recipe"]]
print("better than the recipe, by the mean:", better or "none")
assert mean["the recipe"] < median(harmed)
pairs = zip(fids["dense hidden layers"], fids["the recipe"], strict=True)
assert all(dense < plain for dense, plain in pairs)
decisive = (
    "beta1 0.9",
    "batch norm everywhere",
    "no batch norm",
    "no batch norm in G",
    "rate 2e-4",
)
assert all(min(fids[arm]) > 1.2 * max(fids["the recipe"]) for arm in decisive)
assert all(len(values) == 3 for values in fids.values())

# %% [markdown]
# **What we see.** The recipe beats the median arm, and seven of the eleven. Four are a little or much *better*: the rules are far from equal.
#
# - **Where it matters.** $\beta_1$ = 0.9 and every change of batch normalisation: without it, without it in $G$ alone, and with it
#   *everywhere*, as the paper warns. And the paper's own rate: in 500 steps 2e-4 gets about as far as a net without
#   normalisation. It is slow in a short run; a long one
#   was not measured.
# - **Where it matters less.** Tanh inside $G$ costs four to eight points; no tanh at the output two and four, and on the third seed eleven.
# - **Where it does not matter here.** Pooling and upsampling score as strided convolutions do, or a little better, at twice the seconds.
#   PyTorch's own initial weights and a $D$ without the leak are within three points of the recipe, on its better side. We guess why:
#   batch normalisation rescales what the initial weights got wrong, and in two layers little slope is lost to zeros.
# - **Where it hurts.** *Dense hidden layers help*, on every seed. They bring many weights (512 units on both sides), and for garments
#   that lie in the middle of 28 pixels a layer that knows every place is no handicap.
#
# Is the paper wrong, then? It looked for what trains at 64 pixels, with four layers, for hours and on bedrooms. A guideline is a
# finding about some nets on some data. Ours are small: of eight rules three decide.

# %% [markdown]
# ## 5. What does patience buy?
#
# The course ships a DCGAN that was trained as long as it took: the same two nets, wider, with the hinge loss, spectral
# normalisation in $D$ (Miyato et al. 2018), and the averaged generator of lesson 04.

# %%
from coursekit.shipped import load_shipped

shipped = load_shipped("dcgan-fashion")
G, D, card = shipped.G, shipped.D, shipped.card
long = shipped.sample(5000, seed=7)
print(f"{card['recipe']}: {card['n_steps']:,} steps, {card['seconds']:,} s, {card['device']}")
patient = fid_feat(real, long, net)
print(f"FID-feat {patient:.1f}, our {n_steps} steps {short['the recipe']:.1f}; card:", end=" ")
print(f"{card['fid_feat']:.1f}, and {card['real_against_real']:.1f} for real against real")
text = "Figure 5. The shipped generator; compare it with figure 3."
show_compact(sheet(long[:32], 16), text, n_colors=16)
assert patient < short["the recipe"] / run.pick(fast=4, full=3)

# %% [markdown]
# **What we see.** Collars, straps, heels, even patterns; a few of the 32 are still no garment that anybody sews. Half an hour of one core instead of
# half a minute brings FID-feat from above 20 to about 2. Real images against real ones have 0.2, so $D$ would have more to teach.
#
# From here on $G$ and $D$ are the shipped pair. Its $z$ has 64 normal numbers.

# %% [markdown]
# ## 6. What lies between two images?
#
# If $G$ had stored garments, there would be nothing between two of them. So walk from $z_0$ to $z_1$. On which way? A draw from
# $N(0, I)$ in 64 dimensions has a norm near $\sqrt{64} = 8$: the codes that $G$ was trained on lie near a **sphere**. The middle of a straight
# line, $(z_0 + z_1)/2$, is distributed as $N(0, I/2)$: its norm is near 5.7, and $G$ hardly ever saw such a code. **Spherical
# interpolation** (White 2016) stays on the sphere. With $\omega$ the angle between the two,
#
# $$ \operatorname{slerp}(z_0, z_1, t) = \frac{\sin((1 - t)\,\omega)}{\sin \omega}\, z_0
#    + \frac{\sin(t\,\omega)}{\sin \omega}\, z_1. $$


# %%
def slerp(z0, z1, t):
    """The point t on the arc from z0 to z1, row by row; on the line where no arc is the one."""
    u, v = (z / z.norm(dim=-1, keepdim=True) for z in (z0, z1))
    omega = (u * v).sum(-1, keepdim=True).clamp(-1, 1).acos()
    arc = (((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1) / omega.sin()
    return torch.where(omega.sin() < 1e-6, (1 - t) * z0 + t * z1, arc)


def line(z0, z1, t):
    return (1 - t) * z0 + t * z1


# %%
@torch.no_grad()
def paint(z):
    return torch.cat([G(part) for part in z.split(500)])


def sure(images):
    """The classifier's largest probability for each image."""
    return net.logits(images).softmax(1).max(1).values


latent = Latent(64, seed=run.seed + 11, device=run.device)
z0, z1 = latent(4), latent(4)
walk = torch.stack([slerp(z0, z1, t / 11) for t in range(12)], 1).flatten(0, 1)
text = "Figure 6. Four walks of twelve steps on the arc, the first four pairs that were drawn."
show_compact(sheet(paint(walk), 12), text, n_colors=16)

# %% [markdown]
# **What we see.** Each step is a small one, and every picture on the way could be a garment: in the third row a sneaker grows a handle, is a bag for
# a moment, and becomes a pullover. Nothing is laid over something else, as the average of two *images* would be. Where the class
# changes, it changes within a step or two: there is little between a shoe and a bag.
#
# **Predict.** At the middle of 5,000 walks: where is the classifier less sure, on the arc or on the line? And FID-feat, which compares
# whole *sets* of images?

# %%
z0, z1 = latent(5000), latent(5000)
ways = {
    "the ends, z0": z0,
    "the middle of the arc": slerp(z0, z1, 0.5),
    "the middle of the line": line(z0, z1, 0.5),
}
rows, middle = [], {}
for name, z in ways.items():
    images = paint(z)
    p = sure(images)
    halves = (p > 0.5).float().mean().item()
    middle[name] = p.mean().item(), fid_feat(real, images, net)
    norm, (confidence, fid) = z.norm(dim=1).mean(), middle[name]
    rows.append([name, f"{norm:.2f}", f"{confidence:.2f}", f"{halves:.0%}", f"{fid:.1f}"])
table(["codes", "norm", "classifier's confidence", "above 0.5", "FID-feat"], rows)
ends, arc, straight = middle.values()
assert arc[0] > max(0.5, ends[0] - 0.03) and abs(arc[1] - ends[1]) < 1
assert straight[1] > 1.25 * arc[1]

# %% [markdown]
# **What we see.** The middle of the arc is nearly as good as its ends, by all figures: it is a code like any other. The middle of the line has
# 2.3 less norm. The classifier hardly minds; it judges one image at a time, and most of them are still garments. FID-feat more than
# doubles: *as a set* these images are too much alike, drawn towards the one picture that $G$ makes of $z = 0$. No look at single
# walks would have shown it.

# %% [markdown]
# ## 7. Can you calculate with garments?
#
# The paper's most famous figure: smiling woman - neutral woman + neutral man = smiling man, in $z$. Each concept is the mean of **three**
# codes whose images somebody picked; a single code, it says, was unstable. We have a classifier in place of somebody. Our concept is *light*: a
# garment of class $A$ in the lightest third of its class, minus dark ones of $A$, plus dark ones of $B$. Is the result a
# light $B$?


# %%
def latent_arithmetic(a, b, c):
    """mean(a) - mean(b) + mean(c) of codes (n, d) each: (d,)."""
    return a.mean(0) - b.mean(0) + c.mean(0)


def light(images):
    """Mean brightness of each image, 0 to 1."""
    return (images.mean((1, 2, 3)) + 1) / 2


z = latent(6000)
images = paint(z)
p, kind = net.logits(images).softmax(1).max(1)
thirds, codes, places = {}, {}, torch.tensor([1 / 3, 1 / 2, 2 / 3], device=z.device)
for k in range(10):
    mine = (kind == k) & (p > 0.8)  # of these the classifier is sure
    thirds[k] = light(images)[mine].quantile(places)
    codes[k, "dark"] = z[mine & (light(images) < thirds[k][0])]
    codes[k, "light"] = z[mine & (light(images) > thirds[k][2])]


# %% [markdown]
# A trial picks two classes and $n$ codes for each of the three concepts, all at random. It **succeeds** if the classifier calls the
# result $B$ and it is lighter than the median $B$. By luck that would be one in twenty.


# %%
def trials(n, n_trials, generator):
    """Results (n_trials, 64) of the sum with n codes a concept, and the class B of each."""
    results, wanted = [], []
    for _ in range(n_trials):
        A, B = torch.randperm(10, generator=generator)[:2].tolist()
        picked = [
            group[torch.randperm(len(group), generator=generator)[:n].to(z.device)]
            for group in (codes[A, "light"], codes[A, "dark"], codes[B, "dark"])
        ]
        results.append(latent_arithmetic(*picked))
        wanted.append(B)
    return torch.stack(results), torch.tensor(wanted, device=z.device)


def successes(results, wanted):
    """Whether each result is of its class, and whether it is light for that class."""
    made = paint(results)
    medians = torch.stack([thirds[k][1] for k in range(10)])
    return net.labels(made) == wanted, light(made) > medians[wanted]


# %% [markdown]
# **Predict.** What share of 500 trials succeeds with one code a concept? With three, as in the paper? With ten?

# %%
generator = torch.Generator().manual_seed(run.seed)
rows, share = [], {}
for n in (1, 3, 10):
    results, wanted = trials(n, 500, generator)
    right, bright = successes(results, wanted)
    share[n] = (right & bright).float().mean().item()
    shares = [f"{flags.float().mean():.0%}" for flags in (right, bright)]
    rows.append([n, f"{results.norm(dim=1).mean():.1f}", *shares, f"**{share[n]:.0%}**"])
table(["codes a concept", "norm of the sum", "is a B", "is light", "both"], rows)
assert share[1] < share[3] < share[10] and share[3] > 0.2

# %% [markdown]
# **What we see.** With one code a concept a quarter succeeds, with three two fifths, with ten more than half. So the paper's advice holds, and
# three are few. Light is easy (nearly nine of ten with three codes); what fails is the *class*: with three codes more than half of the sums are no
# $B$ any more. A figure with one row of smiling men says that it *can* work. All of these shares are far above one in twenty, and all leave
# many failures that a figure would leave out.

# %%
results, wanted = trials(3, 14, torch.Generator().manual_seed(run.seed + 1))
right, bright = successes(results, wanted)
marks = ["x" if a and b else "-" for a, b in zip(right.tolist(), bright.tolist(), strict=True)]
text = "Figure 7. Fourteen sums of three codes, in the order drawn; none was chosen."
show_compact(sheet(paint(results), 14), text, n_colors=16)
names = [test.classes[k] for k in wanted.tolist()]
print("wanted, light: " + ", ".join(map(" ".join, zip(names, marks, strict=True))))

# %% [markdown]
# Now with your own hands. The differences of two means are **directions**; the sliders add them, in any amount, to a walk between two
# corners.
#
# **Predict.** Push "light" up by 1. What else than light will it change?

# %%
from coursekit.widgets.latent_explorer import LatentExplorer


def means(level):
    return torch.stack([codes[k, level].mean(0) for k in range(10)]).mean(0)


def class_mean(k):
    return torch.cat([codes[k, "dark"], codes[k, "light"]]).mean(0)


directions = {
    "light": means("light") - means("dark"),
    "boot, not sneaker": class_mean(9) - class_mean(7),
    "dress, not T-shirt": class_mean(3) - class_mean(0),
    "coat, not shirt": class_mean(4) - class_mean(6),
}
LatentExplorer(G, directions, seed=3, classifier=net.logits, classes=test.classes)

# %% [markdown]
# The stored picture shows a walk between two corners, with all sliders at 0. How pure are the directions? Add each of them,
# once, to 2,000 new codes, and compare the classifier's label before and after.

# %%
z = latent(2000)
before, rows, kept = paint(z), [], {}
for name, direction in directions.items():
    after = paint(z + direction)
    brighter = (light(after) - light(before)).mean().item()
    same = net.labels(after) == net.labels(before)
    kept[name] = same.float().mean().item()
    rows.append([name, f"{direction.norm():.1f}", f"{brighter:+.2f}", f"{kept[name]:.0%}"])
table(["direction, added once", "its norm", "change in brightness", "label kept"], rows)
sneakers = net.labels(before) == 7
boots = net.labels(paint(z[sneakers] + directions["boot, not sneaker"])) == 9
print(f"sneakers that become boots: {boots.float().mean():.0%}")
assert kept["light"] < 0.7 and boots.float().mean() > 0.5

# %% [markdown]
# **What we see.** "Light" does make images lighter, and half of them become *another class* on the way; most sneakers turn into boots, as they
# should, but half of everything else changes too. A direction that is found as a difference of means carries along whatever goes with it: light garments
# are more often tops. The latent space has directions with a meaning. It has not been told to keep them apart.

# %% [markdown]
# ## 8. What did $D$ learn without labels?
#
# To tell real from fake, $D$ had to learn what garments are made of. The paper takes the maps of all its convolutions behind the
# non-linearity, max-pools each to $4 \times 4$, and gives the numbers to a linear classifier. Do they tell garments apart?


# %%
from torch.nn.functional import adaptive_max_pool2d


@torch.no_grad()
def discriminator_features(D, x):
    """Images (N, C, H, W) -> (N, 16 x the channels of all convolutions but the last)."""
    pooled = []
    for layer in D.features:
        x = layer(x)
        if isinstance(layer, nn.LeakyReLU):
            pooled.append(adaptive_max_pool2d(x, 4).flatten(1))
    return torch.cat(pooled, 1)


# %% [markdown]
# Two comparisons decide what a figure means: **raw pixels**, and a $D$ of the same shape with **random weights**, which has the
# architecture and has learned nothing. The classifier is linear: ridge regression on labels as $\pm 1$ (the paper: a linear
# SVM), features standardised, labels balanced over the classes, five draws.
#
# **Predict.** The order of the three, with 100 labels. Will it be the same with 1,000?

# %%
from coursekit.nets.dcgan import DCGANDiscriminator
from coursekit.nets.spectral import spectral_norm

torch.manual_seed(run.seed)
width = D.features[0].out_channels
settings = {"norm": lambda n: nn.Identity(), "wrap": spectral_norm}  # as the shipped D has them
blank = DCGANDiscriminator(28, 1, width, **settings).eval().to(run.device)
extract = {
    "raw pixels": lambda x: x.flatten(1).cpu(),
    "random D": lambda x: discriminator_features(blank, x).cpu(),
    "trained D": lambda x: discriminator_features(D, x).cpu(),
}
held_out, answers = test.floats(slice(4000)), test.labels[:4000].cpu()
ready = {name: f(held_out) for name, f in extract.items()}


def balanced(n, generator):
    """Places of n training images, n / 10 of each class."""
    chosen = []
    for k in range(10):
        mine = (garments.labels.cpu() == k).nonzero()[:, 0]
        chosen.append(mine[torch.randperm(len(mine), generator=generator)[: n // 10]])
    return torch.cat(chosen)


# %%
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

accuracy = {}
generator = torch.Generator().manual_seed(run.seed)
for n in (100, 1000):
    for _ in range(5):
        chosen = balanced(n, generator).to(run.device)
        for name, f in extract.items():
            linear = make_pipeline(StandardScaler(), RidgeClassifier(alpha=1000.0))
            linear.fit(f(garments.floats(chosen)), garments.labels[chosen].cpu())
            accuracy.setdefault((name, n), []).append(linear.score(ready[name], answers))

# %% [markdown]
# The three are trained on the *same* draws, so that they can be compared draw by draw.

# %%
rows = []
for name in extract:
    figures = [torch.tensor(accuracy[name, n]) for n in (100, 1000)]
    rows.append([name, *(f"{100 * f.mean():.1f} ± {100 * f.std():.1f} %" for f in figures)])
table(["features", "100 labels", "1,000 labels"], rows, "Mean and spread over five draws.")
gain = {}
for n in (100, 1000):
    pairs = zip(accuracy["trained D", n], accuracy["random D", n], strict=True)
    gain[n] = [mine - theirs for mine, theirs in pairs]
    points = " ".join(f"{100 * g:+.1f}" for g in gain[n])
    print(f"{n} labels, trained - random: {points} points")
    assert sum(accuracy["trained D", n]) > sum(accuracy["raw pixels", n])
assert sum(gain[100]) > 0 and sum(g > 0 for g in gain[100]) >= 4

# %% [markdown]
# **What we see.** The trained $D$ is first with few labels and with more, without having seen a single one. But look at the random $D$: with 1,000
# labels most of the way up from the pixels is done by convolutions and pooling *before any training*. What the game added is
# the last step, and it is there on each draw of labels.
#
# The published figures. Here $D$ had seen a million other images, of natural things, in colour:

# %%
published = [
    ["CIFAR-10, all labels: k-means, one layer", "80.6 %"],
    ["CIFAR-10, all labels: k-means, three layers", "82.0 %"],
    ["CIFAR-10, all labels: exemplar CNN", "84.3 %"],
    ["CIFAR-10, all labels: DCGAN, D trained on ImageNet, 28,672 features, SVM", "82.8 %"],
    ["SVHN, 1,000 labels: DCGAN and SVM, 100 draws", "77.5 % (error 22.48 %)"],
]
columns = ["published by Radford et al. 2016", "accuracy"]
table(columns, published, "Other data, other features.")

# %% [markdown]
# **What we see.** The DCGAN is *between* the older methods on CIFAR-10, not above them. A random $D$ is not among the paper's
# rows; ours says that it should have been.

# %% [markdown]
# ## 9. Is $D$ a detector of forgeries?
#
# $D$ was trained to tell real from fake, so it should catch fakes, should it not? The measure is the **AUC**: how often a real image
# scores higher than a fake one, of all pairs. A coin has 0.5. We ask our $D$ about garments that it never met: test images as the
# real ones, and fakes of its own $G$ and of others.


# %%
def auc(real_scores, fake_scores):
    """Share of pairs in which the real image scores higher; ties count half."""
    gap = real_scores[:, None] - fake_scores[None]
    return ((gap > 0).float() + 0.5 * (gap == 0).float()).mean().item()


@torch.no_grad()
def score(D, x):
    D.eval()
    return torch.cat([D(part)[:, 0] for part in x.split(500)])


# %% [markdown]
# **Predict.** Four kinds of fakes: of its own $G$, of our short run above, of the arm without batch normalisation, and uniform noise, which a
# child would tell. For which is the AUC of the shipped $D$ highest? Which fakes will the $D$ of our short run catch?

# %%
generator = torch.Generator().manual_seed(run.seed)
fakes = {"shipped G": long[:2000]} | {name: x[:2000] for name, x in drawn.items()}
fakes["noise"] = 2 * torch.rand(2000, 1, 28, 28, generator=generator).to(run.device) - 1
genuine = test.floats(slice(2000))
detectors = {"shipped D": D} | {f"D of {name}": game.D for name, game in games.items()}
caught = {
    (who, of): auc(score(detector, genuine), score(detector, x))
    for who, detector in detectors.items()
    for of, x in fakes.items()
}
rows = [[who, *(f"{caught[who, of]:.2f}" for of in fakes)] for who in detectors]
table(["AUC", *(f"fakes: {of}" for of in fakes)], rows)
sure = run.pick(fast=0.95, full=0.9)  # longer runs are better forgers
assert caught["shipped D", "shipped G"] < 0.75 < sure < caught["shipped D", "the recipe"]
assert abs(caught["D of the recipe", "shipped G"] - 0.5) < 0.1

# %% [markdown]
# **What we see.** The shipped $D$ catches the short runs without a mistake, and noise. Its own $G$, the best of them, passes more than a third of the
# time. And the $D$ of our short run, which knows its own $G$ well and noise by sight, tosses a coin before the garments of the
# shipped one. So: **a detector for forgers that are worse than its own, and none for a better one**, which is the case
# that anybody would need it for. What $D$ knows is where the forgers so far have been; lesson 04 said so of dust. In
# the profile `full` the short run has 3,000 steps and is a better forger: the shipped $D$ tells its fakes with an AUC
# of 0.94.

# %% [markdown]
# ## 10. Where does it end?
#
# The paper went on to bedrooms and faces of 64 pixels, and said itself what was left over. Two things stand in our way. One is
# data: scikit-image ships a hundred faces of $25 \times 25$ pixels.

# %% tags=["nbval-check-output"]
from skimage import data

faces = data.lfw_subset()[:100]
size = " x ".join(map(str, faces.shape[1:]))
print(f"{len(faces)} faces of {size} pixels; the paper's set: 350,000 of 64 x 64")
assert faces.shape == (100, 25, 25)

# %% [markdown]
# (No picture of them here: they are press photographs of people, and no licence is stated with them. On your machine
# `sheet(torch.tensor(2 * faces[:, None] - 1), 20)` shows them. A hundred images are learned by heart, not by example.)
#
# The other is **distance**. A convolution sees a neighbourhood: one entry of our $D$'s second map sees $10 \times 10$ pixels, and only the last
# layer puts them together. On 28 pixels that is enough. What about larger images?
#
# An experiment: a photograph of a brick wall, $256 \times 256$ pixels. $D$ judges patches of 32. $G$ is *only* transposed convolutions,
# from a grid of codes: $4 \times 4$ codes make a patch, and $12 \times 12$ codes make a wall of 96 pixels that no $D$ ever judged as a whole (Jetchev
# et al. 2016 make textures in this way).

# %%
wall = torch.tensor(data.brick())[None, None].float().to(run.device) / 127.5 - 1
wall = torch.nn.functional.avg_pool2d(wall, 2)


def patches(n, generator, side=32):
    """n squares (n, 1, side, side) from anywhere on the wall."""
    corners = torch.randint(len(wall[0, 0]) - side + 1, (n, 2), generator=generator).tolist()
    return torch.cat([wall[:, :, i : i + side, j : j + side] for i, j in corners])


def codes_on_a_grid(n, size, generator, device, side=4):
    return uniform(n, size, side, side, generator=generator, device=device)


# %%
def normed(width):
    return nn.BatchNorm2d(width), nn.ReLU()


torch.manual_seed(run.seed)
mason = nn.Sequential(
    *(transposed(16, 48), *normed(48)),
    *(transposed(48, 24), *normed(24)),
    *(transposed(24, 1), nn.Tanh()),
)
inspector = make_discriminator((1, 32, 32), 24)
pair = [InPrecision(dcgan_init(x).to(run.device), run.precision) for x in (mason, inspector)]
adams = [torch.optim.Adam(x.parameters(), 1e-3, (0.5, 0.999), fused=True) for x in pair]
grid = Latent(16, run.seed + 1, run.device, codes_on_a_grid)
stream = Batches(lambda n, generator: (patches(n, generator),), 64, run.seed + 2)
_ = fit(adversarial(Game(*pair, *adams, grid)), stream, run.pick(fast=300, full=2000))

# %% [markdown]
# **Predict.** Two pixels in one column, $d$ rows apart: how alike are they in the real wall, at $d = 4$ and at $d = 24$? And in the forged one?


# %%
def alike(x, d):
    """Correlation, over images, of pixels d rows apart in the same column."""
    x = x - x.mean(0)  # what a place has in all images is no likeness
    above, below = x[:, :, :-d], x[:, :, d:]
    scale = above.square().mean() * below.square().mean()
    return ((above * below).mean() / scale.sqrt()).item()


generator = torch.Generator().manual_seed(run.seed + 3)
real_walls = patches(100, generator, side=96)
z = codes_on_a_grid(100, 16, generator, "cpu", side=12).to(run.device)
with torch.no_grad():
    walls = torch.cat([pair[0].eval()(part) for part in z.split(25)])
text = "Figure 8. Two pieces of the real wall, two forged ones, 96 pixels each."
show_compact(sheet(torch.cat([real_walls[:2], walls[:2]]), 4), text, n_colors=32)

# %%
distances = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]
lines = {
    name: [alike(x, d) for d in distances]
    for name, x in (("real wall", real_walls), ("forged wall", walls))
}
figure = new_figure(6.5, 2.6)
axis = figure.subplots()
draw_lines(axis, distances, lines, "rows apart", "correlation")
axis.set(xscale="log", xticks=distances, xticklabels=distances)
axis.minorticks_off()
show(figure, "Figure 9. How alike pixels of a column are, at a distance.")
near, far = (distances.index(d) for d in (4, 24))
true, forged = lines.values()
for place in (near, far):
    print(f"{distances[place]} rows apart: real {true[place]:.2f}, forged {forged[place]:.2f}")
assert abs(true[near] - forged[near]) < 0.15 and forged[far] < true[far] / 2

# %% [markdown]
# **What we see.** Near by the forgery is as good as the wall: up to eight rows its columns are about as alike, in short, upright, light strokes of mortar.
# Then the two part. At 24 rows the real columns still know of each other, and the forged ones have forgotten: strokes begin
# anywhere, fray and end, and no brick is closed. How far can a code reach at all?

# %% tags=["nbval-check-output"]
reach = [1]
for _ in range(3):
    reach.append(output_size(reach[-1], kernel=4, stride=2, padding=0))
print("rows that one code can reach, layer by layer:", reach)
assert reach[-1] < distances[far]

# %% [markdown]
# So the answer was known before the training: pixels 24 rows apart share no code, and whatever $G$ learns, they are drawn
# independently. Had we looked only at patches of 32, as $D$ did, we would not know. It is what people
# saw in the first large GAN images: fur, grass and stone that convince, and animals with the wrong number of legs. **Locally
# convincing, globally inconsistent.** Lesson 10 begins at the other end, with the coarse picture.

# %% [markdown]
# ## Summary
#
# - A transposed convolution stamps; it is the transpose of a convolution's matrix, not its inverse. A kernel that the stride
#   divides leaves no checkerboard.
# - Five guidelines and three numbers, left out one at a time on garments of 28 pixels: Adam's $\beta_1$, batch normalisation in the
#   right places, and the rate decide. Pooling, initial weights and the leak make little difference here, and dense hidden layers help.
# - The middle of an arc is a code like any other; the middle of a line is too short, and one sees it on sets of images.
# - Sums of codes work for a share of trials, which grows with the number of codes a concept. Their directions are not pure.
# - $D$'s features beat pixels and a random $D$ with few labels; the random $D$ is most of the way there.
# - As a detector $D$ catches worse forgers than its own, and no better one.
# - What no code and no $D$ spans stays inconsistent: near by convincing, at a distance not.

# %% [markdown]
# ## Common mistakes
#
# - **A kernel of 3 or 5 at stride 2.** Even covering needs a kernel that the stride divides.
# - **`module.children()` in `dcgan_init`.** It stops at the first level; `modules()` reaches every layer.
# - **Samples in training mode.** Batch normalisation then mixes the images of a batch: one sample depends on the
#   others. Call `eval()`.
# - **Real and fake in one batch for a $D$ with batch normalisation.** The statistics of the mixture tell it nothing; give it
#   two batches.
# - **A straight line between two normal codes.** Its middle is too short for the generator.
# - **`acos` of a cosine just above 1.** It is nan; clamp first.
# - **One lucky sum of codes.** Report the share of trials, and say how they were drawn.
# - **Features of $D$ without a random $D$ beside them.** Most of what convolutions give is there before any training.

# %% [markdown]
# ## Questions
#
# 1. A transposed convolution with kernel 2 and stride 2 covers each pixel exactly once. Why is it not the usual choice?
#
# <details><summary>Answer</summary>
#
# The stamps do not overlap: each output pixel depends on a single input pixel, and neighbours across the border of two
# stamps know nothing of each other. Blocks of 2 x 2 show. Kernel 4 is as even, and lets neighbours share.
#
# </details>
#
# 2. Batch normalisation makes $G$ nearly blind to the length of $z$. Why, and what would the line of section 6 lose in a $G$ without any
#    bias?
#
# <details><summary>Answer</summary>
#
# In training, the first map is divided by its standard deviation over the batch: were all z twice as long, nothing would change.
# In eval mode the statistics are fixed numbers, and a shorter z counts as a code nearer to the mean: the picture
# moves towards the one at z = 0, which the biases draw. Without biases (and with running means of 0) all of G up to tanh would be
# proportional to the length of z, and the line would only make paler pictures of the same garment.
#
# </details>
#
# 3. A newspaper wants a detector for generated photographs, and has the $D$ of a published GAN. What do you tell them?
#
# <details><summary>Answer</summary>
#
# That it will catch what is worse than the GAN it was trained with, and toss a coin for what is better (section 9). $D$ was corrected only
# where fakes were. A detector has to be trained on forgeries of many makers, tested on those of makers that it has *not* seen, and
# trained again when a new one appears; and the first thing a new forger can do is to train against it.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Radford, Metz, Chintala, [*Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
#   Networks*](https://arxiv.org/abs/1511.06434), 2016: sections 3 and 4 for the guidelines, 5 for features, 6 for walks and sums.
# - Odena, Dumoulin, Olah, [*Deconvolution and Checkerboard Artifacts*](https://distill.pub/2016/deconv-checkerboard/), 2016.
# - Dumoulin, Visin, [*A guide to convolution arithmetic for deep learning*](https://arxiv.org/abs/1603.07285), 2016.
# - White, [*Sampling Generative Networks*](https://arxiv.org/abs/1609.04468), 2016: spherical interpolation.
# - Jetchev, Bergmann, Vollgraf, [*Texture Synthesis with Spatial Generative Adversarial
#   Networks*](https://arxiv.org/abs/1611.08207), 2016.
# - Ioffe, Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167), 2015.
