# ---
# jupyter:
#   coursekit:
#     title: SRGAN, four times as large
#     budget: 120
#     data: photographs
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
# # 16 · SRGAN, four times as large
#
# **You will enlarge photographs by 4, first as safely as possible, then as convincingly as possible, and measure why no
# net can be best at both.**

# %% [markdown]
# ## What you will be able to do
#
# - **measure** an enlarged image with PSNR and SSIM, by the protocol that papers use,
# - **build** a residual net that enlarges, and say why its best picture is a blurred one,
# - **compare** images in the features of a net, and keep the net of the loss apart from the net that judges,
# - **train** a GAN whose generator must be sharp *and* near the original, with no new update rule,
# - **read** the curve of distortion against perception, and place a method on it,
# - **enlarge** a photograph of your own, and say which of its detail is invented.

# %% [markdown]
# | | |
# |---|---|
# | **Prerequisites** | the game and its steps of lesson 04; Frechet distances from lesson 08 |
# | **Paper** | Ledig et al., *Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network*, 2017: [arXiv:1609.04802](https://arxiv.org/abs/1609.04802) |
# | **Cost** | 110 s on 2 CPU cores (profile `fast`); GPU: not measured; data: photographs that come with scikit-image and scikit-learn |
# | **Previous** | [15 · Text, where a sample has no gradient](15_text_gan.ipynb) |
# | **Exercise** | [16 · exercises](../exercises/16_srgan.ipynb) |

# %%
import torch
from torch import nn

from coursekit.device import setup

run = setup(seed=0)
torch.set_num_threads(1)  # on nets of this size a second thread gains little

# %% [markdown]
# ## 1. What is lost?
#
# Reduce a photograph to a quarter of its height and width: 15 of 16 numbers are gone. **Super-resolution** asks for them
# back. We make pairs: `high`, a patch of 64 x 64 pixels, and `low`, the same patch after bicubic reduction to 16 x 16.
# Training patches come from the **left** halves of five photographs, test patches from the **right** halves. Two more
# photographs, a cup of coffee and a man with a camera, are kept out of every training set.

# %%
from coursekit.nets.srgan import enlarge
from coursekit.plots.compact import show_compact
from coursekit.plots.pyramid import stacked
from coursekit.super_resolution.judging import held_out

high, low = (x.to(run.device) for x in held_out())
bicubic = enlarge(low).clamp(-1, 1)
shown = [0, 1, 2, 3, 4, 7, 13]
show_compact(
    stacked([x[shown] for x in (low, bicubic, high)]),
    "Figure 1. Held-out patches: low (16 pixels), enlarged by bicubic interpolation, the truth.",
    n_colors=128,
)

# %% [markdown]
# **Bicubic** interpolation passes a smooth surface through the low pixels. It invents nothing, and everything is soft.
#
# How soft? The field's figure is the **peak signal-to-noise ratio**, the mean squared error on a logarithmic scale,
#
# $$ \mathrm{PSNR}(a, b) = 10 \log_{10} \frac{s^2}{\frac1n \sum_i (a_i - b_i)^2}, $$
#
# where $s$ is the span of a pixel: 2 for ours in $[-1, 1]$. Ten times less error is 10 dB more.


# %%
def psnr(a, b):
    """(N, C, H, W) in [-1, 1], twice -> (N,) in dB; inf where equal."""
    return 10 * torch.log10(2**2 / (a - b).square().flatten(1).mean(1))


# %% [markdown]
# A figure is worth little without its protocol. By the paper's (section 3.1): take the **luminance** Y only, and cut off
# **four pixels at each border**, where a net has no neighbours to look at. A second figure, **SSIM** (Wang et al.,
# 2004), compares means, variances and the correlation in small windows; 1 is perfect. Ours is scikit-image's to five
# digits.
#
# **Predict.** Colour, border and rounding: by how much can a protocol move a PSNR?

# %%
from coursekit.metrics.super_resolution import as_published, luminance, ssim
from coursekit.plots.style import table

