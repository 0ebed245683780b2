"""Picture files in and out: what a photograph's file may hold beside three channels, before and after enlargement."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor
from torch.nn.functional import avg_pool2d

from coursekit.checkpoints import write_atomically
from coursekit.nets.srgan import enlarge
from coursekit.super_resolution.tiles import by_tiles

SMALLEST, MOST_PIXELS = 16, 16_000_000  # of a picture that is to be enlarged: a side, and all of it
ENDINGS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
SPREAD = 15  # pixels over which visible colours flow into invisible places


@dataclass(frozen=True)
class Picture:
    """Colours uint8 (3, H, W); `alpha` uint8 (1, H, W) where the file has one; whether it is grey; its profile."""

    colour: Tensor
    alpha: tuple[Tensor, ...] = ()
    grey: bool = False
    profile: bytes = b""


def read_picture(path: Path) -> Picture:
    """The picture in a file, turned as its EXIF data says; of an animation the first frame.

    Raises FileNotFoundError, and ValueError for a file that is no picture, is damaged, or is too small or too large.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}: give the path of a picture")
    try:
        with Image.open(path) as file:
            width, height = file.size
            check_size(path, height, width)
            file.load()
            image = ImageOps.exif_transpose(file)
            profile = file.info.get("icc_profile") or b""
    except UnidentifiedImageError as error:
        raise ValueError(f"{path} is no picture that can be read: give a PNG, a JPEG or the like") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path} cannot be read to its end ({error}): the file is damaged") from error
    return taken_apart(image, profile)


def check_size(path: Path, height: int, width: int) -> None:
    if min(height, width) < SMALLEST:
        raise ValueError(f"{path} has {width} x {height} pixels, at least {SMALLEST} x {SMALLEST} are needed")
    if height * width > MOST_PIXELS:
        raise ValueError(
            f"{path} has {height * width / 1e6:.0f} million pixels, at most {MOST_PIXELS / 1e6:.0f} can be enlarged: "
            "cut a part out, or reduce it"
        )


def taken_apart(image: Image.Image, profile: bytes = b"") -> Picture:
    """Colours and alpha of a Pillow image of any mode; more than 8 bits are rounded to 8."""
    if image.mode.startswith("I"):  # 16 bits a pixel
        image = Image.fromarray((np.asarray(image).clip(0, 65535) / 257).round().astype(np.uint8))
    grey = image.mode in ("1", "L", "LA", "La")
    if image.has_transparency_data:
        *colour, alpha = planes(image.convert("RGBA"))
        return Picture(torch.stack(colour), (alpha[None],), grey)
    kept = profile if image.mode in ("RGB", "L") else b""  # a profile of CMYK says nothing about RGB
    return Picture(planes(image.convert("RGB")), (), grey, kept)


def planes(image: Image.Image) -> Tensor:
    return torch.tensor(np.asarray(image)).permute(2, 0, 1)


def enlarged(picture: Picture, net: Callable[[Tensor], Tensor]) -> Picture:
    """The picture four times as large: its colours by `net` (uint8 (3, H, W) -> (3, 4 H, 4 W)), its alpha bicubic.

    The colours of places that cannot be seen are overwritten first with those around them: they would bleed. A grey
    picture stays grey: it is the mean of the three channels that the net makes.
    """
    colour = picture.colour
    if picture.alpha:
        colour = flowed(colour, picture.alpha[0])
    colour = net(colour)
    if picture.grey:
        mean = (colour.sum(0, keepdim=True, dtype=torch.int16) + 1) // 3  # rounded
        colour = mean.to(torch.uint8).expand(3, -1, -1)
    return replace(picture, colour=colour, alpha=tuple(bicubic(alpha) for alpha in picture.alpha))


def bicubic(x: Tensor) -> Tensor:
    """uint8 (C, H, W) -> uint8 (C, 4 H, 4 W)."""
    return by_tiles(lambda part: enlarge(part[None])[0].clamp(0, 255).round().to(torch.uint8), x, margin=3, tile=512)


def flowed(colour: Tensor, alpha: Tensor) -> Tensor:
    """The colours, where alpha is 0 replaced by the mean of the visible ones near by, else of all visible ones."""
    x, seen = colour[None].float(), (alpha[None].float() / 255)
    near, much = (avg_pool2d(v, 2 * SPREAD + 1, 1, SPREAD) for v in (x * seen, seen))
    everywhere = (x * seen).sum((2, 3), keepdim=True) / seen.sum().clamp(min=1e-6)
    around = torch.where(much > 1e-6, near / much.clamp(min=1e-6), everywhere)
    return torch.where(seen > 0, x, around)[0].clamp(0, 255).round().to(torch.uint8)


def check_target(path: Path, has_alpha: bool = False) -> None:
    """Raises ValueError for an ending that cannot hold the picture, FileExistsError for a file that is there."""
    if path.suffix.lower() not in ENDINGS:
        raise ValueError(f"the picture would be written to {path}: end the name in one of {', '.join(ENDINGS)}")
    if has_alpha and ENDINGS[path.suffix.lower()] == "JPEG":
        raise ValueError(f"the picture has transparent places and {path} cannot hold them: end the name in .png")
    if path.exists():
        raise FileExistsError(f"{path} is already there and stays as it is: choose another name")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}: make it first")


def write_picture(picture: Picture, path: Path) -> None:
    """Write the picture as its name's ending says; nothing is overwritten (`check_target`)."""
    check_target(path, bool(picture.alpha))
    colour = picture.colour[:1] if picture.grey else picture.colour
    array = torch.cat([colour, *picture.alpha]).permute(1, 2, 0).numpy()
    image = Image.fromarray(array[..., 0] if array.shape[2] == 1 else array)
    more = {"icc_profile": picture.profile} if picture.profile else {}
    if ENDINGS[path.suffix.lower()] == "JPEG":
        more |= {"quality": 95}
    write_atomically(path, lambda temporary: image.save(temporary, ENDINGS[path.suffix.lower()], **more))
