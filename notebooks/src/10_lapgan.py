# ---
# jupyter:
#   coursekit:
#     title: LAPGAN, from coarse to fine
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
# # 10 · LAPGAN, from coarse to fine
#
# **You will cut images into a coarse picture and layers of detail, train one small GAN for each layer, let them draw on
# top of each other, and measure what every layer adds, and what goes wrong between them.**

# %% [markdown]
# ## What you will be able to do
#
# - **measure** blur by the energy of an image's finest detail,
# - **build** a Laplacian pyramid and put the image back together without an error,
# - **train** a GAN that adds detail to a given coarse image, and show what its $D$ can see,
# - **sample** from coarse to fine, and tell what each level is answerable for,
# - **explain** the gap between a level that is fed real images and one that is fed the level before it,
# - **read** a trial with human judges, and say what a critic in their place can and cannot replace.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | the game and its steps of lesson 04 |
# | **Paper** | Denton et al., *Deep Generative Image Models using a Laplacian Pyramid of Adversarial Networks*, 2015: [arXiv:1506.05751](https://arxiv.org/abs/1506.05751) |
# | **Cost** | 110 s on 2 CPU cores (profile `fast`); GPU: not measured; data: Fashion-MNIST (a part comes with the course), photographs that come with scikit-image and scikit-learn |
# | **Previous** | [09 · DCGAN, guideline by guideline](09_dcgan.ipynb) |
# | **Next** | [12 · Conditional GANs](12_conditional_gan.ipynb) |
# | **Exercise** | [10 · exercises](../exercises/10_lapgan.ipynb) |

# %%
import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # on nets of this size a second thread gains little

# %% [markdown]
# ## 1. What is missing in a blurred picture?
#
# In 2015 a GAN could draw digits. On small *colour* pictures it drew coloured fog. Let us see that with a good net and
# little time: the fast DCGAN of the course, on patches of 32 x 32 pixels from the left halves of six photographs.

# %%
from coursekit.data.photographs import photo_patches
from coursekit.plots.compact import show_compact
from coursekit.plots.pyramid import stacked
from coursekit.recipes import RECIPES

patches = photo_patches(1200, size=32, device=run.device)
n_plain = run.pick(fast=160, full=400)
plain = RECIPES["dcgan-fast"].start(patches, n_plain, run.seed)
plain.fit(progress=False)
fog = plain.sample(500, seed=run.seed)
real = patches.floats(slice(500))
show_compact(
    stacked([real[:12], fog[:12]]),
    f"Figure 1. Patches of photographs; below, one GAN at full size after {n_plain} steps.",
    n_colors=128,
)

# %% [markdown]
# How blurred is that, as a number? Halve an image and enlarge it again: what does not come back is its finest **detail**.
# To *halve* we average blocks of 2 x 2 pixels; to *enlarge* we interpolate between the centres of the pixels.

# %%
from torch.nn.functional import interpolate


