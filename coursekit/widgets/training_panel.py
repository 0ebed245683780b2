"""A live training panel: loss curves, a sheet of samples, progress with the time left, Pause and Stop (lecture 04).

`Training` is the engine and draws nothing: it runs `fit` in short slices. `TrainingPanel` shows an engine, awaited on
the kernel's own loop, so that its buttons act between slices, or in one go.
"""

import asyncio
import linecache
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image as Picture
from torch import Tensor

from coursekit.fit import Callback, Step, fit
from coursekit.history import History
from coursekit.plots.curves import curves
from coursekit.plots.sheets import sheet
from coursekit.plots.style import new_figure, pixels, png_of
from coursekit.widgets.conventions import live_or_stored

SLICE = 0.02  # seconds of training between two looks at the buttons
OWN_FOLDERS = ("/coursekit/", "/site-packages/", "/dist-packages/")  # frames in these are not the reader's code
