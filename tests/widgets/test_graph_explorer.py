"""The graph explorer, driven without a browser: sliders, the backward pass step by step, and what autograd says."""

import base64
import io

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from PIL import Image

from coursekit.plots.style import pixels
from coursekit.widgets.graph_explorer import LEAVES, GraphExplorer, compute, draw, neuron_loss


def image(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.picture.value)).convert("RGB")).astype(int)


def leaf_grads(outcome):
    return {node.name: node.grad for node in outcome.root.order() if not node.parents}


def test_after_the_last_step_the_leaves_have_autograds_gradients():
    explorer = GraphExplorer(step=6)
    explorer.sliders["w"].value = -1.3
    explorer.sliders["y"].value = -0.4
    numbers = {**LEAVES, "w": -1.3, "y": -0.4}
    leaves = {name: torch.tensor(v, dtype=torch.float64, requires_grad=True) for name, v in numbers.items()}
    loss = neuron_loss(**leaves)
    loss.backward()
    assert explorer.outcome.root.data == pytest.approx(loss.item())
    assert leaf_grads(explorer.outcome) == pytest.approx({name: leaf.grad.item() for name, leaf in leaves.items()})


def test_the_backward_pass_reaches_the_leaves_one_after_the_other():
    reached = [
        {name for name, grad in leaf_grads(compute(neuron_loss, LEAVES, step)).items() if grad} for step in range(7)
    ]
    assert reached == [set(), set(), set(), {"y"}, {"y"}, {"y", "b"}, {"y", "b", "w", "x"}]


def test_a_step_beyond_the_last_is_the_last():
    assert compute(neuron_loss, LEAVES, 99).step == compute(neuron_loss, LEAVES, 0).n_steps == 6


def test_the_sentence_names_the_sum_that_the_picture_shows():
    outcome = compute(lambda a, b: a * b, {"a": 2.0, "b": -3.0}, 2)
    assert outcome.sentence == "× hands on 1 · -3 = -3 to a and 1 · 2 = 2 to b."


def test_an_expression_of_ones_own_gets_a_slider_for_each_leaf_and_a_step_for_each_node():
    explorer = GraphExplorer(lambda a, b: (a * b + a).relu(), {"a": 1.0, "b": 2.0})
    assert list(explorer.sliders) == ["a", "b"] and explorer.steps.max == 4
    explorer.steps.value = 4
    assert leaf_grads(explorer.outcome) == {"a": 3.0, "b": 1.0}


def test_moving_a_slider_and_taking_a_step_each_change_the_picture():
    explorer = GraphExplorer()
    first = image(explorer)
    explorer.sliders["x"].value = 1.0
    second = image(explorer)
    explorer.steps.value = 3
    assert np.abs(second - first).max() > 100 and np.abs(image(explorer) - second).max() > 100


def test_where_there_is_no_value_the_last_picture_stays_with_a_reason_that_goes_again():
    explorer = GraphExplorer(lambda a: 1 / a, {"a": 1.0})
    before = explorer.picture.value
    explorer.sliders["a"].value = 0.0
    assert "No value here" in explorer.message.value and explorer.picture.value == before
    explorer.sliders["a"].value = 2.0
    assert explorer.message.value == "" and explorer.picture.value != before


def test_a_longest_title_lies_within_the_picture():
    leaves = dict.fromkeys(LEAVES, -1.2345e-5)
    for step in range(7):
        figure = draw(compute(neuron_loss, leaves, step))
        pixels(figure)
        assert figure.texts[0].get_window_extent().x1 < figure.canvas.get_width_height()[0]


def test_without_a_kernel_there_is_a_picture_and_a_sentence():
    bundle = GraphExplorer(step=2)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).width == 800
    assert "run the cell" in bundle["text/plain"]


def test_every_slider_has_a_name_and_pyplot_is_left_alone():
    explorer = GraphExplorer()
    assert all(one.description.strip() for one in (*explorer.sliders.values(), explorer.steps))
    assert matplotlib.pyplot.get_fignums() == []
