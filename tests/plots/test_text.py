"""The trade-off's picture: what it draws is what it was given."""

import pytest

from coursekit.plots.text import trade_off

SWEEP = {1.0: (1.5, 1.4), 0.5: (1.0, 1.9)}


def test_the_sweep_is_one_line_in_its_order_and_each_model_keeps_its_points():
    axis = trade_off(SWEEP, {"a": [(1.2, 1.6), (1.3, 1.7)], "b": [(1.1, 2.0)]}, 1.35).axes[0]
    lines = {line.get_label(): line.get_xydata().tolist() for line in axis.lines}
    assert lines["likelihood, colder and colder"] == [[1.5, 1.4], [1.0, 1.9]]
    assert lines["a"] == [[1.2, 1.6], [1.3, 1.7]] and lines["b"] == [[1.1, 2.0]]
    assert lines["the oracle itself"] == [[1.35, 1.35]]
    assert {text.get_text() for text in axis.texts} == {"1", "0.5"}


def test_models_differ_in_shape_and_a_fifth_is_refused():
    names = "abcd"
    axis = trade_off(SWEEP, {name: [(1.2, 1.6)] for name in names}, 1.35).axes[0]
    shapes = [line.get_marker() for line in axis.lines if line.get_label() in names]
    assert len(set(shapes)) == 4
    with pytest.raises(ValueError, match="5 models"):
        trade_off(SWEEP, {name: [(1.2, 1.6)] for name in "abcde"}, 1.35)


def test_the_axis_ends_where_it_is_told():
    assert trade_off(SWEEP, {}, 1.35, extent=1.8).axes[0].get_ylim()[1] == 1.8