protocols = {
    "three colours, all pixels": (bicubic, high),
    "luminance, all pixels": (luminance(bicubic), luminance(high)),
    "luminance, 8 bits, no border: as published": (as_published(bicubic), as_published(high)),
}
rows = [
    [name, f"{psnr(a, b).mean():.2f}", f"{ssim(a, b).mean():.3f}"]
    for name, (a, b) in protocols.items()
]
table(["the same bicubic images", "PSNR, dB", "SSIM"], rows)
assert float(rows[2][1]) - float(rows[0][1]) > 2

# %% [markdown]
# **What we see.** The same images, and more than two dB between the first line and the last: twice what our net will gain
# over bicubic. Y runs from 16 to 235 and not from 0 to 255, which alone makes 1.3 dB. Never compare figures of two
# protocols. From here on all are "as published".

# %% [markdown]
# ## 2. SRResNet: the safe answer
#
# A net that enlarges should do most of its work on the *small* image: a convolution at a quarter of the size costs a
# sixteenth. SRResNet runs residual blocks on the low image and enlarges at the very end. Each enlargement by 2 is a
# convolution to four times as many channels, and a **pixel shuffle**: the four numbers at each place are laid out as a
# block of 2 x 2 pixels.


# %%
def pixel_shuffle(x, r):
    """(N, C r^2, H, W) -> (N, C, H r, W r)."""
    n, channels, height, width = x.shape
    blocks = x.view(n, channels // r**2, r, r, height, width)  # C, row in block, column in block
    return blocks.permute(0, 1, 4, 2, 5, 3).reshape(n, channels // r**2, height * r, width * r)


four_planes = torch.arange(16).view(1, 4, 2, 2)
print(four_planes[0].tolist())
print(pixel_shuffle(four_planes, 2)[0, 0])
assert torch.equal(pixel_shuffle(four_planes, 2), nn.PixelShuffle(2)(four_planes))

# %% [markdown]
# The block is that of He et al. (2016): what it learns is *added* to its input. Ours has no batch normalisation, by
# which the paper's net is sometimes blotched (ESRGAN, 2018, dropped it too): it is `ResidualBlock(24, nn.Identity)`.


# %%
class ResidualBlock(nn.Module):
    def __init__(self, width, norm=nn.BatchNorm2d):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(width, width, 3, padding=1), norm(width), nn.PReLU()),
            *(nn.Conv2d(width, width, 3, padding=1), norm(width)),
        )

    def forward(self, x):
        return x + self.layers(x)


# %% [markdown]
# A pixel shuffle has a weakness. The four channels of a block come from four kernels, and nothing makes them agree: a
# plain area of the low image then gets a **grid**, and a grid in a blue sky is seen at once. The remedy costs nothing:
# `DoubleSize`, convolution and shuffle in one, subtracts from the four kernels (and biases) what their sums differ by.
# They may draw an edge, but not where there is none.

# %%
from coursekit.nets.srgan import DoubleSize

tied = DoubleSize(8)
nn.init.normal_(tied.expand.weight, 0, 0.1)  # as unlike each other as training may make them
sky = torch.ones(1, 8, 6, 6)
with torch.no_grad():
    made = {"the convolution alone": pixel_shuffle(tied.expand(sky), 2), "DoubleSize": tied(sky)}
grids = {name: x[0, :, 2:-2, 2:-2].std((1, 2)).mean().item() for name, x in made.items()}
print({name: f"deviation {grid:.3f}" for name, grid in grids.items()})
assert grids["DoubleSize"] < 1e-5 < grids["the convolution alone"]

# %% [markdown]
# The whole, `coursekit.nets.srgan.SRResNet`: a convolution, blocks, two enlargements, a convolution to colours. The last
# layer starts at zero, and its output is **added to the bicubic image**, so that the untrained net *is* bicubic and only
# detail is left to learn. That is our departure; the paper's net learns everything, in a million steps with 350,000
# images. Ours takes 450 steps.

# %%
import time

from torch.nn.functional import mse_loss

from coursekit.nets.srgan import SRResNet
from coursekit.super_resolution import FAST, train_srresnet

