"""`coursekit generate`: a caption becomes a sheet of pictures, by the generator that comes with the course."""

from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.runs import console


def generate(
    caption: Annotated[
        str, typer.Argument(help='What to paint, as "a small red circle top left".', show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="The picture, a .png file.")] = Path("generated.png"),
    n: Annotated[int, typer.Option(help="How many pictures.", min=1)] = 16,
    seed: Annotated[int, typer.Option(help="Decides the noise.")] = 0,
) -> None:
    """Write a sheet of N pictures of one caption: colour, shape, size and place of a single object.

    Words that the course's grammar does not have are named. Under the sheet's path stands how many pictures show each
    attribute that the caption asked for, as the exact judge reads them.
    """
    from coursekit.checkpoints import write_atomically
    from coursekit.plots.captions import told
    from coursekit.plots.sheets import sheet
    from coursekit.text_to_image import load_painter

    if out.suffix != ".png":
        raise typer.BadParameter(f"--out is {out}: end it in .png")
    images = load_painter().paint(caption, n, seed).cpu()
    write_atomically(out, sheet(images, scale=6).save)
    console().print(f"{n} pictures: {out}\n{told(caption, images)}")
