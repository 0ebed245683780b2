"""How every picture of the course looks: one palette, one meaning for each colour, a visible caption under each figure.

Colours are Okabe and Ito's, safe for colour-blind readers, and never carry a meaning alone: real is also solid and
round, fake dashed and triangular. Figures are plain `matplotlib.figure.Figure` objects, never pyplot's: nothing global
changes, and a callback of a widget can draw too.
"""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

BLUE, ORANGE, GREEN, PURPLE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"
REAL_COLOR, FAKE_COLOR, D_COLOR = BLUE, ORANGE, GREEN

REAL_LINE = {"color": REAL_COLOR, "linestyle": "-", "linewidth": 2}
FAKE_LINE = {"color": FAKE_COLOR, "linestyle": "--", "linewidth": 2}
D_LINE = {"color": D_COLOR, "linestyle": "-", "linewidth": 2}
REAL_DOTS = {"color": REAL_COLOR, "marker": "o", "linestyle": "none"}
FAKE_DOTS = {"color": FAKE_COLOR, "marker": "^", "linestyle": "none"}
OTHER_LINES = (  # for whatever is neither real, nor fake, nor D
    {"color": "black", "linestyle": ":", "linewidth": 2},
    {"color": PURPLE, "linestyle": "-.", "linewidth": 2},
    {"color": SKY, "linestyle": (0, (5, 1)), "linewidth": 2},
)


def new_figure(width: float = 7.0, height: float = 3.0) -> Figure:
    """An empty figure of width x height inches at 100 dots an inch; `figure.subplots(...)` gives its axes."""
    return Figure(figsize=(width, height), dpi=100, layout="constrained")


def label(axis: Axes, x: str = "", y: str = "", title: str = "", legend: bool = True) -> None:
    """Name the axes of one panel, lighten its frame and grid, and add a legend of its labelled artists."""
    axis.set(xlabel=x, ylabel=y)
    axis.set_title(title, fontsize=11, loc="left")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(color="0.9", linewidth=0.8)
    axis.set_axisbelow(True)
    if legend and axis.get_legend_handles_labels()[0]:
        axis.legend(frameon=False, fontsize=9)


def pixels(figure: Figure) -> np.ndarray:
    """The figure as it looks, uint8 (height, width, 3)."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def png(figure: Figure) -> bytes:
    """The figure as a PNG file; equal pictures are equal bytes.

    Not by `savefig`, which draws twice and writes its version into the file.
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels(figure)).save(buffer, "PNG")
    return buffer.getvalue()


def caption(text: str) -> None:
    """Show one line of Markdown below a figure: what it shows and what to look for. Formulas go between $ signs."""
    from IPython.display import display

    display({"text/markdown": f"_{text}_", "text/plain": text}, raw=True)


def show(thing: object, text: str) -> None:
    """Show a figure, or anything that displays itself, with its caption below."""
    from IPython.display import Image as Picture
    from IPython.display import display

    display(Picture(png(thing)) if isinstance(thing, Figure) else thing)
    caption(text)


def table(columns: list[str], rows: list[list[object]], text: str = "") -> None:
    """Show rows as a Markdown table (formulas between $ signs are set), with a caption below if there is one.

    Give numbers as they should be read, already rounded. A `|` in a cell would end it: write \\parallel in formulas.
    """
    from IPython.display import display

    for i, row in enumerate(rows):
        if len(row) != len(columns):
            raise ValueError(f"row {i} has {len(row)} cells, the table {len(columns)} columns: give one cell a column")
    lines = [columns, ["---"] * len(columns), *rows]
    markdown = "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
    plain = "\n".join("   ".join(str(cell) for cell in line) for line in (columns, *rows))
    display({"text/markdown": markdown, "text/plain": plain}, raw=True)
    if text:
        caption(text)