recipe = run.pick(fast=FAST, full=FAST.longer(10))
pairs = recipe.pairs("left", run.seed, run.device)
start = time.process_time()
srresnet, history = train_srresnet(recipe, pairs, run.seed, progress=False)
count = sum(p.numel() for p in srresnet.parameters())
print(f"{len(history)} steps on {len(pairs)} pairs, {time.process_time() - start:.0f} s")
print(f"{count} weights, {len(srresnet.body)} blocks")
assert isinstance(srresnet, SRResNet)

# %% [markdown]
# `train_srresnet` is one call of `fit` with the supervised step: minimise the mean squared error of pixels, that is,
# maximise PSNR.
#
# **Predict.** Does it beat bicubic by .2 dB on the held-out halves? And what will be missing in its pictures?

# %%
from coursekit.super_resolution.upscaler import load_upscaler

shipped = load_upscaler(run.device)
judge = shipped.judge  # explained in section 3

# %%
from coursekit.super_resolution.judging import figures

found = {
    name: figures(net, (high, low), judge)
    for name, net in (("bicubic", enlarge), ("SRResNet", srresnet))
}
rows = [[name, f"{f['psnr']:.2f}", f"{f['ssim']:.3f}"] for name, f in found.items()]
table(["right halves", "PSNR, dB", "SSIM"], rows)
assert found["SRResNet"]["psnr"] > found["bicubic"]["psnr"] + 0.2
with torch.no_grad():
    safe = srresnet(low).clamp(-1, 1)
show_compact(
    stacked([x[shown] for x in (bicubic, safe, high)]),
    "Figure 2. Bicubic, SRResNet, the truth.",
    n_colors=128,
)

# %% [markdown]
# **What we see.** Edges have become clean, and the gain is several times what the claim asks for. But where the truth
# has *texture*, fur, leaves, grain, SRResNet shows a smooth area. More training will not bring it: **this is what the
# loss asks for.** Many high images have the same low image, and the squared error is least at their mean. Two of them
# are enough to see it: a fine strip that is equally likely black on white or white on black.

# %%
strips = torch.tensor([[1.0, -1.0, 1.0, -1.0], [-1.0, 1.0, -1.0, 1.0]])
answers = {"one of the two strips": strips[0], "their mean, plain grey": strips.mean(0)}
for name, answer in answers.items():
    errors = (strips - answer).square().mean(1)
    print(f"{name}: squared error {errors.mean():.1f} on average, {errors.min():.1f} at best")
assert (strips - strips.mean(0)).square().mean() < (strips - strips[0]).square().mean()

# %% [markdown]
# Grey is the safe answer, and it is the one answer that is *never* true. To get a strip one has to gamble, and to accept
# that PSNR falls.

# %% [markdown]
# ## 3. Comparing what images look like
#
# Pixels are the wrong place to compare: shift a texture by a pixel, and the squared error is as large as for a blur.
# The paper compares **features** $\phi$ of a net that was trained to recognise things,
#
# $$ \ell_{\text{content}} = \frac1n \sum_i \big( \phi_i(\hat x) - \phi_i(x) \big)^2, $$
#
# with $\phi$ the last convolution of VGG19, trained on 1.2 million photographs.


# %%
def content_loss(features, sr, hr):
    """Mean squared difference of features; the true image is a constant."""
    with torch.no_grad():
        wanted = features(hr)
    return mse_loss(features(sr), wanted)


# %% [markdown]
# VGG19's weights are half a gigabyte. The course trains its own, of 72,000 weights: **which photograph was this patch cut
# from?** (eight photographs and textures, left halves, with random gains and offsets on each colour). To answer, it must
# know fur from brick.
#
# And then we need a **judge**. It must not be the net of the loss: $G$ will be trained to please that one, and every
# forger passes the examiner it has practised on. So the judge has another task, another seed and other patches: **which
# colour belongs here?**, asked of a grey picture.

# %%
from coursekit.nets.perceptual import vgg_path
from coursekit.super_resolution.feature_nets import colour_explained, share_right

