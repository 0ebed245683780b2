"""What every widget of the course promises: names on its controls, and a picture where there is no kernel.

A widget is a plain class with four parts: `compute(settings)`, a function without drawing that a test can call;
`draw(outcome)`, which makes a Figure; `view`, made of ipywidgets; and a `_repr_mimebundle_` that returns
`live_or_stored(...)`. An `Aria` in the view's box names the sliders and tells a screen reader what the picture shows. A
notebook that is opened without running, or read on a web site, then shows the picture.
"""

import base64


def live_or_stored(view, png: bytes, sentence: str) -> dict[str, object]:
    """A display bundle: the live ipywidget `view`, the picture `png` where it cannot run, and the sentence in text."""
    return {
        **view._repr_mimebundle_(),
        "image/png": base64.b64encode(png).decode(),
        "text/plain": sentence,
    }


def slider(name: str, value: float, low: float, high: float, step: float):
    """A FloatSlider with a name that is readable in full and an answer while it moves."""
    from ipywidgets import FloatSlider, Layout

    return FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=name,
        style={"description_width": "11em"},
        layout=Layout(width="30em"),
        readout_format=".2f",
    )
