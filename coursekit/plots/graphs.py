"""A scalar computation graph as a drawing: what each node is worth, and how much the result depends on it."""

from collections import defaultdict
from collections.abc import Collection, Hashable
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from coursekit.autograd import Value
from coursekit.plots.style import GREEN, ORANGE

WIDTH, HEIGHT = 1.25, 0.9  # of a box, in the units of the drawing
COLUMN, ROW = 2.2, 1.2  # from the middle of one box to that of the next
Route = list[Hashable]  # from a node to one of its parents: the node, a key for each column that is crossed, the parent


def graph(
    root: Value, pushed: Collection[Value] | None = None, active: Value | None = None, title: str = "", width: float = 8
) -> Figure:
    """The graph below `root`, leaves on the left: in each box a name, the value and the gradient, `width` inches wide.

    Each arrow carries the slope of its head with respect to its tail. `pushed` are the nodes that have handed their
    gradient on, all by default, none for a forward pass alone: a box that nothing has reached shows no gradient, and
    one that waits for more shows dots. `active` is the node that hands on now, drawn in orange.
    """
    nodes = Value.order(root)  # not root.order(): lecture 01 draws Values that have no such method yet
    pushed = set(nodes) if pushed is None else set(pushed)
    arrived = {parent for node in pushed for parent in node.parents} | ({root} if pushed or root.grad else set())
    awaited = {parent for node in nodes if node not in pushed for parent in node.parents}
    spots, routes = layout(root)
    margins = {key: 0.6 * HEIGHT if key in nodes else 0.15 for key in spots}
    left, right = min(x for x, _ in spots.values()) - 0.75 * WIDTH, 0.75 * WIDTH  # the root is at 0
    low = min(y - margins[key] for key, (_, y) in spots.items())
    high = max(y + margins[key] for key, (_, y) in spots.items())
    scale = width / (right - left)  # inches for one unit: text and boxes grow together
    above = 0.15 + 0.2 * len(title.splitlines())  # inches
    figure = Figure(figsize=(width, scale * (high - low) + above), dpi=100)
    figure.text(0.02, 0.98, title, fontsize=11, va="top")
    axis = figure.add_axes((0, 0, 1, 1 - above / figure.get_figheight()))
    axis.set(xlim=(left, right), ylim=(low, high))
    axis.axis("off")
    for (node, i), route in routes.items():
        _arrow(axis, [spots[key] for key in route], node.slopes[i], i, len(node.parents), node is active, scale)
    for node in nodes:
        gradient = f"grad {_short(node.grad)}{' …' if node in awaited else ''}" if node in arrived else ""
        _box(axis, node, spots[node], gradient, node is active, scale)
    return figure


def layout(root: Value) -> tuple[dict[Hashable, tuple[float, float]], dict[tuple[Value, int], Route]]:
    """Where each box goes, and for the i-th parent of each node the way there, past the boxes of other columns."""
    nodes, depth = Value.order(root), {root: 0}
    for node in reversed(nodes):
        for parent in node.parents:
            depth[parent] = max(depth.get(parent, 0), depth[node] + 1)
    columns, routes, children = defaultdict(list), {}, defaultdict(list)
    for node in reversed(nodes):
        columns[depth[node]].append(node)
        for i, parent in enumerate(node.parents):
            crossed = [(node, i, d) for d in range(depth[node] + 1, depth[parent])]
            routes[node, i] = [node, *crossed, parent]
            for key in crossed:
                columns[key[2]].append(key)
            side = 0.4 * (len(node.parents) - 1) * (1 - 2 * i)  # the first operand above the second
            for child, key in pairwise(routes[node, i]):
                children[key].append((child, side if child is node else 0.0))
    spots = {root: (0.0, 0.0)}
    for d in sorted(columns)[1:]:
        wish = {key: _mean([spots[child][1] + side for child, side in children[key]]) for key in columns[d]}
        spots |= {key: (-d * COLUMN, y) for key, y in _spread(wish).items()}
    return spots, routes


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _spread(wish: dict[Hashable, float]) -> dict[Hashable, float]:
    """Heights in the order that is wished for, a row apart at least, their mean where the wishes have it."""
    placed, lowest = {}, float("inf")
    for key in sorted(wish, key=wish.get, reverse=True):
        lowest = placed[key] = min(wish[key], lowest - ROW)
    shift = _mean(list(wish.values())) - _mean(list(placed.values()))
    return {key: y + shift for key, y in placed.items()}


def _arrow(axis: Axes, way: list, slope: float, i: int, n_parents: int, active: bool, scale: float) -> None:
    """A smooth arrow along `way`, given from head to tail, with the slope written on it."""
    aside = 0.24 * (n_parents - 1) * (1 - 2 * i)  # two arrows enter a box side by side
    (x, y), tail = way[0], way[-1]
    head = (x - WIDTH / 2 - 0.06, y + aside)
    points = [(tail[0] + WIDTH / 2 + 0.06, tail[1]), *way[-2:0:-1], head]
    verts, codes = [points[0]], [Path.MOVETO]
    for (x0, y0), (x1, y1) in pairwise(points):
        verts += [((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1), (x1, y1)]
        codes += [Path.CURVE4] * 3
    style = {"color": ORANGE, "linewidth": 2.5} if active else {"color": "0.45", "linewidth": 1.4}
    axis.add_patch(
        FancyArrowPatch(path=Path(verts, codes), arrowstyle="-|>", mutation_scale=14 * scale, fill=False, **style)
    )
    (x0, y0), (x1, y1) = points[-2:]
    axis.text(
        x0 + 0.576 * (x1 - x0),  # the point t = 0.6 of the last curve: nearer to the head, where arrows are apart
        y0 + 0.648 * (y1 - y0),
        f"{slope + 0.0:.2f}",
        ha="center",
        va="center",
        fontsize=12.5 * scale,
        color=ORANGE if active else "0.25",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
    )


def _short(number: float) -> str:
    return f"{number + 0.0:.3g}"  # + 0.0 turns -0.0 into 0.0


def _box(axis: Axes, node: Value, spot: tuple, gradient: str, active: bool, scale: float) -> None:
    corner = (spot[0] - WIDTH / 2, spot[1] - HEIGHT / 2)
    edge = {"edgecolor": ORANGE if active else "0.3", "linewidth": 2.5 if active else 1.2}
    shape = "round,pad=0.04" if node.parents else "square,pad=0.04"
    axis.add_patch(FancyBboxPatch(corner, WIDTH, HEIGHT, shape, facecolor="white" if node.parents else "0.93", **edge))
    middle = {"ha": "center", "va": "center", "fontsize": 14 * scale}
    axis.text(spot[0], spot[1] + 0.29, node.name or "number", fontweight="bold", **middle)
    axis.text(spot[0], spot[1], _short(node.data), **middle)
    axis.text(spot[0], spot[1] - 0.29, gradient, color=GREEN, **middle)