loss_net = shipped.loss_net
right, explained = share_right(loss_net.cpu()), colour_explained(judge.cpu())
loss_net.to(run.device), judge.to(run.device)
print(f"loss net: {right:.0%} of held-out patches are named right (chance: 1 in 8)")
print(f"judge: explains {explained:.0%} of the variance of held-out colours")
print(f"VGG19 is cached here: {vgg_path().is_file()} (load_vgg reads it then)")
assert right > 0.6 and explained > 0.2

# %% [markdown]
# How does the judge compare? In two ways.
#
# - **Paired**: the distance of an image's features from those of *its own* original, as in LPIPS (Zhang et al., 2018).
# - **As a set**: the Frechet distance (lesson 08) between local features of all enlarged and of all real patches, in
#   percent of the real features' variance. It does not ask "is this the right fur?" but "does this look like
#   photographs?" That is the question of *perception*, and we call this figure the **perceptual distance**.
#
# Before we trust a judge, we test it on damage that we know.
#
# **Predict.** Blur and noise of *equal PSNR*: will the judge find them equally bad?

# %%
from torchvision.transforms.functional import gaussian_blur

from coursekit.metrics.super_resolution import feature_distance, perceptual_distance

noise = torch.randn(high.shape, generator=torch.Generator().manual_seed(0)).to(run.device)
true = high[:120]
damage = {
    "a little blur": gaussian_blur(true, 9, 0.8),
    "more blur": gaussian_blur(true, 9, 1.2),
    "a little noise": true + 0.045 * noise[:120],
    "more noise": true + 0.09 * noise[:120],
    "shifted by one pixel": true.roll(1, 3),
}
rows, judged = [], {}
for name, x in damage.items():
    decibel = psnr(as_published(x), as_published(true)).mean()
    judged[name] = perceptual_distance(judge, x, true)
    paired = feature_distance(judge, x, true).mean()
    rows.append([name, f"{decibel:.1f}", f"{judged[name]:.2f}", f"{paired:.2f}"])
table(["damage", "PSNR, dB", "perceptual distance, %", "paired"], rows)
assert judged["more blur"] > judged["a little blur"] > 2 * judged["a little noise"]
assert judged["more noise"] > judged["a little noise"] > judged["shifted by one pixel"]

# %% [markdown]
# **What we see.** More damage, more distance, for blur and for noise. Near 38 dB the judge finds a little blur
# several times as far away as a little noise; PSNR hardly tells them apart. A shift by one pixel, which nobody would
# notice, is the worst of all in dB, and the perceptual distance hardly moves. (The paired one does: it asks about each
# place.) So this judge sees something else than PSNR. It is still a small net, and no person.

# %% [markdown]
# ## 4. SRGAN: content, and an opponent
#
# Now $D$ learns to tell enlarged patches from real ones, and $G$ gets a second wish besides content:
#
# $$ \ell_G = \ell_{\text{content}} + \lambda\, \mathrm{mean}\big(\mathrm{softplus}(-D(\hat x))\big), $$
#
# where softplus$(-s) = -\log D$ for a score $s$: the non-saturating loss of lesson 04, times a small weight. It answers
# what content leaves open: *which* of all images with nearly these features? One that looks like a photograph.


# %%
from torch.nn.functional import softplus


def perceptual_loss(content, fake_scores, weight=1e-3):
    """Content plus weight * mean of -log D: what SRGAN's generator minimises."""
    return content + weight * softplus(-fake_scores).mean()


# %% [markdown]
# **No new update rule**: batches are `(high, low)`, the condition `low` goes to $G$, and the step of lesson 04 takes
# `content` as a hook that is added to $G$'s half. There is no noise: $G$ gives one answer to each low image. Our content
# is the features' squared error plus 20 times the pixels'; the paper does without pixels, but a net of eight pictures
# has poorer features than one of ImageNet's million.

# %%
import copy
from functools import partial

from coursekit.data.streams import Latent
from coursekit.fit import fit
from coursekit.losses import NON_SATURATING
from coursekit.nets.spectral import spectral_norm
from coursekit.nets.srgan import SRDiscriminator, WithoutNoise
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.super_resolution import all_maps
from coursekit.super_resolution.training import in_precision, weighted, with_rates

