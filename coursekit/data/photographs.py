"""Patches of the photographs that scikit-image and scikit-learn ship: natural images without a download.

Patches of the left halves are for training and those of the right halves are held out, so that no pixel is in both.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from coursekit.data.images import Images
from coursekit.data.pyramid import downsample

# Author and licence of each stand in THIRD_PARTY.md.
FROM_SCIKIT_IMAGE = ("astronaut", "chelsea", "coffee", "rocket")
FROM_SCIKIT_LEARN = ("china", "flower")
PHOTOGRAPHS = FROM_SCIKIT_IMAGE + FROM_SCIKIT_LEARN
HALVES: dict[str, Callable[[Tensor], Tensor]] = {
    "left": lambda photograph: photograph[..., : photograph.shape[-1] // 2],
    "right": lambda photograph: photograph[..., photograph.shape[-1] // 2 :],
}


def read_photograph(name: str) -> Tensor:
    """One photograph, uint8 (3, H, W), from the packages that are installed anyway.

    Raises ValueError for a name that is not in PHOTOGRAPHS.
    """
    if name in FROM_SCIKIT_IMAGE:
        import skimage.data

        pixels = getattr(skimage.data, name)()
    elif name in FROM_SCIKIT_LEARN:
        from sklearn.datasets import load_sample_image

        pixels = load_sample_image(f"{name}.jpg")
    else:
        raise ValueError(f"there is no photograph {name!r}: choose one of {', '.join(PHOTOGRAPHS)}")
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