def downsample(x):
    """(N, C, H, W) -> (N, C, H/2, W/2): the mean of each block of 2 x 2 pixels."""
    n, channels, height, width = x.shape
    return x.reshape(n, channels, height // 2, 2, width // 2, 2).mean((3, 5))


def upsample(x):
    """(N, C, H, W) -> (N, C, 2H, 2W): bilinear, between the centres of the pixels."""
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def detail_rms(x):
    """Root mean square of what is lost by halving: 0 for a picture without any detail."""
    return (x - upsample(downsample(x))).square().mean().sqrt().item()


# %% [markdown]
# Detail lives at every size: that of 32 pixels is what one halving loses, that of 16 pixels what the next one loses.
#
# **Predict.** Which of the two does the fog lack?

# %%
from coursekit.plots.style import table

share = {
    size: detail_rms(smaller(fog)) / detail_rms(smaller(real))
    for size, smaller in ((32, lambda x: x), (16, downsample))
}
rows = [[f"{size} pixels", f"{value:.2f}"] for size, value in share.items()]
table(["detail at", "the GAN's, as a share of real detail"], rows)
assert share[16] < 0.8 and share[16] < share[32]

# %% [markdown]
# **What we see.** Colours and large areas are plausible. Of the detail of 16 pixels, the *shapes*, a good part is
# missing: that is the blur. At 32 pixels there is as much as in real patches, but look: it is a screen of regular dots,
# which the transposed convolutions leave on everything, and nothing of it lies where a picture has its edges. So
# "enough detail" is necessary and not sufficient; we shall look at pictures beside every such number.
#
# Where an edge belongs depends on the whole picture, and one net has to get all sizes right at once. LAPGAN's idea: **do
# not ask for all sizes at once.**

# %% [markdown]
# ## 2. The pyramid
#
# Halve the image again and again and keep what each halving loses:
#
# $$ I_0 = I, \qquad I_{k+1} = d(I_k), \qquad h_k = I_k - u(I_{k+1}), $$
#
# with $d$ for `downsample` and $u$ for `upsample`. The details $h_0, \ldots, h_{K-1}$ and the last, coarse $I_K$ are the
# **Laplacian pyramid** (Burt and Adelson, 1983). Backwards, $I_k = u(I_{k+1}) + h_k$: nothing was lost.


# %%
def laplacian_pyramid(x, n_levels):
    """[h_0, ..., h_{n-1}, coarse], fine to coarse."""
    pyramid = []
    for _ in range(n_levels):
        smaller = downsample(x)
        pyramid.append(x - upsample(smaller))
        x = smaller
    return [*pyramid, x]


def reconstruct(pyramid):
    """The image whose pyramid this is."""
    *details, x = pyramid
    for h in reversed(details):
        x = upsample(x) + h
    return x


# %% [markdown]
# **Predict.** Three halvings of patches of 64 pixels: in which of the four layers are the numbers largest?

# %%
large = photo_patches(600, size=64, device=run.device).floats()
pyramid = laplacian_pyramid(large, 3)
error = (reconstruct(pyramid) - large).abs().max().item()
rows = [[f"{h.shape[-1]} x {h.shape[-1]}", f"{h.std():.3f}"] for h in pyramid]
table(["size", "standard deviation"], rows, "h_0, h_1, h_2 and the coarse image.")
stored = sum(h[0].numel() for h in pyramid) / large[0].numel()
print(f"put back together: off by less than 1e-5: {error < 1e-5}; numbers: {stored:.2f} times")
assert error < 1e-5 and stored < 4 / 3

# %%
shown = slice(0, 6)
gain = 2  # detail is faint: shown twice as strong
rows = [large[shown], *(gain * h[shown] for h in pyramid[:-1]), pyramid[-1][shown]]
show_compact(
    stacked(rows, scale=1),
    "Figure 2. Patches of 64 pixels, $h_0$, $h_1$, $h_2$ (twice as strong; grey is 0), coarse.",
)

# %% [markdown]
# **What we see.** The coarse 8 x 8 pixels carry most of the variance: where it is bright, and which colour. The
# details are mostly grey, that is, zero, with thin lines where there are edges. Such layers are easier to forge than
# pictures: each is small in value, local, and *its place is known*, for the coarse picture shows where the edges are.
#
# A pyramid holds at most 4/3 times as many numbers as the image: $1 + 1/4 + 1/16 + \ldots$

# %% [markdown]
# ## 3. A GAN for one level
#
# At level $k$ the enlarged coarse image $l_k = u(I_{k+1})$ is given. $G_k$ gets it together with noise, **one more plane
# of the image**, uniform on $[-1, 1)$, and returns a detail $\tilde h_k = G_k(z_k, l_k)$. Four convolutions, all at full
# size; no tanh at the end, for a detail has no natural bound.


# %%
class LevelGenerator(nn.Module):
    def __init__(self, size, channels=1, width=32):
        super().__init__()
        self.size, layers = size, []
        for n_in in (channels + 1, width, width):
            layers += [nn.Conv2d(n_in, width, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(width), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, z, low):
        noise = z.view(len(z), 1, self.size, self.size)
        return self.layers(torch.cat([noise, low], 1))


# %% [markdown]
# $D_k$ must judge whether a detail *fits* its coarse image. The paper's way is as short as can be: before anything else,
# **add the two**. $D_k$ sees $l_k + h_k$, a finished image at this size, and never a detail alone. Spectral
# normalisation, as in the course's fast DCGAN, keeps its slope in bounds.


# %%
from coursekit.nets.spectral import spectral_norm


class LevelDiscriminator(nn.Module):
    def __init__(self, size, channels=1, width=32):
        super().__init__()
        convolutions = (
            nn.Conv2d(channels, width, 4, 2, 1),
            nn.Conv2d(width, 2 * width, 4, 2, 1),
            nn.Conv2d(2 * width, 1, size // 4),  # over all that is left: the score
        )
        first, second, last = (spectral_norm(layer) for layer in convolutions)
        self.features = nn.Sequential(first, nn.LeakyReLU(0.2), second, nn.LeakyReLU(0.2))
        self.score = last

    def forward(self, residual, low):
        return self.score(self.features(low + residual)).flatten(1)


# %% [markdown]
# **Predict.** Move any picture from $l$ into $h$, so that the sum stays what it was. Will $D$ notice?

# %%
from coursekit.data.images import load_images

train, test = (
    load_images("fashion-mnist", split, device=run.device) for split in ("train", "test")
)
residual, coarse = laplacian_pyramid(train.floats(slice(8)), 1)
low, any_picture = upsample(coarse), torch.rand_like(residual)
judge = LevelDiscriminator(28).to(run.device).eval()
with torch.no_grad():
    before, after = judge(residual, low), judge(residual + any_picture, low - any_picture)
    other = judge(residual, low - any_picture)
print(f"moved: the scores change by {(after - before).abs().max():.0e}")
print(f"taken away: by {(other - before).abs().max():.2f}")
assert (after - before).abs().max() < 1e-5 and (other - before).abs().max() > 1e-3

# %% [markdown]
# ## 4. Train each level alone
#
# The batches of a level are pairs `(residual, low)`. To the step of lesson 04 the first is the real thing and the second
# a *condition*, handed on to both nets: `G(z, *cond)`, `D(x, *cond)`. **No new update rule is needed**, and the three
# GANs for 7, 14 and 28 pixels could be trained on three machines: none needs another.


# %%
from coursekit.data.streams import Batches


def batches_at(images, size, batch_size, seed):
    """(x,) at the coarsest size, 7 or 8 pixels; (residual, low) at any other."""

    def draw(n, generator):
        index = torch.randint(len(images), (n,), generator=generator, device=run.device)
        x = images.floats(index)
        while x.shape[-1] > size:
            x = downsample(x)
        if size < 14:
            return (x,)
        low = upsample(downsample(x))
        return x - low, low

    return Batches(draw, batch_size, seed, run.device)


# %% [markdown]
# The settings are those of `dcgan-fast`, our quickest recipe: hinge loss, Adam 2e-3 with a rate that falls, an average
# of $G$, 16-bit numbers where the processor has them. (The paper: SGD 0.02 with momentum, cross-entropy, and hours.)

# %%
from functools import partial

from torch.optim.lr_scheduler import LambdaLR

from coursekit.fit import fit
from coursekit.losses import HINGE
from coursekit.nets.average import Average
from coursekit.nets.precision import InPrecision
from coursekit.recipes import falling
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass


def train_one(G, D, batches, latent, n_steps):
    """Train one pair; returns the averaged G in evaluation mode."""
    G, D = (InPrecision(net.to(run.device), run.precision) for net in (G, D))
    adams = [torch.optim.Adam(net.parameters(), 2e-3, (0.0, 0.9)) for net in (G, D)]
    rates = [LambdaLR(adam, partial(falling, n_steps, 0.02)) for adam in adams]
    average = Average(G, decay=0.99)
    follow = (average, lambda n, losses: [rate.step() for rate in rates])
    fit(shared_pass(Game(G, D, *adams, latent), HINGE), batches, n_steps, follow, progress=False)
    return average.net.eval()


# %% [markdown]
# The coarse pair are perceptrons: on 49 pixels nothing else is needed. Three calls of `train_one`, three independent
# games.

# %%
import time

from coursekit.data.streams import Latent, uniform
from coursekit.nets.lapgan import CoarseDiscriminator, CoarseGenerator

steps = run.pick(fast={7: 500, 14: 350, 28: 450}, full={7: 6000, 14: 4000, 28: 5000})
torch.manual_seed(run.seed)
start = time.process_time()
n_rows = {7: 128, 14: 32, 28: 32}  # small batches and more steps: better at equal time
batches = {size: batches_at(train, size, n_rows[size], run.seed + size) for size in steps}
noise = {size: Latent(size**2, run.seed + 100 + size, run.device, uniform) for size in (14, 28)}
pair = CoarseGenerator((1, 7, 7), 32), CoarseDiscriminator((1, 7, 7), wrap=spectral_norm)
coarse_G = train_one(*pair, batches[7], Latent(32, run.seed, run.device), steps[7])
levels = []
for size, width in ((14, 32), (28, 16)):
    nets = LevelGenerator(size, width=width), LevelDiscriminator(size)
    levels.append(train_one(*nets, batches[size], noise[size], steps[size]))
lapgan_seconds = time.process_time() - start
print(f"{sum(steps.values())} steps in all, {lapgan_seconds:.0f} s of one processor")

# %% [markdown]
# ## 5. Sample from coarse to fine
#
# Now the generators work on each other's output. Where training had $l_k = u(I_{k+1})$ from a real image, sampling has
#
# $$ \tilde I_K = G_K(z_K), \qquad \tilde I_k = u(\tilde I_{k+1}) + G_k\big(z_k, u(\tilde I_{k+1})\big). $$


# %%
@torch.no_grad()
def sample_lapgan(coarse, levels, noise):
    """[coarse, ..., image]: each image of the chain, from coarse to fine."""
    images = [coarse]
    for G, z in zip(levels, noise, strict=True):
        low = upsample(images[-1])
        images.append(low + G(z, low))
    return images


# %%
def draw(n, seed, size=14):
    """Noise for n images: of the level with `size` pixels, or of the coarse one for 7."""
    if size == 7:
        return Latent(32, seed, run.device)(n)
    return Latent(size**2, seed + size, run.device, uniform)(n)


@torch.no_grad()
def sampled(n, seed=7, coarse=None):
    coarse = coarse_G(draw(n, seed, 7)) if coarse is None else coarse
    return sample_lapgan(coarse, levels, [draw(n, seed, size) for size in (14, 28)])


chain = sampled(5000)
show_compact(
    stacked([x[:14] for x in chain]),
    "Figure 3. One chain in each column: 7, 14 and 28 pixels.",
    n_colors=16,
)

# %% [markdown]
# And 36 others as a film, one level after the other:

# %%
from coursekit.plots.animate import show_animation
from coursekit.plots.pyramid import framed
from coursekit.plots.sheets import sheet

parts = [x[:36] for x in sampled(36, seed=8)]
enlarged = [upsample(upsample(parts[0])), upsample(parts[1]), parts[2]]
words = ("7 pixels, enlarged", "+ detail of 14 pixels", "+ detail of 28 pixels")
show_animation(
    [framed(sheet(x, 12), text) for x, text in zip(enlarged, words, strict=True)],
    "Figure 4 (animation). The same 36 garments, from coarse to fine.",
    seconds=1.2,
)

# %% [markdown]
# **What we see.** At 7 pixels one can guess a shirt, a shoe, a bag. The level of 14 makes outlines and sleeves, that of
# 28 edges and cloth. No level turns a shoe into a bag: what it is was settled in the first 49 pixels.

# %% [markdown]
# ## 6. What does each level add?
#
# Three questions, three measurements. **Is the detail as strong as real detail?** At each size we compare the samples'
# detail with that of real images; beside it, the detail of the coarse sample plainly enlarged.

# %%
order = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))
real = test.floats(order[:5000].to(run.device))
plainly = upsample(upsample(chain[0]))
ratio = {}
for size, smaller in ((28, lambda x: x), (14, downsample)):
    expected = detail_rms(smaller(real))
    ratio[size] = [detail_rms(smaller(x)) / expected for x in (chain[-1].clamp(-1, 1), plainly)]
rows = [[size, f"{ours:.2f}", f"{enlarged:.2f}"] for size, (ours, enlarged) in ratio.items()]
table(["pixels", "LAPGAN / real", "enlarged coarse / real"], rows, "Detail, as a share of real.")
assert all(0.5 < ours < 2 for ours, _ in ratio.values())
assert ratio[28][0] > 3 * ratio[28][1]

# %% [markdown]
# **Do the pictures look right?** FID-feat, the distance between features of 5,000 samples and 5,000 real test images
# (lesson 08); less is better. Here a level can be judged alone, because we can feed it with the truth: real images at 14
# pixels for the last level, real images at 7 pixels for both.
#
# **Predict.** Order the four by FID-feat: the chain, the last level on real 14-pixel images, both levels on real 7-pixel
# images, the coarse samples enlarged.

# %%
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import fid_feat

net = load_feature_net(train.name, run.device)
real_features = net.features(real)
at_14 = downsample(real)
with torch.no_grad():
    z, low = draw(5000, 9, 28), upsample(at_14)
    on_real_14 = torch.cat(
        [l + levels[-1](z, l) for z, l in zip(z.split(500), low.split(500), strict=True)]
    )
images = {
    "both levels work on generated images: the chain": chain[-1],
    "both levels, from real 7-pixel images": sampled(5000, coarse=downsample(at_14))[-1],
    "last level, on real 14-pixel images": on_real_14,
    "no level: coarse samples, enlarged": plainly,
}
fid = {name: fid_feat(real_features, x.clamp(-1, 1), net) for name, x in images.items()}
rows = [[name, f"{value:.1f}"] for name, value in fid.items()]
table(["what is fed to what", "FID-feat"], rows)
chain_fid, from_7, from_14, enlarged_fid = fid.values()
assert chain_fid < 0.5 * enlarged_fid and from_14 < from_7 and from_14 < chain_fid

# %% [markdown]
# **What we see.** The last level does its own work well: on real images it is far below the chain. The chain pays three
# times. The coarse samples are not quite right; the 14-pixel level adds its own errors; and **the 28-pixel level then
# meets images that it has never seen in training**: its lows came from real images, now they come from another net. A
# detail that fits a real low may fit a slightly wrong one badly, and no level can mend what the one before it did. This
# **gap between training and sampling** is the price of training the levels apart, and it comes back in every chain of
# models that are trained on the truth and run on their own output.

# %% [markdown]
# ### Does the last level respect the picture it is given?
#
# Same coarse images, same 14-pixel images, other noise at the last level.
#
# **Predict.** Where will two such images differ? What is left of the difference after `downsample`?

# %%
with torch.no_grad():
    low = upsample(chain[1][:500])
    first, second = (low + levels[-1](draw(500, seed, 28), low) for seed in (1, 2))
rms = lambda x: x.square().mean().sqrt().item()  # noqa: E731
changed, left = rms(first - second), rms(downsample(first) - downsample(second))
print(f"other noise changes pixels by {changed:.3f}, and by {left:.3f} after halving")
show_compact(
    stacked([first[:14], second[:14], 2 * (first - second)[:14]]),
    "Figure 5. Two draws of the last noise, and twice their difference (grey is 0).",
    n_colors=16,
)
assert changed > 0.01 and left < 0.75 * changed

# %% [markdown]
# **What we see.** The difference lies in the cloth and along the edges, and more than half of it goes away when the image
# is halved: the noise draws detail, not another garment. But not all of it goes: nothing in $D$'s task *forbids* $G_0$
# to repaint the coarse image a little, since $D$ sees only the sum.

# %% [markdown]
# ## 7. Beside one GAN at full size
#
# Is the detour worth it? About the same time and the same data, spent on a single DCGAN at 28 pixels. The last rows are
# nets that come with the course, trained for half an hour.

# %%
from coursekit.shipped import names, read_card

dcgan = RECIPES["dcgan-fast"].start(train, run.pick(fast=560, full=9000), run.seed)
start = time.process_time()
dcgan.fit(progress=False)
dcgan_seconds = time.process_time() - start
one_shot = dcgan.sample(5000, seed=7)
one_shot_fid = fid_feat(real_features, one_shot, net)
rows = [
    ["LAPGAN, three GANs", f"{lapgan_seconds:.0f}", f"{chain_fid:.1f}"],
    ["dcgan-fast, one GAN", f"{dcgan_seconds:.0f}", f"{one_shot_fid:.1f}"],
]
for name in names():
    if name.endswith("-fashion"):
        rows.append(
            [f"shipped: {name}", *(read_card(name)[key] for key in ("seconds", "fid_feat"))]
        )
table(["", "seconds", "FID-feat"], rows, "Of one processor; of shipped nets by the clock.")
show_compact(
    stacked([chain[-1][:14], one_shot[:14]]), "Figure 6. LAPGAN above, DCGAN below.", n_colors=16
)

# %% [markdown]
# **What we see.** After half a minute the two are about level, a point or two apart either way by the seed. After six
# minutes each, in the profile `full`, the single GAN was ahead on our seed, 2.9 against 4.6; after half an hour, look at
# the two shipped nets, they are level again. So we assert nothing. What differs is the work: three games to watch and
# to tune instead of one, and **a chain is at best as good as its weakest level**. The DCGAN came half a year after
# LAPGAN and solved by architecture (lesson 09) what LAPGAN solves by division of labour. What stays is the idea:
# **generate coarsely, then refine**. Progressive growing (lesson 11), super-resolution (lesson 16) and cascades of
# diffusion models are made this way.

# %% [markdown]
# ## 8. Photographs: detail on top of real coarse patches
#
# Back to colour, to patches of 8 -> 16 -> 32 -> 64 pixels. A *coarse* GAN would need many more pictures than six: it
# would learn these six by heart. The levels do not: detail is local, and six photographs hold a lot of it. So we train
# three levels on the left halves and run them on **real coarse patches of the right halves**, which they have never
# seen.

# %%
photos = photo_patches(1200, size=64, device=run.device)
held_out = photo_patches(240, size=64, half="right", seed=1, device=run.device).floats()
photo_levels = []
for size, width, n_steps in ((16, 24, 120), (32, 16, 90), (64, 12, 50)):
    nets = LevelGenerator(size, 3, width), LevelDiscriminator(size, 3, 16)
    z = Latent(size**2, run.seed + size, run.device, uniform)
    n_steps = run.pick(fast=n_steps, full=10 * n_steps)
    batch = batches_at(photos, size, 32, run.seed + size)
    photo_levels.append(train_one(*nets, batch, z, n_steps))

# %% [markdown]
# **Predict.** What will the levels put on a patch of plain sky? What on an eye?

# %%
coarse = downsample(downsample(downsample(held_out)))
drawn = sample_lapgan(coarse, photo_levels, [draw(240, 3, size) for size in (16, 32, 64)])
soft = upsample(upsample(upsample(coarse)))
order = [0, 7, 14, 21, 28, 35, 2, 4]
show_compact(
    stacked([x[order] for x in (coarse, soft, drawn[-1], held_out)], scale=1),
    "Figure 7. Held-out patches: 8 x 8 pixels, enlarged, with drawn detail, and the truth.",
    n_colors=128,
)

# %%
rows, photo_ratio = [], {}
for size, smaller in (
    (64, lambda x: x),
    (32, downsample),
    (16, lambda x: downsample(downsample(x))),
):
    truth = detail_rms(smaller(held_out))
    photo_ratio[size] = [detail_rms(smaller(x)) / truth for x in (drawn[-1].clamp(-1, 1), soft)]
    rows.append([size, *(f"{value:.2f}" for value in photo_ratio[size])])
table(["pixels", "drawn / real", "enlarged / real"], rows, "Detail on the right halves.")
assert all(0.5 < ours < 2 for ours, _ in photo_ratio.values())
assert photo_ratio[64][0] > 3 * photo_ratio[64][1]

# %% [markdown]
# **What we see.** Detail of nearly the right strength at each size, where the enlarged patch has next to none. But look
# where it lies: after a quarter of a minute the levels know *how much* detail photographs have, and hardly *which*:
# petals, fur and wood get the same speckle, and a plain sky, which should have none, gets some as well. And in no case
# is it *the* detail: the cat's eye and the spoon are not in 64 coarse pixels, and what stands there instead is
# invented.

# %% [markdown]
# ## 9. With classes
#
# The paper's best pictures came from levels that are told the **class**: one more plane, made from the label, for $G$ and
# for $D$. Our step hands it on like `low`: batches are `(residual, low, label)`. Recorded, three seeds each, as many
# steps as above; the last column reads the samples' labels off with the frozen classifier.

# %%
from coursekit.recorded import recorded

arms = {}
for row in recorded("lapgan").rows:
    arms.setdefault(row["arm"], []).append(row)
rows = []
for arm, found in arms.items():
    names_of = ("fid", "fid_on_real", "cpu_seconds")
    texts = [" ".join(f"{row[name]:.1f}" for row in found) for name in names_of]
    accuracy = " ".join(f"{row['accuracy']:.0%}" for row in found if row["accuracy"])
    rows.append([arm, *texts, accuracy])
columns = ["arm (three seeds)", "FID-feat", "last level on real", "seconds", "labels right"]
table(columns, rows)
for ours, other in zip(arms["class-conditional"], arms["as above"], strict=True):
    assert ours["fid"] < other["fid"] and ours["accuracy"] > 0.7

# %% [markdown]
# **What we see.** With labels the chain is better on every seed, by about four points for the same steps. On real lows
# there is hardly a difference: a real low shows what it is, a generated one is in doubt, and there the label helps.
# Four in five samples are read as the class that was asked for; of real test images the same classifier reads nine in
# ten right. So the paper's best case is ours too. The middle row tries to close the gap of section 6 by training half
# of each batch on *generated* lows: its three seeds lie on both sides of the first row (question 3).

# %% [markdown]
# ## 10. Would you be fooled?
#
# The paper asked people. Fifteen volunteers saw pictures of 32 pixels for 50 to 2,000 ms, real or from one of three
# models, and pressed a button: real or fake?

# %% tags=["nbval-check-output"]
published = [
    ["real CIFAR-10 images", "over 90 %"],
    ["LAPGAN, class-conditional", "about 40 %"],
    ["LAPGAN", "about 30 %"],
    ["GAN (perceptrons, 2014)", "about 10 %"],
]
table(["shown", "judged real"], published, "Denton et al. 2015, section 4.3, about 10,000 answers.")

# %% [markdown]
# A test that runs without people needs a stand-in: a **critic**, a small net trained to tell real training images from
# fakes, a third of them from each of our forgers. It takes a picture for real above a threshold at which 90 % of 1,000
# held-out real images pass, as with the volunteers. The **fooling rate** of a forger is the share of its images that
# pass, on images that the critic has not seen.
#
# **Predict.** Enlarged coarse samples, LAPGAN, DCGAN: who fools the critic how often?

# %%
from coursekit.metrics.critic import train_critic

forgers = {"enlarged coarse samples": plainly, "LAPGAN": chain[-1], "DCGAN": one_shot}
forgers = {name: x.clamp(-1, 1) for name, x in forgers.items()}
seen = [x[:2500] for x in forgers.values()]
critic = train_critic(train.floats(slice(5000)), seen, real[:1000], n_steps=250, seed=run.seed)
rates = {"real images": critic.judged_real(real[1000:])}
rates |= {name: critic.judged_real(x[2500:]) for name, x in forgers.items()}
table(["shown", "judged real by the critic"], [[k, f"{v:.1%}"] for k, v in rates.items()])
assert rates["real images"] > 0.8 and rates["enlarged coarse samples"] < rates["LAPGAN"]
assert rates["LAPGAN"] < rates["real images"]

# %% [markdown]
# **What we see.** The critic lets nine in ten real images pass and not one enlarged sample. Of LAPGAN's images about
# one in eight passes, of the DCGAN's more, although FID-feat put the two close together: FID-feat compares clouds of
# features, the critic single pictures, and our guess is that a level leaves marks on single pictures where it is fed
# what it does not know. The paper's volunteers had it the other way round, 40 to 10, but their GAN was the one of 2014.
# And no figure of a critic carries over to people: trained longer, ours would catch all fakes, and another net would
# look for other marks.
#
# Now **you**. Each picture is shown once, for 50 to 2,000 ms, timed by the browser's frames; then a mask; then you
# decide. Until you have answered, the plot shows what the critic says of the same pictures; it does not tire and has no
# exposure time.

# %%
from coursekit.widgets.real_or_fake import RealOrFake

trial = RealOrFake(
    real[1000:1200], {name: forgers[name][2500:2700] for name in ("LAPGAN", "DCGAN")}
)
trial.simulate(critic.passes, "the critic")
trial

# %% [markdown]
# `trial.save_csv("trial.csv")` keeps your judgements. The longer one looks the better one should tell: see whether your
# lines part towards the right.

# %% [markdown]
# ### And the likelihood?
#
# The paper also prints log-likelihoods on CIFAR-10, by Parzen windows at each level of the pyramid:

# %% tags=["nbval-check-output"]
published = [["GAN", "-3617 +- 353"], ["LAPGAN", "-1799 +- 826"]]
table(["model", "log-likelihood, nats"], published, "Denton et al. 2015, CIFAR-10.")

# %% [markdown]
# More is better, so LAPGAN is ahead, by two of its own standard errors. But these are not probabilities of images: a
# sum over 3,072 numbers of a kernel's log-density, whose width was chosen to fit, and lessons 02 and 04 showed how
# little such a figure says about pictures.

# %% [markdown]
# ## Summary
#
# - The detail of an image is what halving loses. A plain GAN on small colour images has a fraction of it: that is blur,
#   as a number.
# - A Laplacian pyramid splits an image into coarse and detail exactly, with at most 4/3 of the numbers.
# - A level is a GAN with a condition: $G_k(z_k, l_k)$ makes detail, $D_k$ judges $l_k + h_k$. No new update rule; the
#   levels are trained apart.
# - In the chain every level gets what the one before it made, which it never saw in training: the gap between the chain
#   and the same level on real images is measured, and large.
# - At 28 pixels the chain is no better than one good GAN in the same time. The idea of going from coarse to fine has
#   outlived the model.

# %% [markdown]
# ## Common mistakes
#
# - **Giving $D$ the detail alone.** It then cannot know whether an edge is where the picture has one.
# - **Subsampling instead of averaging** when halving. Every second pixel aliases: fine stripes become coarse ones, and
#   the coarse GAN learns patterns that no image has.
# - **`align_corners=True` in one place and `False` in another.** The pyramid is then off by up to half a pixel, and the
#   reconstruction is not exact any more.
# - **tanh at a level's output.** Real details reach beyond $\pm 1$: an image in $[-1, 1]$ minus another.
# - **Judging the levels on real lows only**, and being surprised by the samples.
# - **Clipping inside the chain in sampling and not in training**, or the other way round.

# %% [markdown]
# ## Questions
#
# 1. $G_k$ could ignore $z_k$ altogether. Which of our measurements would show it, and why does $D_k$ not punish it at
#    once?
#
# <details><summary>Answer</summary>
#
# Figure 5: two draws of the noise would give the same image, and `changed` would be 0. $D_k$ sees one image at a time,
# and one good detail for each low image looks real every time. The low images themselves differ, so a batch does not
# even look collapsed. (Isola et al. 2017 saw just this in pix2pix: lesson 17.)
#
# </details>
#
# 2. Both levels from real 7-pixel images are worse than the last level on real 14-pixel images. Both start from the
#    truth. What is the difference?
#
# <details><summary>Answer</summary>
#
# The last level gets in one case the true 14-pixel image, and in the other one that the level before has drawn:
# plausible, but with that level's mistakes, and with structure that is not in any training image's low pass. Errors are
# handed on and not mended.
#
# </details>
#
# 3. One could narrow the gap by training a level on *generated* lows: batches `(x - low, low)` with `low` from the level
#    before and $x$ any real image. Why does our $D$ allow that, and what is lost?
#
# <details><summary>Answer</summary>
#
# $D$ sees only the sum, and low + (x - low) is the real image $x$, whatever `low` is. So nothing else has to change.
# Lost is the pairing: for a generated low there is no right answer, so $G$ learns only to make the sum look real, and
# may repaint the low image to that end. And the levels can no longer be trained apart. The row `half of the lows
# generated` of the table in section 9 is this experiment.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Burt and Adelson, *The Laplacian Pyramid as a Compact Image Code*, 1983: where it comes from.
# - Denton et al., *Deep Generative Image Models using a Laplacian Pyramid of Adversarial Networks*, 2015,
#   [arXiv:1506.05751](https://arxiv.org/abs/1506.05751): figures 3 to 5 for the pictures, section 4.3 for the trial.
# - Zhou et al., *HYPE: A Benchmark for Human eYe Perceptual Evaluation of Generative Models*, 2019,
#   [arXiv:1904.01121](https://arxiv.org/abs/1904.01121): how such a trial is done with care.
# - Shaham et al., *SinGAN: Learning a Generative Model from a Single Natural Image*, 2019,
#   [arXiv:1905.01164](https://arxiv.org/abs/1905.01164): a pyramid of GANs on one photograph.
# - Ho et al., *Cascaded Diffusion Models for High Fidelity Image Generation*, 2022,
#   [arXiv:2106.15282](https://arxiv.org/abs/2106.15282): coarse to fine today, with a cure for the gap: noise on the
#   lows.
