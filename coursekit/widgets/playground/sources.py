"""The data of the playground: toys, drawn or pasted points, and the exact density of each."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from coursekit.data import toys
from coursekit.data.toys import Toy
from coursekit.widgets.playground.settings import DRAWN, PASTED, Settings

EXTENT = 3.0  # the window is [-3, 3] both ways
POINT_SD = 0.08  # a drawn point stands for a small Gaussian: an atom has no density
MOST_POINTS = 2000
N_NODES = 1024  # on a curve: less than a standard deviation apart

MAKERS = {
    "line": toys.line,
    "ring of 8": toys.ring,
    "grid of 25": toys.grid,
    "spiral": toys.spiral,
    "two moons": toys.two_moons,
}
CURVE_SD = {"line": 0.05, "spiral": 0.05, "two moons": 0.08}


def toy(settings: Settings) -> Toy:
    """The distribution to imitate, of settings that are `prepared`."""
    if settings.data in MAKERS:
        return MAKERS[settings.data]()
    return toys.gaussians(settings.data, torch.tensor(settings.points), POINT_SD)


def mixture(settings: Settings) -> tuple[Tensor, float]:
    """The data as a mixture in equal parts of Gaussians: their centres (M, 2) and their one standard deviation.

    Exact for ring, grid and points; a curve is cut into 1024 pieces, closer together than that deviation.
    """
    if settings.data not in CURVES:
        made = toy(settings)
        return made.centers, made.sd
    t = (torch.arange(N_NODES) + 0.5) / N_NODES
    return CURVES[settings.data](t), CURVE_SD[settings.data]


def line_nodes(t: Tensor) -> Tensor:
    return torch.stack([4 * t - 2, 2 * t - 1], 1)


def spiral_nodes(t: Tensor) -> Tensor:
    root = t.sqrt()
    angle = root * 1.5 * 2 * math.pi
    return 2 * root[:, None] * torch.stack([angle.cos(), angle.sin()], 1)


def moon_nodes(t: Tensor) -> Tensor:
    angle = t[::2] * math.pi
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], 1)
    lower = torch.stack([0.5 - angle.cos(), 0.25 - angle.sin()], 1)
    return torch.cat([upper, lower])


CURVES = {"line": line_nodes, "spiral": spiral_nodes, "two moons": moon_nodes}


def prepared(settings: Settings) -> Settings:
    """The settings with their points checked and rounded; without any where the data is not made of them."""
    if settings.data in MAKERS:
        return replace(settings, points=())
    return replace(settings, points=checked_points(settings.points, settings.data))


def checked_points(points: Sequence, data: str) -> tuple[tuple[float, float], ...]:
    """Points as pairs of floats, rounded to 3 decimals. Raises ValueError for none, too many, or what is no point."""
    if not len(points):
        raise ValueError(
            "the drawing is empty: draw on the picture with the mouse, or with arrow keys and Space, then press Use"
            if data == DRAWN
            else "no points are pasted: write one a line, x and y with a comma between, then press Use"
        )
    if len(points) > MOST_POINTS:
        raise ValueError(f"there are {len(points)} points, at most {MOST_POINTS} can be used: leave some out")
    pairs = []
    for number, point in enumerate(points, 1):
        try:
            x, y = (round(float(value), 3) for value in point)
        except (TypeError, ValueError):
            raise ValueError(f"point {number} is {point!r}: it needs two numbers, x and y") from None
        if not (abs(x) <= EXTENT and abs(y) <= EXTENT):
            raise ValueError(f"point {number} is ({x}, {y}): both numbers must lie in [-{EXTENT:g}, {EXTENT:g}]")
        pairs.append((x, y))
    return tuple(pairs)


def parse_csv(text: str) -> tuple[tuple[tuple[float, float], ...], str]:
    """Points from lines `x,y` (comma, semicolon, tab or spaces; one line of names on top), and a word on scaling.

    Points outside the window are moved to its middle and scaled into [-2, 2]. Raises ValueError that names the line.
    """
    rows = []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for place, (number, line) in enumerate(lines):
        cells = line.replace(",", " ").replace(";", " ").split()
        try:
            x, y = map(float, cells)
        except ValueError:
            if place == 0 and len(lines) > 1 and not any(map(_is_number, cells)):
                continue  # the names of the columns
            raise ValueError(f"line {number} is {line[:40]!r}: it needs two numbers, for instance 0.5, -1.2") from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError(f"line {number} is {line[:40]!r}: both numbers must be finite")
        rows.append((x, y))
    if not rows:
        return checked_points((), PASTED), ""
    return _fitted(torch.tensor(rows, dtype=torch.float64))


def _fitted(rows: Tensor) -> tuple[tuple[tuple[float, float], ...], str]:
    words = ""
    if rows.abs().max() > EXTENT:
        low, high = rows.min(0).values, rows.max(0).values
        middle, size = (low + high) / 2, float((high - low).max()) / 4 or 1.0
        rows = (rows - middle) / size
        words = f"moved by ({-middle[0]:.3g}, {-middle[1]:.3g}), then divided by {size:.3g} to fit the window"
    return checked_points(rows.tolist(), PASTED), words


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