torch.manual_seed(run.seed + 1)
G = in_precision(WithoutNoise(copy.deepcopy(srresnet).train().requires_grad_(True)))
D = in_precision(SRDiscriminator(recipe.d_width, wrap=spectral_norm).to(run.device))
features, n_steps = all_maps(loss_net), recipe.n_steps[1]


def content(D, real, fake, low):
    return content_loss(features, fake, real) + recipe.pixels * mse_loss(fake, real)


# %% [markdown]
# $G$ starts from SRResNet, as in the paper: an untrained $G$ against a $D$ that sees through everything learns nothing.
# $D$ gives a score to every place of the picture and not one to the whole.

# %%
from coursekit.nets.average import Average

start = time.process_time()
rates = partial(with_rates, recipe=recipe, n_steps=n_steps, betas=(0.5, 0.99))
(g_adam, g_falls), (d_adam, d_falls) = rates(G, lr=recipe.g_lr), rates(D, lr=recipe.d_lr)
game = Game(G, D, g_adam, d_adam, Latent(1, run.seed, run.device))  # nobody reads the noise
step = adversarial(game, weighted(NON_SATURATING, recipe.adversarial), content=content)
average = Average(G, recipe.ema)
batches = pairs.batches(recipe.batch_size, run.seed + 1)
history = fit(step, batches, n_steps, (average, g_falls, d_falls), progress=False)
srgan = average.net.net.net.eval()
print(f"{n_steps} steps, {time.process_time() - start:.0f} s, weight {recipe.adversarial}")
print(f"D's loss at the end {history['d_loss'][-50:].mean():.2f}; undecided: 1.39")

# %% [markdown]
# **Predict.** Which way do PSNR, the paired and the perceptual distance go from SRResNet to SRGAN?

# %%
found["SRGAN"] = figures(srgan, (high, low), judge)
rows = [
    [name, f"{f['psnr']:.2f}", f"{f['ssim']:.3f}", f"{f['perceptual']:.2f}", f"{f['paired']:.3f}"]
    for name, f in found.items()
]
columns = ["right halves", "PSNR, dB", "SSIM", "perceptual distance, %", "paired"]
table(columns, rows, "The judge is the net that asks for colours; no loss has used it.")
assert found["SRGAN"]["psnr"] < found["SRResNet"]["psnr"]
for ahead, behind in (("SRGAN", "SRResNet"), ("SRResNet", "bicubic")):
    assert found[ahead]["perceptual"] < found[behind]["perceptual"]

# %%
with torch.no_grad():
    sharp = srgan(low).clamp(-1, 1)
show_compact(
    stacked([x[shown] for x in (bicubic, safe, sharp, high)]),
    "Figure 3. Bicubic, SRResNet, SRGAN, the truth.",
    n_colors=128,
)

# %% [markdown]
# **What we see.** SRGAN gives away about a third of what SRResNet had gained in PSNR, and gets nearer to photographs in
# the eyes of a judge that neither of the two was trained with: the paper's ordering. The paired distance hardly changes:
# what is new is not *the* detail. In the pictures the difference is small and lies where the truth has texture: a little
# more grain and contrast than SRResNet dares to show.

# %% [markdown]
# ## 5. You cannot have both
#
# The weight $\lambda$ is a dial. Blau and Michaeli (2018) proved that no method can be arbitrarily good at both:
# below a certain distortion, perception *must* get worse. Every method lies above a curve. Here is ours, recorded with
# three seeds: one SRResNet a seed, and from it SRGANs with four weights.

# %%
from coursekit.plots.style import show
from coursekit.plots.super_resolution import trade_off
from coursekit.recorded import recorded

curve = recorded("srgan").rows
figure = trade_off(curve)
show(
    figure, "Figure 4. Three seeds each, right halves; large marks: means, beside them the weight."
)

