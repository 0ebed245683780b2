"""What a screen reader is told of a box of ipywidgets: names of sliders, an alt text, and news of the picture."""

from pathlib import Path

import traitlets
from anywidget import AnyWidget


class Aria(AnyWidget):
    """A child without looks of a VBox: names its sliders by their descriptions, and its picture by `words`.

    A change of `words`, one line on what the picture shows, is read out.
    """

    _esm = Path(__file__).with_suffix(".js")
    words = traitlets.Unicode("").tag(sync=True)
