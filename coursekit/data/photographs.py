"""Patches of the photographs that scikit-image and scikit-learn ship: natural images without a download.

Patches of the left halves are for training and those of the right halves are held out, so that no pixel is in both.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image as Picture
from torch import Tensor
from torch.nn.functional import interpolate

from coursekit.data.images import Images, to_float
from coursekit.data.pyramid import downsample
from coursekit.data.streams import Batches

# Author and licence of each stand in THIRD_PARTY.md.
FROM_SCIKIT_IMAGE = ("astronaut", "chelsea", "coffee", "rocket")
FROM_SCIKIT_LEARN = ("china", "flower")
PHOTOGRAPHS = FROM_SCIKIT_IMAGE + FROM_SCIKIT_LEARN
GREY = ("camera", "brick", "grass", "gravel")  # of scikit-image, without colour; the last three are textures
WITHHELD = ("coffee", "camera")  # no net of the course that enlarges photographs has seen a pixel of these
PAIRED = tuple(name for name in PHOTOGRAPHS if name not in WITHHELD)
HALVES: dict[str, Callable[[Tensor], Tensor]] = {
    "left": lambda photograph: photograph[..., : photograph.shape[-1] // 2],
    "right": lambda photograph: photograph[..., photograph.shape[-1] // 2 :],
}


def read_photograph(name: str) -> Tensor:
    """One photograph, uint8 (3, H, W), from the packages that are installed anyway; a grey one has equal channels.

    Raises ValueError for a name that is neither in PHOTOGRAPHS nor in GREY.
    """
    if name in FROM_SCIKIT_IMAGE + GREY:
        import skimage.data

        pixels = getattr(skimage.data, name)()
    elif name in FROM_SCIKIT_LEARN:
        from sklearn.datasets import load_sample_image

        pixels = load_sample_image(f"{name}.jpg")
    else:
        raise ValueError(f"there is no photograph {name!r}: choose one of {', '.join(PHOTOGRAPHS)}")
    if pixels.ndim == 2:
        pixels = np.stack([pixels] * 3, 2)
    return torch.tensor(np.ascontiguousarray(pixels)).permute(2, 0, 1)


def photo_patches(
    n: int, size: int = 64, half: str = "left", seed: int = 0, device: torch.device | str = "cpu"
) -> Images:
    """`n` square patches of `size` pixels, as many of each photograph as of any other, every second one mirrored.

    A patch covers 2 size x 2 size pixels of its photograph and is halved by the mean of 2 x 2 blocks, which removes
    most of the JPEG and sensor noise. Labels are the photographs' positions in PHOTOGRAPHS. `half` is "left" or
    "right"; raises ValueError for another one, and where a patch would not fit into half a photograph.
    """
    if half not in HALVES:
        raise ValueError(f"half is {half!r}: it must be 'left', for training, or 'right', held out")
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % len(PHOTOGRAPHS)
    patches = torch.empty(n, 3, size, size, dtype=torch.uint8)
    for label, name in enumerate(PHOTOGRAPHS):
        photograph = HALVES[half](read_photograph(name))
        for i in (labels == label).nonzero().flatten().tolist():
            patches[i] = _patch(photograph, size, generator)
    return Images(patches.to(device), labels.to(device), f"photographs, {half} halves", PHOTOGRAPHS)


def _patch(photograph: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """One patch (3, size, size) from a random place, mirrored half of the time."""
    _, height, width = photograph.shape
    if 2 * size > min(height, width):
        raise ValueError(
            f"a patch of {size} pixels covers {2 * size} x {2 * size} of the photograph, half of which has {height} x "
            f"{width}: take patches of at most {min(height, width) // 2} pixels"
        )
    top, left = (int(torch.randint(side - 2 * size + 1, (), generator=generator)) for side in (height, width))
    crop = photograph[:, top : top + 2 * size, left : left + 2 * size]
    half = downsample(crop[None].float())[0].round().to(torch.uint8)
    return half.flip(-1) if torch.rand((), generator=generator) < 0.5 else half


@dataclass
class Pairs:
    """Patches `high`, uint8 (N, 3, size, size), and the same reduced by 4, `low`; labels say the photograph."""

    high: Tensor
    low: Tensor
    labels: Tensor
    name: str

    def __len__(self) -> int:
        return len(self.high)

    def floats(self, index: Tensor | slice = slice(None)) -> tuple[Tensor, Tensor]:
        """The pairs (high, low) at `index`, in [-1, 1]."""
        return to_float(self.high[index]), to_float(self.low[index])

    def batches(self, batch_size: int, seed: int = 0) -> Batches:
        """Endless batches (high, low) of random pairs, in [-1, 1]."""

        def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
            return self.floats(torch.randint(len(self), (n,), generator=generator, device=self.high.device))

        return Batches(draw, batch_size, seed, self.high.device)


def reduce(high: Tensor, factor: int = 4) -> Tensor:
    """uint8 (N, C, H, W) -> uint8 (N, C, H/factor, W/factor) by bicubic reduction, as Pillow's and Matlab's.

    The cubic is stretched by the factor, so that it averages; raises ValueError where the factor does not divide.
    """
    height, width = high.shape[-2:]
    if height % factor or width % factor:
        raise ValueError(f"{height} x {width} pixels cannot be divided by {factor}: cut the image first")
    small = interpolate(high.float(), (height // factor, width // factor), mode="bicubic", antialias=True)
    return small.clamp(0, 255).round().to(torch.uint8)


def photo_pairs(
    n: int,
    size: int = 64,
    half: str = "left",
    seed: int = 0,
    device: torch.device | str = "cpu",
    names: Sequence[str] = PAIRED,
    scales: Sequence[float] = (0.5,),
    contrast: float = 8.0,
    jpeg: float = 0.0,
) -> Pairs:
    """`n` patches of `size` pixels with their reductions by 4, as many of each photograph as of any other.

    A photograph's half is first reduced to one of `scales`, by turns; 0.5 removes most of the JPEG and sensor noise. A
    patch is drawn anew, up to eight times, while its luminance deviates by less than `contrast` grey levels: in plain
    sky every method is perfect. Half of the patches are mirrored. A share `jpeg` of the lows goes through JPEG, as most
    pictures have. Raises ValueError as `photo_patches` does.
    """
    if half not in HALVES:
        raise ValueError(f"half is {half!r}: it must be 'left', for training, or 'right', held out")
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % len(names)
    high = torch.empty(n, 3, size, size, dtype=torch.uint8)
    for label, name in enumerate(names):
        photograph = HALVES[half](read_photograph(name))
        sources = [resized(photograph, scale) for scale in scales]
        for k, i in enumerate((labels == label).nonzero().flatten().tolist()):
            high[i] = _lively(sources[k % len(sources)], size, contrast, generator)
    low = reduce(high)
    for i in range(round(jpeg * n)):
        low[i] = through_jpeg(low[i], quality=70 + i % 26)
    return Pairs(high.to(device), low.to(device), labels.to(device), f"photographs, {half} halves")


def through_jpeg(image: Tensor, quality: int) -> Tensor:
    """uint8 (3, H, W) written as a JPEG of that quality, 1 to 95, and read again."""
    file = io.BytesIO()
    Picture.fromarray(image.permute(1, 2, 0).contiguous().numpy()).save(file, "JPEG", quality=quality)
    return torch.tensor(np.asarray(Picture.open(file))).permute(2, 0, 1)


def resized(photograph: Tensor, scale: float) -> Tensor:
    """A photograph uint8 (3, H, W) reduced to `scale` of its height and width, at most 1, bicubic."""
    size = [round(scale * side) for side in photograph.shape[-2:]]
    smaller = interpolate(photograph[None].float(), size, mode="bicubic", antialias=True)[0]
    return smaller.clamp(0, 255).round().to(torch.uint8)


def _lively(photograph: Tensor, size: int, contrast: float, generator: torch.Generator) -> Tensor:
    """A patch (3, size, size) that is not plain, if eight tries find one; mirrored half of the time."""
    _, height, width = photograph.shape
    if size > min(height, width):
        raise ValueError(
            f"a patch of {size} pixels does not fit into {height} x {width}: take patches of at most "
            f"{min(height, width)} pixels"
        )
    for _ in range(8):
        top, left = (int(torch.randint(side - size + 1, (), generator=generator)) for side in (height, width))
        patch = photograph[:, top : top + size, left : left + size]
        if patch.float().mean(0).std() >= contrast:
            break
    return patch.flip(-1) if torch.rand((), generator=generator) < 0.5 else patch
