"""A reader's own pictures: a folder of PNG and JPEG files as one uint8 tensor."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

ENDINGS = (".png", ".jpg", ".jpeg")
GREY = ("1", "L", "LA")  # Pillow's modes without colour


def resize(images: Tensor, size: int) -> Tensor:
    """uint8 images (N, C, H, W) as (N, C, size, size): the central square, resized bilinearly with antialiasing."""
    side = min(images.shape[-2:])
    top, left = (images.shape[-2] - side) // 2, (images.shape[-1] - side) // 2
    square = images[..., top : top + side, left : left + side]
    if side == size:
        return square
    parts = square.split(8192)  # bounds the memory that the floats take
    small = [interpolate(x.float(), (size, size), mode="bilinear", antialias=True) for x in parts]
    return torch.cat([x.round().clamp(0, 255).to(torch.uint8) for x in small])


def read_folder(folder: Path, split: str, size: int | None) -> tuple[Tensor, Tensor | None, tuple[str, ...]]:
    """Pictures (N, C, H, W) uint8, labels (N,) int64 or None, and class names, which are the names of sub-folders.

    A folder with `train` and `test` inside is split that way; any other has no test split. Grey pictures become RGB
    where any is in colour, transparent ones are laid on white, and with `size` each is cropped to its central square
    and resized. Raises FileNotFoundError where there is no picture, and ValueError, naming the file, for one that
    cannot be read and for mixed sizes without `size`.
    """
    folder = choose_split(folder, split)
    classes = tuple(sorted(x.name for x in folder.iterdir() if x.is_dir() and pictures_in(x)))
    files = [(path, label) for label, name in enumerate(classes) for path in pictures_in(folder / name)]
    loose = pictures_in(folder)
    if files and loose:
        raise ValueError(
            f"{folder} has pictures beside folders of pictures ({loose[0].name} and {classes[0]}/): "
            "move all into sub-folders, one for each class, or none"
        )
    if not files and not loose:
        raise FileNotFoundError(f"{folder} has no picture in it: put {', '.join(ENDINGS)} files there")
    paths = [path for path, _ in files] or loose
    labels = torch.tensor([label for _, label in files]) if files else None
    return stack(paths, size), labels, classes


def choose_split(folder: Path, split: str) -> Path:
    """The folder that holds `split`."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is not a folder: write 'folder:' and the path of one that holds pictures")
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        return folder / split
    if split == "test":
        raise ValueError(f"{folder} has no test split: put the pictures into {folder}/train and {folder}/test")
    return folder


def pictures_in(folder: Path) -> list[Path]:
    """The PNG and JPEG files directly in `folder`, sorted by name, hidden ones left out."""
    return sorted(x for x in folder.iterdir() if x.suffix.lower() in ENDINGS and not x.name.startswith("."))


def stack(paths: list[Path], size: int | None) -> Tensor:
    """The pictures as one tensor (N, C, H, W)."""
    images = [read_picture(path) for path in paths]
    if size is not None:
        images = [resize(image[None], size)[0] for image in images]
    for path, image in zip(paths, images, strict=True):
        if image.shape[1:] != images[0].shape[1:]:
            (h0, w0), (h, w) = images[0].shape[1:], image.shape[1:]
            raise ValueError(
                f"{paths[0]} is {w0} x {h0} pixels and {path} is {w} x {h}: pass size=64, say, to crop each picture "
                "to its central square and resize it"
            )
    n_channels = max(len(image) for image in images)
    return torch.stack([image.expand(n_channels, -1, -1) for image in images])


def read_picture(path: Path) -> Tensor:
    """One picture (1 or 3, H, W) uint8, turned upright where a camera noted how it was held."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file)
            grey = picture.mode in GREY
            if picture.mode.startswith(("I", "F")):
                raise ValueError(f"{path} has more than 8 bits a channel: save it with 8")
            if picture.has_transparency_data:
                picture = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            pixels = np.array(picture.convert("L" if grey else "RGB"))
    except OSError as error:  # Pillow's for a foreign and for a truncated file
        raise ValueError(f"{path} cannot be read as a picture ({error}): replace or remove it") from error
    return torch.from_numpy(pixels)[None] if grey else torch.from_numpy(pixels).permute(2, 0, 1)