# %%
seeds = sorted({row["seed"] for row in curve})
by = {(row["arm"], row["weight"], row["seed"]): row for row in curve}
weights = sorted({row["weight"] for row in curve if row["arm"] == "SRGAN"})
keys = [("bicubic", 0.0), ("SRResNet", 0.0), *(("SRGAN", weight) for weight in weights)]
names = ("psnr", "ssim", "perceptual", "paired")
title = {(arm, w): f"{arm} {w:g}" if arm == "SRGAN" else arm for arm, w in keys}
rows = [
    [title[key]] + [" ".join(str(by[*key, s][n]) for s in seeds) for n in names] for key in keys
]
table(["three seeds", "PSNR, dB", "SSIM", "perceptual distance, %", "paired"], rows)
for s in seeds:
    bicubic_row, safe_row, sharp_row = (
        by[key] for key in (("bicubic", 0.0, s), ("SRResNet", 0.0, s), ("SRGAN", 0.1, s))
    )
    assert safe_row["psnr"] > bicubic_row["psnr"] + 0.2
    assert sharp_row["psnr"] < safe_row["psnr"]
    assert sharp_row["perceptual"] < safe_row["perceptual"] < bicubic_row["perceptual"]
    for less, more in zip(weights[:-1], weights[1:], strict=True):
        assert by["SRGAN", more, s]["psnr"] < by["SRGAN", less, s]["psnr"]
        assert by["SRGAN", more, s]["perceptual"] < by["SRGAN", less, s]["perceptual"]

# %% [markdown]
# **What we see.** SRResNet is better than bicubic in both: bicubic lies far above the curve. From there on each step to
# the left is a step down, in each seed and for each weight: more of $D$'s opinion, fewer dB, smaller perceptual
# distance. Which point is best? The plane does not say; that is for the use to decide. Content alone (weight 0) already
# moves a little in this direction. The paired distance hardly moves.
#
# These are other halves of photographs that the nets know. What of one that they have never seen?

# %%
shown_names = ("psnr", "perceptual")
rows = [
    [title[key]] + [" ".join(str(by[*key, s][f"withheld_{n}"]) for s in seeds) for n in shown_names]
    for key in keys
]
table(["coffee, three seeds", "PSNR, dB", "perceptual distance, %"], rows)
for s in seeds:
    plain, safe_row, most = (
        by[key] for key in (("bicubic", 0.0, s), ("SRResNet", 0.0, s), ("SRGAN", 0.4, s))
    )
    assert safe_row["withheld_psnr"] > plain["withheld_psnr"] + 0.2
    assert most["withheld_perceptual"] < safe_row["withheld_perceptual"]
    assert most["withheld_psnr"] < plain["withheld_psnr"]

# %% [markdown]
# **What we see.** SRResNet gains .7 to .8 dB here too. SRGAN with weight .1, the one of section 4, is nearer to photographs
# than SRResNet in two seeds of three, and **in seed 2 it is not**: what five halves taught about texture carries over
# only in part. With .4 it is nearer in all three, and pays with all that SRResNet had gained in dB, and more.

# %% [markdown]
# ## 6. Total variation
#
# A third term that papers add is the **total variation**: the mean step between neighbouring pixels.


# %%
def total_variation(x):
    """Mean |vertical difference| + mean |horizontal difference|, 0-d."""
    vertical, horizontal = x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]
    return vertical.abs().mean() + horizontal.abs().mean()


# %% [markdown]
# It punishes noise and grids, which are nothing but steps, and hardly an edge, which is one step. **Predict.** Order the
# four by total variation: bicubic, SRResNet, SRGAN, the truth.

# %%
images = {"bicubic": bicubic, "SRResNet": safe, "SRGAN": sharp, "the truth": high}
steps = {name: total_variation(x).item() for name, x in images.items()}
table(["", "total variation"], [[name, f"{value:.4f}"] for name, value in steps.items()])
assert steps["bicubic"] < steps["SRResNet"] < steps["SRGAN"] < steps["the truth"]

# %% [markdown]
# So as a goal it would be wrong: the truth has the most of it. As a *brake* it is useful. Take noisy patches, and
# look for images that are near them in pixels and have little variation:

