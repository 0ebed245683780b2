"""A short film in a notebook: figures -> one GIF, small enough to be stored, that plays wherever a notebook is read."""

import base64
import html
import io
from collections.abc import Iterable

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from coursekit.plots.style import caption, pixels

LIMIT = 200_000  # bytes: a stored lecture stays under 500 kB


def gif(frames: Iterable[np.ndarray], seconds: float = 0.2, hold: float = 2.0, n_colors: int = 64) -> bytes:
    """Frames, uint8 (height, width, 3) of one size, as a GIF that loops: `seconds` each, the last one `hold` seconds.

    Raises ValueError where the file would pass 200 kB.
    """
    pictures = [Image.fromarray(one) for one in frames]
    if not pictures:
        raise ValueError("there are no frames: give at least one")
    # One palette for all, from three moments of the film: a palette of its own for each frame would make colours jump.
    moments = [pictures[i] for i in (0, len(pictures) // 2, -1)]
    # The octree keeps small coloured marks; the median cut spends its colours on the large pale areas.
    together = Image.fromarray(np.vstack([np.asarray(p) for p in moments]))
    palette = together.quantize(n_colors, method=Image.Quantize.FASTOCTREE)
    indexed = [p.quantize(palette=palette, dither=Image.Dither.NONE) for p in pictures]
    durations = [round(1000 * seconds)] * (len(indexed) - 1) + [round(1000 * hold)]
    buffer = io.BytesIO()
    indexed[0].save(buffer, "GIF", save_all=True, append_images=indexed[1:], duration=durations, loop=0, optimize=True)
    if buffer.tell() >= LIMIT:
        raise ValueError(
            f"the GIF has {buffer.tell():,} bytes and may have {LIMIT:,}: "
            f"use fewer than {len(indexed)} frames or smaller figures"
        )
    return buffer.getvalue()


def show_animation(figures: Iterable[Figure], text: str, seconds: float = 0.2, hold: float = 2.0) -> None:
    """Show the figures one after the other, endlessly, with a caption below.

    The GIF goes into an <img>: of all that shows notebooks, only JupyterLab knows the type image/gif.
    """
    from IPython.display import display

    data = base64.b64encode(gif(map(pixels, figures), seconds, hold)).decode()
    picture = f'<img src="data:image/gif;base64,{data}" alt="{html.escape(text)}">'
    display({"text/html": picture, "text/plain": "(an animation)"}, raw=True)
    caption(text)
