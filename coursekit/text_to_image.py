"""Text to image (Reed et al. 2016) on captioned scenes: an encoder that learns to match, then GAN-CLS on its codes."""

import copy
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from coursekit.data.captions import LENGTH, VOCABULARY, Scenes, encode_caption, scenes
from coursekit.data.shapes import held_out_combos, seen_combos
from coursekit.data.streams import Batches, Latent
from coursekit.device import pick_precision
from coursekit.fit import Callback, fit
from coursekit.losses import gan_cls_loss, matching_loss, without_wrong_pairs
from coursekit.metrics.attributes import attribute_match
from coursekit.nets.average import Average
from coursekit.nets.precision import InPrecision
from coursekit.nets.text_to_image import BagOfWords, CaptionEncoder, PictureEncoder, TextDiscriminator, TextGenerator
from coursekit.recipes import falling
from coursekit.recorded import processor
from coursekit.scale.captured import adam
from coursekit.shipped import FOLDER, Nets, restored, ship
from coursekit.steps.adversarial import update
from coursekit.steps.game import Game
from coursekit.steps.gan_cls import gan_cls

NAME = "scenes"
ENCODERS: dict[str, Callable[[int, int], nn.Module]] = {"gru": CaptionEncoder, "bag of words": BagOfWords}
D_LOSSES = {"three-way": gan_cls_loss, "no wrong pairs": without_wrong_pairs}


