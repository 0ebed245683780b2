"""Nets that come with the package, trained longer than a lecture can: `load_shipped("dcgan-fashion").sample(64)`.

Each is a file of weights and a card, NAME.safetensors and NAME.json, written by `benchmarks/pretrain.py`. Beside the
weights of a generator that is judged by FID-feat lie mean and covariance of the feature net's features of 5,000 real
test images, so that what the card says can be measured again where the data is not. Nets that make no images from
noise alone have a loader of their own, which calls `restored`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from coursekit.checkpoints import write_atomically
from coursekit.conditional import ConditionalGenerator, ConditionalRecipe
from coursekit.data.streams import Latent
from coursekit.device import pick_device
from coursekit.lapgan import Lapgan, LapganRecipe
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import N_REFERENCE, frechet_distance, moments
from coursekit.recipes import RECIPES, drawn

FOLDER = Path(__file__).parent / "pretrained" / "generators"
Nets = dict[str, nn.Module]
Sampler = Callable[[int, int], Tensor]  # (number of images, seed) -> images


@dataclass(frozen=True)
class Shipped:
    """A trained GAN in float32 and evaluation mode, its card, and the moments of real features it is judged by."""

    card: dict
    nets: Nets
    sampler: Sampler
    reference: tuple[Tensor, Tensor]

    @property
    def G(self) -> nn.Module:
        """The averaged generator."""
        return self.nets["G"]

    @property
    def D(self) -> nn.Module:
        """The discriminator as it was after the last step; ValueError for a LAPGAN, which has one a level."""
        if "D" not in self.nets:
            raise ValueError(f"a {self.card['recipe']} is shipped without a discriminator: load a DCGAN for its D")
        return self.nets["D"]

    def sample(self, n: int, seed: int = 0) -> Tensor:
        """`n` images (n, C, H, W) in [-1, 1]; the same seed gives the same images."""
        return self.sampler(n, seed)

    def fid_feat(self, n: int = N_REFERENCE, seed: int = 0) -> float:
        """FID-feat of `n` samples against 5,000 real test images; with other `n` than 5,000 no match for the card."""
        features = load_feature_net(self.card["data"]).features(self.sample(n, seed))
        return frechet_distance(*self.reference, *moments(features))


def dcgan(card: dict, device: torch.device) -> tuple[Nets, Sampler]:
    """The nets of an image recipe, untrained, and how its generator is sampled."""
    recipe = RECIPES[card["recipe"]]
    G, D = recipe.nets(tuple(card["shape"]), recipe.latent)
    return {"G": G, "D": D}, lambda n, seed: drawn(G, Latent(recipe.latent, seed, device, recipe.noise), n)


def lapgan(card: dict, device: torch.device) -> tuple[Nets, Sampler]:
    """The same for a LAPGAN, whose recipe the card holds in full."""
    G = Lapgan(LapganRecipe(**{key: tuple(v) if isinstance(v, list) else v for key, v in card["settings"].items()}))
    return {"G": G}, G.sample


def cgan(card: dict, device: torch.device) -> tuple[Nets, Sampler]:
    """The same for a conditional GAN, which is sampled with every class in turn."""
    G = ConditionalGenerator(ConditionalRecipe(**card["settings"]))
    return {"G": G}, G.sample


# The card's recipe -> (card, device) -> nets and sampler.
BUILDERS = {"dcgan-long": dcgan, "lapgan": lapgan, "cgan": cgan}


def names(folder: Path = FOLDER) -> list[str]:
    """The names that `load_shipped` knows."""
    return [name for name in all_names(folder) if read_card(name, folder)["recipe"] in BUILDERS]


def all_names(folder: Path = FOLDER) -> list[str]:
    """The names of all shipped nets."""
    return sorted(path.stem for path in folder.glob("*.json"))


def read_card(name: str, folder: Path = FOLDER) -> dict:
    """What is known about a shipped net: recipe, command, data, seed, steps, seconds, device, FID-feat.

    Raises ValueError where there is none of that name.
    """
    if name not in all_names(folder):
        raise ValueError(f"no generator {name!r} comes with the course: choose one of {', '.join(all_names(folder))}")
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def load_shipped(name: str, device: torch.device | str | None = None, folder: Path = FOLDER) -> Shipped:
    """The shipped GAN `name`, on the course's device unless one is given.

    Raises ValueError for an unknown name, for a net that makes no images from noise alone, and where the file is not
    the one that its card describes.
    """
    card = read_card(name, folder)
    if name not in names(folder):
        raise ValueError(
            f"{name!r} needs more than noise: it cannot be sampled. Those that can: {', '.join(names(folder))}"
        )
    device = pick_device() if device is None else torch.device(device)
    nets, sampler = BUILDERS[card["recipe"]](card, device)
    net = restored(name, lambda card: nets, device, folder)
    return Shipped(net.card, net.nets, sampler, (net.extra["real_mean"], net.extra["real_covariance"]))


@dataclass(frozen=True)
class Restored:
    """A shipped net: its card, its nets in float32 and evaluation mode, and the tensors that travel beside them."""

    card: dict
    nets: Nets
    extra: dict[str, Tensor]


def restored(
    name: str,
    build: Callable[[dict], Nets],
    device: torch.device | str | None = None,
    folder: Path = FOLDER,
) -> Restored:
    """The nets that `build(card)` makes with the shipped weights of `name`, on the course's device unless one is given.

    Weights stored in half precision become float32. Raises ValueError for an unknown name, and where the file is not
    the one that its card describes.
    """
    card = read_card(name, folder)
    content = (folder / f"{name}.safetensors").read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise ValueError(
            f"{folder / name}.safetensors was changed: its sha256 is not the one in {name}.json. Restore the file, or "
            "train it again with benchmarks/pretrain.py"
        )
    device = pick_device() if device is None else torch.device(device)
    nets, tensors = build(card), load(content)
    for part, net in nets.items():
        own = {key: tensors.pop(key) for key in list(tensors) if key.startswith(f"{part}.")}
        net.load_state_dict({key.removeprefix(f"{part}."): value for key, value in own.items()})
        net.requires_grad_(False).eval().to(device)
    return Restored(card, nets, tensors)


def ship(name: str, nets: Nets, card: dict, extra: Mapping[str, Tensor], folder: Path = FOLDER) -> None:
    """Writes NAME.safetensors, with the weights of `nets` and the tensors `extra`, and its card NAME.json."""
    tensors = {f"{part}.{key}": value for part, net in nets.items() for key, value in net.state_dict().items()}
    content = save({key: value.detach().cpu().contiguous() for key, value in (tensors | dict(extra)).items()})
    text = json.dumps(card | {"sha256": hashlib.sha256(content).hexdigest()}, indent=1) + "\n"
    write_atomically(folder / f"{name}.safetensors", lambda path: path.write_bytes(content))
    write_atomically(folder / f"{name}.json", partial(Path.write_text, data=text, encoding="utf-8"))
