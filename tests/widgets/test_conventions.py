"""What the explorers share: named controls, words for a screen reader, a picture without a kernel."""

import base64

import pytest
import torch

from coursekit.history import History
from coursekit.widgets.graph_explorer import GraphExplorer
from coursekit.widgets.kl_explorer import KLExplorer
from coursekit.widgets.minimax import MinimaxExplorer
from coursekit.widgets.training_panel import TrainingPanel
from coursekit.widgets.vector_field import VectorFieldExplorer

MOVED = {  # a widget, and one of its controls with a value that it did not have
    "minimax": (MinimaxExplorer, lambda one: list(one.sliders.values())[0]),
    "divergences": (KLExplorer, lambda one: one.sliders["mean"]),
    "graph": (GraphExplorer, lambda one: one.steps),
    "vector field": (VectorFieldExplorer, lambda one: one.controls["lr"]),
}


def below(box):
    """All widgets in a box and in its boxes."""
    for child in getattr(box, "children", ()):
        yield child
        yield from below(child)


@pytest.mark.parametrize("name", MOVED)
def test_a_move_changes_the_picture_and_what_a_screen_reader_is_told_of_it(name):
    build, control = MOVED[name]
    widget = build()
    picture, words = widget.picture.value, widget.aria.words
    moved = control(widget)
    moved.value = moved.value + moved.step
    assert widget.aria in widget.view.children  # beside the picture: it looks for its own box
    assert words and widget.aria.words != words and "\n" not in widget.aria.words
    assert widget.picture.value != picture


@pytest.mark.parametrize("name", MOVED)
def test_each_control_has_a_name_and_the_picture_is_stored_with_a_sentence(name):
    widget = MOVED[name][0]()
    controls = [one for one in below(widget.view) if hasattr(one, "description") and hasattr(one, "value")]
    assert len(controls) >= 4 and all(one.description for one in controls if type(one).__name__ != "HTML")
    bundle = widget._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert "run the cell" in bundle["text/plain"] and "application/vnd.jupyter.widget-view+json" in bundle


def test_the_panel_says_how_the_run_ended():
    panel = TrainingPanel()
    losses = {"d_loss": torch.tensor(1.0), "g_loss": torch.tensor(2.0)}
    history = panel.fit(lambda batches: losses, iter(()), 3)
    assert isinstance(history, History) and len(history) == 3
    assert panel.aria in panel.view.children and panel.training.status in panel.aria.words
