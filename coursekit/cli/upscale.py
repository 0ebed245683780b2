"""`coursekit upscale`: a photograph four times as high and as wide, by the SRGAN that comes with the course."""

import time
from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli.runs import console


def upscale(
    photo: Annotated[Path, typer.Argument(help="A picture: PNG, JPEG, WebP, ...", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="A .png or .jpg file; without it NAME_x4.png here.")] = None,
    bicubic: Annotated[bool, typer.Option("--bicubic", help="Only interpolate, to see the difference.")] = False,
) -> None:
    """Write the picture four times as large, with the detail that an SRGAN draws.

    Grey pictures stay grey, transparent ones transparent, and what EXIF data turns is turned. Detail is invented: do
    not read off it what the small picture does not show. Nothing is overwritten.
    """
    from rich.progress import Progress

    from coursekit.super_resolution import pictures
    from coursekit.super_resolution.upscaler import load_upscaler

    out = out or Path(f"{photo.stem}_x4.png")
    picture = pictures.read_picture(photo)
    pictures.check_target(out, bool(picture.alpha))
    start = time.perf_counter()
    if bicubic:
        large = pictures.enlarged(picture, pictures.bicubic)
    else:
        upscaler = load_upscaler()
        with Progress(console=console(), transient=True) as bar:
            task = bar.add_task("tiles")
            tell = lambda done, total: bar.update(task, completed=done, total=total)  # noqa: E731
            large = pictures.enlarged(picture, lambda low: upscaler(low, tell))
    pictures.write_picture(large, out)
    (height, width), (high, wide) = (p.colour.shape[1:] for p in (picture, large))
    seconds = time.perf_counter() - start
    console().print(f"{photo.name}, {width} x {height}, is now {wide} x {high}: {out} ({seconds:.1f} s)")
