"""A picture that changes while a cell runs."""

from matplotlib.figure import Figure

from coursekit.plots.style import caption, png


class LivePicture:
    """Shows the newest figure in the place of the one before; a stored notebook keeps the last one and its caption."""

    def __init__(self, text: str):
        self.text = text
        self.handle = None

    def show(self, figure: Figure) -> None:
        """Replace the picture; the first call puts it, and the caption below it, under the running cell."""
        from IPython.display import Image, display

        picture = Image(png(figure))
        if self.handle is None:
            self.handle = display(picture, display_id=True)
            caption(self.text)
        else:
            self.handle.update(picture)
