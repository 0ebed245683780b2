"""Sample sheets: a grid of images as one picture."""

import torch
from PIL import Image
from torch import Tensor

GAP = 2  # pixels between images, before enlargement


def sheet(images: Tensor, columns: int = 8, scale: int = 2) -> Image.Image:
    """A picture of `images` (N, C, H, W) in [-1, 1], row by row, each pixel enlarged `scale` times without smoothing.

    C is 1 (grey) or 3 (RGB); values outside [-1, 1] are clipped.
    """
    if images.dim() != 4 or images.shape[1] not in (1, 3):
        raise ValueError(f"a sheet needs images (N, 1 or 3, H, W), it got shape {tuple(images.shape)}")
    pixels = ((images.detach().float().cpu().clamp(-1, 1) + 1) * 127.5).round().byte()
    n, channels, height, width = pixels.shape
    rows = -(-n // columns)
    page = torch.full((channels, rows * (height + GAP) + GAP, columns * (width + GAP) + GAP), 255, dtype=torch.uint8)
    for i, image in enumerate(pixels):
        top, left = (i // columns) * (height + GAP) + GAP, (i % columns) * (width + GAP) + GAP
        page[:, top : top + height, left : left + width] = image
    array = page.permute(1, 2, 0).numpy()
    picture = Image.fromarray(array[:, :, 0] if channels == 1 else array)
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)
