"""Pictures for a stored notebook: few colours, few bytes."""

import io

from matplotlib.figure import Figure
from PIL import Image as Picture

from coursekit.plots.style import caption, pixels


def compact_png(picture: Picture.Image | Figure, n_colors: int = 64) -> bytes:
    """The picture as a PNG of at most `n_colors` colours without dithering; 16 are enough for a grey sheet."""
    if isinstance(picture, Figure):
        picture = Picture.fromarray(pixels(picture))
    few = picture.convert("RGB").quantize(n_colors, dither=Picture.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def show_compact(picture: Picture.Image | Figure, text: str, n_colors: int = 64) -> None:
    """Show a picture, a sample sheet for instance, with its caption below, and store few bytes of it."""
    from IPython.display import Image, display

    display(Image(compact_png(picture, n_colors)))
    caption(text)