@dataclass(frozen=True)
class TextRecipe:
    """All that decides a painter but the scenes, the seed and the steps."""

    size: int = 16  # pixels
    encoder: str = "gru"  # one of ENCODERS
    d_loss: str = "three-way"  # one of D_LOSSES
    near: float = 0.9  # share of the wrong captions that are wrong in one attribute only
    between: float = 0.0  # weight of GAN-INT's term
    n_objects: int = 1
    code: int = 32  # numbers that a caption becomes
    latent: int = 16
    width: int = 32  # channels next to the picture in G
    d_width: int = 64  # and in D
    batch_size: int = 64
    match_steps: int = 300  # of the encoder's own training
    match_lr: float = 3e-3
    lr: float = 2e-3  # G's
    d_lr: float = 2e-3  # with 1e-3 D judged the match alone and hardly told fakes from real pictures
    betas: tuple[float, float] = (0.5, 0.99)
    lr_end: float = 0.02  # the rate falls linearly to lr_end * lr over the second half of the steps
    ema: float = 0.99

    def hash(self) -> str:
        """Twelve hex digits that change whenever a number in the recipe changes."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:12]


SHIPPED = TextRecipe(ema=0.999)
SHIPPED_STEPS = 3000
N_SCENES = 8000  # to train on

# The rows that benchmarks/text_to_image.py records for lesson 14, with the steps of the lecture's own run, and two of
# them for longer.
ARMS = {
    "GAN-CLS": TextRecipe(),
    "without wrong pairs": TextRecipe(d_loss="no wrong pairs"),
    "no near misses": TextRecipe(near=0.0),
    "with GAN-INT": TextRecipe(between=1.0),
    "bag of words": TextRecipe(encoder="bag of words"),
}
ARM_STEPS = 120
LONG_STEPS = 400
RUNS = [(arm, ARM_STEPS) for arm in ARMS] + [(arm, LONG_STEPS) for arm in ("GAN-CLS", "without wrong pairs")]


def arms_hash() -> str:
    """Twelve hex digits that change whenever a recipe behind the recorded rows, or their steps, change."""
    text = " ".join(f"{ARMS[arm].hash()} {n_steps}" for arm, n_steps in RUNS)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Painter:
    """A trained encoder and generator in evaluation mode, and how captions become pictures with them."""

    recipe: TextRecipe
    encoder: nn.Module
    G: nn.Module
    card: dict = field(default_factory=dict)  # what is known of a shipped one

    @property
    def device(self) -> torch.device:
        return next(self.G.parameters()).device

    def tokens(self, captions: Sequence[str]) -> Tensor:
        """Ids (N, L) of captions; ValueError that names unknown words and captions that are too long."""
        room = (LENGTH + 1) * self.recipe.n_objects - 1
        return torch.stack([encode_caption(text, VOCABULARY, room) for text in captions]).to(self.device)

    @torch.no_grad()
    def codes(self, captions: Sequence[str]) -> Tensor:
        """Codes (N, code) of captions."""
        return self.encoder(self.tokens(captions))

    def noise(self, n: int, seed: int = 0) -> Tensor:
        """Noise (n, latent) of this seed."""
        return Latent(self.recipe.latent, seed, self.device)(n)

    @torch.no_grad()
    def from_codes(self, codes: Tensor, z: Tensor) -> Tensor:
        """A picture (N, 3, size, size) in [-1, 1] for each code (N, code) and its noise (N, latent)."""
        return self.G(z, codes)

    def paint(self, caption: str, n: int = 8, seed: int = 0) -> Tensor:
        """`n` pictures (n, 3, size, size) of one caption, each from other noise."""
        return self.from_codes(self.codes([caption]).expand(n, -1), self.noise(n, seed))

    @torch.no_grad()
    def match(self, combos: Tensor, n: int = 960, seed: int = 1) -> dict[str, float]:
        """`attribute_match` of pictures for the captions of `n` new scenes of one object with these combinations."""
        asked = scenes(n, seed=1000 + seed, combos=combos, size=self.recipe.size, device=self.device)
        images = self.from_codes(self.encoder(asked.tokens), self.noise(n, seed))
        return attribute_match(images, asked.attributes)


def kinds(attributes: Tensor) -> Tensor:
    """One number a combination: int64 (N,) from attributes (N, 5) or (N, n, 5)."""
    return torch.unique(attributes.flatten(1), dim=0, return_inverse=True)[1]


def match_encoders(train: Scenes, recipe: TextRecipe, seed: int = 0) -> tuple[nn.Module, nn.Module]:
    """A caption encoder and a picture encoder, trained so that captions and pictures find each other by their codes.

    Both come back in evaluation mode, without gradients: Reed et al. freeze the text encoder before the GAN begins.
    """
    torch.manual_seed(seed)
    device, n_words = train.images.device, len(VOCABULARY)
    text = ENCODERS[recipe.encoder](n_words, recipe.code).to(device)
    picture = PictureEncoder(recipe.size, code=recipe.code).to(device)
    optimizer = torch.optim.Adam([*text.parameters(), *picture.parameters()], recipe.match_lr)
    rate = torch.optim.lr_scheduler.LambdaLR(optimizer, partial(falling, recipe.match_steps, recipe.lr_end))
    kind = kinds(train.attributes)

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        index = torch.randint(len(train), (n,), generator=generator, device=device)
        return train.floats(index), train.tokens[index], kind[index]

    def step(batches) -> dict[str, Tensor]:
        x, tokens, same = next(batches)
        loss = matching_loss(picture(x) @ text(tokens).T, same)
        update(optimizer, loss)
        return {"loss": loss}

    follow = [lambda n, losses: rate.step()]
    fit(step, Batches(draw, recipe.batch_size, seed, device), recipe.match_steps, follow, progress=False)
    return tuple(net.requires_grad_(False).eval() for net in (text, picture))


def coded_batches(train: Scenes, encoder: nn.Module, recipe: TextRecipe, seed: int) -> Batches:
    """An endless stream of (picture, code of its caption, code of a wrong one); each caption is encoded once.

    Each draw looks up which captions differ and waits for the device, so a step with these batches cannot be captured.
    """
    with torch.no_grad():
        codes = torch.cat([encoder(part) for part in train.tokens.split(2000)])

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        index, wrong = train.draw(n, generator, recipe.near)
        return train.floats(index), codes[index], codes[wrong]

    return Batches(draw, recipe.batch_size, seed, train.images.device)


def train_painter(
    train: Scenes,
    recipe: TextRecipe,
    n_steps: int,
    seed: int = 0,
    encoder: nn.Module | None = None,
    callbacks: Sequence[Callable[["Painter"], Callback]] = (),
    progress: bool = True,
) -> tuple[Painter, nn.Module]:
    """A painter of these scenes, with the averaged generator, and its D.

    The encoder is trained first, unless a trained one is given. `callbacks` are made for the painter, whose generator
    they see as it is averaged. The same seed gives the same painter.
    """
    device = train.images.device
    encoder = match_encoders(train, recipe, seed)[0] if encoder is None else encoder
    torch.manual_seed(seed + 1)
    G = TextGenerator(recipe.size, latent=recipe.latent, code=recipe.code, width=recipe.width)
    D = TextDiscriminator(recipe.size, code=recipe.code, width=recipe.d_width)
    G, D = (InPrecision(net.to(device), pick_precision(device)) for net in (G, D))
    adams = [adam(net, lr, recipe.betas, device) for net, lr in ((G, recipe.lr), (D, recipe.d_lr))]
    rates = [torch.optim.lr_scheduler.LambdaLR(a, partial(falling, n_steps, recipe.lr_end)) for a in adams]
    average = Average(G, recipe.ema)
    painter = Painter(recipe, encoder, average.net.net.eval())
    latent, batches = Latent(recipe.latent, seed, device), coded_batches(train, encoder, recipe, seed)
    step = gan_cls(Game(G, D, *adams, latent), D_LOSSES[recipe.d_loss], recipe.between)
    follow = (average, lambda n, losses: [rate.step() for rate in rates], *(make(painter) for make in callbacks))
    fit(step, batches, n_steps, follow, progress=progress)
    return painter, D.net.eval()


def recipe_of(card: dict) -> TextRecipe:
    """The recipe that a shipped painter's card holds in full."""
    return TextRecipe(**{**card["settings"], "betas": tuple(card["settings"]["betas"])})


