"""Image data sets as one uint8 tensor on the device, indexed there: no workers, no transforms for each image."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from coursekit.data.pictures import read_folder, resize
from coursekit.data.sources import (
    DIGITS,
    EMBEDDED,
    GARMENTS,
    PUBLISHED,
    NotHere,
    read_digits,
    read_idx_pair,
    read_published,
)
from coursekit.data.streams import Batches
from coursekit.device import pick_device

NAMES = (*PUBLISHED, "fashion-mnist-embedded", "digits", "folder:PATH")
NATURAL_FALLBACK = {"mnist": "digits", "fashion-mnist": "fashion-mnist-embedded"}


def to_float(images: Tensor) -> Tensor:
    """uint8 pixels 0 to 255 as float32 in [-1, 1], the range of a tanh generator."""
    if images.dtype != torch.uint8:
        raise TypeError(f"to_float got {images.dtype}, it needs uint8 pixels: floats are in [-1, 1] already")
    return images.float().div_(127.5).sub_(1)


def to_uint8(images: Tensor) -> Tensor:
    """Floats in [-1, 1] as the nearest of the uint8 pixels 0 to 255; what lies outside is clipped."""
    if not images.is_floating_point():
        raise TypeError(f"to_uint8 got {images.dtype}, it needs floats in [-1, 1]")
    return images.detach().float().add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)


@dataclass(frozen=True)
class Images:
    """Images of one split: uint8 (N, C, H, W), labels int64 (N,) or None, and the name of what was really loaded."""

    images: Tensor
    labels: Tensor | None
    name: str
    classes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    def floats(self, index: Tensor | slice | None = None) -> Tensor:
        """The images at `index`, or all of them, as float32 (n, C, H, W) in [-1, 1]."""
        return to_float(self.images if index is None else self.images[index])

    def batches(self, batch_size: int, seed: int = 0, labels: bool = False) -> Batches:
        """An endless stream of `(x,)`, or `(x, label)` with `labels`, drawn with replacement; x float32 in [-1, 1].

        Raises ValueError where labels are asked for and the data have none.
        """
        if labels and self.labels is None:
            raise ValueError(f"{self.name} has no labels: sort the pictures into one sub-folder for each class")

        def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
            index = torch.randint(len(self), (n,), generator=generator, device=self.images.device)
            x = self.floats(index)
            return (x, self.labels[index]) if labels else (x,)

        return Batches(draw, batch_size, seed, self.images.device)


def load_images(
    name: str,
    split: str = "train",
    fallback=...,
    size: int | None = None,
    device: torch.device | str | None = None,
) -> Images:
    """One split ("train" or "test") of a data set: the local copy, else a verified download, else the fallback.

    `name` is "mnist", "fashion-mnist", "cifar10", "digits", "fashion-mnist-embedded" or "folder:PATH". The natural
    fallback of MNIST is scikit-learn's digits at 28 x 28, that of Fashion-MNIST the embedded subset; another name sets
    another, None makes the lack an error. A printed line says what was loaded instead, and why. `size` resizes the
    central square to size x size pixels; `device` is the course's unless given. Raises ValueError for an unknown name,
    a damaged file or pictures of mixed size, FileNotFoundError where the data or a fallback are missing, OSError where
    the disk is full.
    """
    if split not in ("train", "test"):
        raise ValueError(f"split is {split!r}: it must be 'train' or 'test'")
    device = pick_device() if device is None else torch.device(device)
    try:
        images, labels, classes = read(name, split, size)
    except NotHere as missing:
        return load_fallback(name, split, fallback, size, device, missing)
    if size is not None:
        images = resize(images, size)
    return Images(images.to(device), None if labels is None else labels.to(device), name, classes)


def read(name: str, split: str, size: int | None) -> tuple[Tensor, Tensor | None, tuple[str, ...]]:
    """Images, labels and class names of one split at their own size, except that a folder's may need `size`."""
    if name.startswith("folder:"):
        return read_folder(Path(name.removeprefix("folder:")).expanduser(), split, size)
    if name in PUBLISHED:
        (images, labels), classes = read_published(name, split), PUBLISHED[name].classes
    elif name == "fashion-mnist-embedded":
        (images, labels), classes = read_idx_pair(EMBEDDED, split), GARMENTS
    elif name == "digits":
        (images, labels), classes = read_digits(split), DIGITS
    else:
        raise ValueError(f"there is no data set {name!r}: choose one of {', '.join(NAMES)}")
    return torch.tensor(images), torch.tensor(labels), classes


def load_fallback(name: str, split: str, fallback, size: int | None, device: torch.device, missing: NotHere) -> Images:
    """What stands in for `name`, at its size in pixels, with one line that says so."""
    other = NATURAL_FALLBACK.get(name) if fallback is ... else fallback
    if other is None:
        raise FileNotFoundError(
            f"{missing}. Set COURSEKIT_DATA to a folder that holds {PUBLISHED[name].folder}, let the machine online "
            "once, or pass fallback= with one of the other names"
        ) from missing
    images = load_images(other, split, size=size or PUBLISHED[name].size, device=device)
    height, width = images.images.shape[-2:]
    print(f"{missing}: loaded {images.name} instead, {len(images):,} {split} images of {height} x {width} pixels")
    return images
