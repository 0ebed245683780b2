"""Drawn graphs: what stands in the boxes, and that no box hides another."""

from itertools import combinations

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from coursekit.autograd import Value
from coursekit.plots.graphs import HEIGHT, WIDTH, graph, layout
from coursekit.plots.style import ORANGE, png


def neuron():
    w, x, b, y = (Value(number, name=name) for name, number in {"w": 0.5, "x": 2, "b": -0.5, "y": 1}.items())
    return ((w * x + b).tanh() - y) ** 2


def tangled():
    a, b = Value(3, name="a"), Value(-2, name="b")
    c = a * b
    return (c + a).relu() * b + (a - c) / b + a * a


def texts(figure):
    return [text.get_text() for axis in figure.axes for text in axis.texts if text.get_text()]


def test_each_box_has_name_value_and_gradient_and_each_arrow_its_slope():
    x = Value(3, name="x")
    root = x * x + x
    root.backward()
    shown = texts(graph(root))
    assert sorted(shown) == sorted(["x", "3", "grad 7", "×", "9", "grad 1", "+", "12", "grad 1"] + 2 * ["3.00", "1.00"])


def test_a_forward_pass_shows_no_gradient():
    assert [text for text in texts(graph(neuron(), pushed=())) if "grad" in text] == []


def test_halfway_back_only_reached_boxes_show_a_gradient_and_one_that_waits_shows_dots():
    x = Value(3, name="x")
    square = x * x
    root = square + x
    root.grad = 1.0
    root.push()
    shown = texts(graph(root, pushed=[root]))
    assert sorted(text for text in shown if "grad" in text) == ["grad 1", "grad 1", "grad 1 …"]


def test_the_active_node_and_its_arrows_alone_are_orange():
    root = neuron()
    [difference] = root.parents
    arrows = [p for p in graph(root, active=difference).axes[0].patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 8
    assert sum(to_hex(p.get_edgecolor(), keep_alpha=False).upper() == ORANGE for p in arrows) == 2


@pytest.mark.parametrize("make", [neuron, tangled, lambda: Value(1.0, name="x")])
def test_no_two_boxes_overlap_and_parents_stand_left_of_their_children(make):
    root = make()
    spots, _ = layout(root)
    nodes = root.order()
    for a, b in combinations(nodes, 2):
        (xa, ya), (xb, yb) = spots[a], spots[b]
        assert abs(xa - xb) > WIDTH or abs(ya - yb) > HEIGHT
    assert all(spots[parent][0] < spots[node][0] for node in nodes for parent in node.parents)


def test_a_long_way_leaves_a_row_free_in_every_column_that_it_crosses():
    root = tangled()
    spots, routes = layout(root)
    boxes = {spots[node] for node in root.order()}
    bends = [spots[key] for route in routes.values() for key in route[1:-1]]
    assert bends
    assert all(abs(y - yb) > HEIGHT / 2 for x, y in bends for xb, yb in boxes if x == xb)


@pytest.mark.parametrize("make", [neuron, tangled])
def test_every_text_lies_within_the_picture(make):
    figure = graph(make(), title="a title")
    png(figure)
    width, height = figure.canvas.get_width_height()
    for text in (*figure.axes[0].texts, *figure.texts):
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height


def test_minus_zero_is_shown_as_zero():
    root = Value(-1.0, name="x").relu() * -1
    root.backward()
    assert not any(text in ("-0", "grad -0", "-0.00") for text in texts(graph(root)))