def build(card: dict) -> Nets:
    """The encoder and the generator that the card describes, untrained."""
    recipe = recipe_of(card)
    G = TextGenerator(recipe.size, latent=recipe.latent, code=recipe.code, width=recipe.width)
    return {"encoder": ENCODERS[recipe.encoder](len(VOCABULARY), recipe.code), "G": G}


def load_painter(device: torch.device | str | None = None, folder: Path = FOLDER) -> Painter:
    """The shipped net "scenes", on the course's device unless one is given."""
    found = restored(NAME, build, device, folder)
    return Painter(recipe_of(found.card), found.nets["encoder"], found.nets["G"], found.card)


def train_shipped() -> tuple[Painter, float]:
    """The painter that the course ships, and the seconds that its training took."""
    start = time.perf_counter()
    painter, _ = train_painter(scenes(N_SCENES), SHIPPED, SHIPPED_STEPS)
    return painter, time.perf_counter() - start


def write_shipped(painter: Painter, seconds: float, folder: Path = FOLDER) -> dict:
    """Writes the painter in half precision and returns its card, with the figures of what was written."""
    nets = {"encoder": copy.deepcopy(painter.encoder).half(), "G": copy.deepcopy(painter.G).half()}
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"{processor()}, shared with other work"
    how = {"command": f"python benchmarks/pretrain.py {NAME}", "seconds": round(seconds), "seed": 0, "device": device}
    card = {"recipe": "gan-cls", "recipe_hash": painter.recipe.hash(), "settings": asdict(painter.recipe)}
    card |= {"data": f"{N_SCENES} scenes of the 80 combinations that are seen", "n_steps": SHIPPED_STEPS, **how}
    card |= {"torch": torch.__version__, "licence": "MIT, as the code"}
    ship(NAME, nets, card, {}, folder)
    written = load_painter("cpu", folder)
    for name, combos in (("seen", seen_combos()), ("held out", held_out_combos())):
        card[name] = {kind: round(share, 3) for kind, share in written.match(combos).items()}
    card["judged_by"] = "960 captions, a picture each: share that shows each attribute as asked, their mean, all five"
    ship(NAME, nets, card, {}, folder)
    return card