# %%
clean = high[:60]
noisy = (clean + 0.12 * noise[:60]).clamp(-1, 1)
rows, denoised = [["noisy", f"{psnr(noisy, clean).mean():.2f}"]], {}
for weight in (0.03, 0.3, 3.0):
    x = noisy.clone().requires_grad_(True)
    adam = torch.optim.Adam([x], 0.02)
    for _ in range(60):
        adam.zero_grad()
        (mse_loss(x, noisy) + weight * total_variation(x)).backward()
        adam.step()
    denoised[weight] = psnr(x.detach(), clean).mean().item()
    rows.append([f"weight {weight}", f"{denoised[weight]:.2f}"])
table(["", "PSNR to the clean patches, dB"], rows)
assert denoised[0.3] > denoised[0.03] > psnr(noisy, clean).mean()
assert denoised[3.0] < denoised[0.3]

# %% [markdown]
# **What we see.** A little takes the noise away, too much takes the picture away. The paper uses a weight of $2 \cdot
# 10^{-8}$ and only where content is compared in VGG's early layers; our recipe uses none.

# %% [markdown]
# ## 7. A photograph that no net has seen
#
# With the course comes an SRGAN of the same kind, wider, deeper, and trained on larger patches for 14 minutes
# of one core. Patches are one thing; a picture of any size is enlarged in **tiles**, each with a margin as wide as the
# net can see, so that there are no seams: the tiles' picture is the whole picture's, to a rounding.

# %%
from coursekit.data.photographs import read_photograph, reduce
from coursekit.super_resolution.pictures import bicubic as interpolated

coffee = read_photograph("coffee")[:, 60:316, 120:440]  # 256 x 320 pixels; in no training set
small = reduce(coffee[None])[0]
large, soft = shipped(small), interpolated(small)
card = shipped.card["figures"]["coffee, right half, half size"]
rows = [[name, *(f[key] for key in names)] for name, f in card.items()]
table(["coffee, from the card", "PSNR, dB", "SSIM", "perceptual distance, %", "paired"], rows)

# %% [markdown]
# Drag the line, or focus it and press the arrow keys: bicubic on its left, SRGAN on its right.

# %%
from coursekit.widgets.swipe import Swipe

Swipe(soft, large, names=("bicubic", "SRGAN"), scale=2)

# %% [markdown]
# **What we see.** The rim of the cup, its handle and the spoon have edges where bicubic has haze, in the right colours,
# without seams and without a grid. Small things that the low image does not show, like the sparkle on the plate, do not
# come back. At full strength this SRGAN hatches soft edges finely, as no photograph does; so what is shipped is a
# **blend**, the weights half of the way from SRResNet to SRGAN (Wang et al., 2018): the table's third row. It is another
# dial between distortion and perception, and one that needs no training.
#
# On the command line: `coursekit upscale photo.jpg --out big.png`, and `--bicubic` for the comparison. Photographs that
# are already sharp gain most; a blurred or heavily compressed one is a different problem, and the net will take its
# artefacts for edges.

# %% [markdown]
# ## 8. Beside the published figures
#
# Ledig et al. had 26 people give marks from 1 (bad) to 5 (excellent); the mean is the **MOS**.

# %% tags=["nbval-check-output"]
published = [
    ["Set5", "28.43 / .8211 / 1.97", "32.05 / .9019 / 3.37", "29.40 / .8472 / 3.58", "4.32"],
    ["Set14", "25.99 / .7486 / 1.80", "28.49 / .8184 / 2.98", "26.02 / .7397 / 3.72", "4.32"],
    ["BSD100", "25.94 / .6935 / 1.47", "27.58 / .7620 / 2.29", "25.16 / .6688 / 3.56", "4.46"],
]
columns = ["PSNR / SSIM / MOS", "bicubic", "SRResNet", "SRGAN", "MOS of the originals"]
table(
    columns,
    published,
    "Ledig et al. 2017, table 2: factor 4, luminance, 4 pixels of border cut off.",
)

