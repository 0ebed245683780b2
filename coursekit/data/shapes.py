"""Pictures of coloured shapes, drawn from exact attributes: 4 colours, 3 shapes, 2 sizes, 2 rows, 2 columns."""

import itertools

import torch
from torch import Tensor

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "colour": ("red", "green", "blue", "yellow"),
    "shape": ("circle", "square", "cross"),
    "size": ("small", "large"),
    "row": ("top", "bottom"),
    "column": ("left", "right"),
}
COLOURS = torch.tensor([[215, 60, 45], [45, 165, 80], [60, 105, 225], [240, 215, 70]])  # red, green, blue, yellow
BACKGROUND = 40  # of 255, in all three channels
RADII = (2.5, 3.5)  # half the width of a small and of a large object, in sixteenths of the picture's width
CENTRES = (4.5, 11.5)  # of an object on the left and on the right, at the top and at the bottom, before it is shifted
REACH = 1  # an object is shifted by -1, 0 or 1 sixteenth, to the left or the right
ARM = 0.4  # half the width of a cross's arm, as a share of its radius
SAMPLES = 8  # a pixel's value is the mean over 8 x 8 points
# The shape that is missing in a cell: a row for each colour; small at the top, at the bottom, large at the top, bottom.
MISSING = torch.tensor([[0, 2, 0, 1], [1, 0, 2, 0], [2, 1, 2, 0], [0, 2, 1, 2]])


def all_combos() -> Tensor:
    """All combinations of the five attributes, int64 (96, 5), in ATTRIBUTES' order; the last changes fastest."""
    return torch.tensor(list(itertools.product(*(range(len(values)) for values in ATTRIBUTES.values()))))


def is_held_out(combos: Tensor) -> Tensor:
    """True (N,) for the 16 combinations that no training set shows.

    One shape is missing in every second of the 32 cells (colour, size, row, column), as on a chess board. So each value
    is seen with each value of every other attribute, and every pair of values is held out as evenly as 16 allow.
    """
    colour, shape, size, row, column = combos.unbind(1)
    black = (colour + size + row + column) % 2 == 0
    return black & (shape == MISSING.to(combos.device)[colour, 2 * size + row])


def seen_combos() -> Tensor:
    """The 80 combinations to train on, int64 (80, 5)."""
    combos = all_combos()
    return combos[~is_held_out(combos)]


def held_out_combos() -> Tensor:
    """The 16 combinations that no training set shows, int64 (16, 5)."""
    combos = all_combos()
    return combos[is_held_out(combos)]


def coverage(attributes: Tensor, shift: Tensor, size: int) -> Tensor:
    """How much of each pixel the object covers, float32 (N, size, size) from 0 to 1.

    `attributes` int64 (N, 5), `shift` (N, 2) down and across in sixteenths of the picture's width.
    """
    _, shape, large, row, column = attributes.unbind(1)
    points = (torch.arange(size * SAMPLES, device=attributes.device) + 0.5) * 16 / (size * SAMPLES)
    centres, radii = (torch.tensor(values, device=attributes.device) for values in (CENTRES, RADII))
    down = (points - (centres[row] + shift[:, 0])[:, None]).abs()[:, :, None]
    across = (points - (centres[column] + shift[:, 1])[:, None]).abs()[:, None, :]
    r = radii[large][:, None, None]
    far, near = torch.maximum(down, across), torch.minimum(down, across)
    kinds = torch.stack([down.square() + across.square() <= r**2, far <= r, (far <= r) & (near <= ARM * r)])
    inside = kinds[shape, torch.arange(len(shape), device=shape.device)].float()
    return inside.reshape(-1, size, SAMPLES, size, SAMPLES).mean((2, 4))


def render(attributes: Tensor, shift: Tensor, size: int = 16) -> Tensor:
    """Pictures without noise, float32 (N, 3, size, size) from 0 to 255.

    `attributes` int64 (N, 5) or, for several objects, (N, n, 5); `shift` (N, 2) or (N, n, 2) in sixteenths of the
    picture's width, down and across. A later object covers an earlier one.
    """
    attributes, shift = attributes.reshape(len(attributes), -1, 5), shift.reshape(len(shift), -1, 2)
    picture = torch.full((len(attributes), 3, size, size), float(BACKGROUND), device=attributes.device)
    for k in range(attributes.shape[1]):
        colour = COLOURS.to(attributes.device)[attributes[:, k, 0]].float()[:, :, None, None]
        mask = coverage(attributes[:, k], shift[:, k], size)[:, None]
        picture = picture * (1 - mask) + colour * mask
    return picture