# %%
ours = [[f"{f['psnr']:.2f} / {f['ssim']:.4f} / -" for f in found.values()]]
table(["bicubic", "SRResNet", "SRGAN"], ours, "Ours, right halves, the same protocol.")

# %% [markdown]
# The order is the same, in PSNR and in what stands for the eye. The numbers are not comparable: theirs are whole images of
# standard test sets; ours are patches of 64 pixels, chosen to be lively, of other halves of the *same* photographs that
# we trained on, at half their size. Their net has 1.5 million weights, saw 350,000 images and took 1.2 million steps; ours
# has 91,000, saw five halves, and took 700. And **we have no MOS**: our judge is a small net, and no person.
#
# Look at the published rows once more: SRGAN has the best MOS of the three in each, by far, and the PSNR of bicubic: a dB
# more, the same, .8 less. Had the field gone on ranking by PSNR, it would have thrown this method away.

# %% [markdown]
# ## Summary
#
# - Super-resolution has many right answers for each question. PSNR is best for their mean, which is none of them: blur.
# - A PSNR belongs to a protocol: luminance, border, rounding. The same images differ by more than a dB.
# - SRGAN = content in features + a little of $D$'s opinion, on an ordinary adversarial step with a hook.
# - The net of the loss may not be the judge. Ours has another task, another seed, other patches.
# - Distortion and perception are traded against each other by one weight; there is a curve, and no method is below it.
# - What the GAN adds is invented: plausible, and not evidence.

# %% [markdown]
# ## Common mistakes
#
# - **Judging with the net of the loss.** It was trained to be pleased.
# - **PSNR on RGB beside PSNR on luminance**, or with the border and without it.
# - **Nearest-neighbour or unfiltered reduction** for the low images: a net trained on aliased lows learns to undo
#   aliasing, and fails on others.
# - **Letting the channels of a pixel shuffle disagree.** In plain sky $G$ then draws a grid.
# - **Tiles without a margin.** The seams are visible at once.
# - **Starting SRGAN from random weights**, with $D$ ahead from the first step.

# %% [markdown]
# ## Questions
#
# 1. A police officer enlarges a number plate with SRGAN and reads it. What is wrong?
#
# <details><summary>Answer</summary>
#
# The low image is compatible with many plates. $D$ makes $G$ choose one that looks real, and nothing makes it the right
# one; the sharper the result, the more it persuades. SRResNet would at least show grey where it does not know.
#
# </details>
#
# 2. The perceptual distance does not change if we shuffle the enlarged images among each other, the paired one does. Could
#    a net win the first and be useless?
#
# <details><summary>Answer</summary>
#
# Yes: one that ignores `low` and returns real training patches has distance near 0. So it is read beside PSNR, as the
# curve of section 5 does, and $G$'s content term keeps it honest.
#
# </details>
#
# 3. Why does $D$ need no `low`, whereas the class-conditional $D$ of lesson 12 needs the label?
#
# <details><summary>Answer</summary>
#
# Without the label nothing tells $G$ to obey it. Here the content term ties the image to its original, so $D$ only has to
# ask whether it looks real. A $D$ that sees `low` would be allowed (pix2pix, lesson 17), and would catch real-looking
# images that do not fit.
#
# </details>

# %% [markdown]
# ## Further reading
#
# - Shi et al., *Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
#   Network*, 2016, [arXiv:1609.05158](https://arxiv.org/abs/1609.05158): the pixel shuffle.
# - Johnson et al., *Perceptual Losses for Real-Time Style Transfer and Super-Resolution*, 2016,
#   [arXiv:1603.08155](https://arxiv.org/abs/1603.08155): features instead of pixels.
# - Blau and Michaeli, *The Perception-Distortion Tradeoff*, 2018, [arXiv:1711.06077](https://arxiv.org/abs/1711.06077).
# - Zhang et al., *The Unreasonable Effectiveness of Deep Features as a Perceptual Metric*, 2018,
#   [arXiv:1801.03924](https://arxiv.org/abs/1801.03924): LPIPS.
# - Wang et al., *ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks*, 2018,
#   [arXiv:1809.00219](https://arxiv.org/abs/1809.00219): what came next.
