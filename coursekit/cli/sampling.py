"""`coursekit sample` and `evaluate`: what a trained generator makes, and what it is worth."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from coursekit.cli import points
from coursekit.cli.runs import STACKED, console, load_run, makes_points

RUN = Annotated[
    Path, typer.Argument(help="A folder that `coursekit train` wrote, or a net of the course.", show_default=False)
]


def sample(
    run_folder: RUN,
    out: Annotated[
        Path | None, typer.Option(help="A picture (.png) or arrays (.npz); without it NAME.png here.")
    ] = None,
    n: Annotated[int, typer.Option(help="How many images.", min=1)] = 64,
    seed: Annotated[int, typer.Option(help="Decides the noise.")] = 0,
) -> None:
    """Write N new images as a sheet, or as uint8 `images` (N, H, W, C) in an .npz file.

    The generator is a run's, or one that comes with the course: dcgan-fashion, dcgan-mnist,
    lapgan-fashion or cgan-mnist.
    """
    from coursekit.checkpoints import write_atomically
    from coursekit.data.images import to_uint8
    from coursekit.plots.sheets import sheet

    out = out or Path(f"{run_folder.name}.png")
    if out.suffix not in (".png", ".npz"):
        raise typer.BadParameter(f"--out is {out}: end it in .png for a sheet or in .npz for arrays")
    source = load_source(run_folder)
    images = source.sample(n, seed).cpu()
    if out.suffix == ".png":
        write_atomically(out, sheet(images).save)
    else:
        import numpy as np

        arrays = to_uint8(images).permute(0, 2, 3, 1).numpy()
        write_atomically(out, lambda temporary: np.savez_compressed(temporary, images=arrays))
    console().print(f"{n} images: {out}")


def evaluate(
    run_folder: RUN,
    data: Annotated[
        str | None, typer.Option(help="Test images to compare with; without it the run's own data.")
    ] = None,
) -> None:
    """Print FID-feat of the averaged generator beside real against real, at equal numbers of images.

    Of points and of stacked digits: how many modes they cover.
    """
    from coursekit.data.images import load_images
    from coursekit.metrics.features import load_feature_net
    from coursekit.metrics.frechet import fid_feat, real_against_real, reference

    if net := shipped_net(run_folder):
        if data:
            raise typer.BadParameter(f"{run_folder} is judged by test images of its own data: leave --data out")
        return print_card(net)
    run = load_run(run_folder)
    if makes_points(run):
        return console().print(points.row(run))
    if run.meta["data"].startswith(STACKED):
        return console().print(stacked_row(run))
    name = data or run.meta["data"].removesuffix("-embedded")
    images = load_images(name, split="test", size=run.meta["shape"][-1])
    net = load_feature_net(images.name)
    real = reference(images, net)
    value = fid_feat(real, run.sample(len(real)), net)
    table = Table(
        title=f"{run.meta['recipe']} on {run.meta['data']}, {len(run.history)} steps, seed {run.meta['seed']}"
    )
    table.add_column("compared with " + f"{len(real)} test images of {images.name}")
    table.add_column("FID-feat", justify="right")
    table.add_row(f"{len(real)} samples of the averaged generator", f"{value:.2f}")
    table.add_row("real against real (two halves of the test images)", f"{real_against_real(images, net):.2f}")
    console().print(table)
    console().print(
        "FID-feat uses the course's own 64 features: compare it with other FID-feat figures only, never with FID."
    )


def stacked_row(run) -> Table:
    """The counts of 26 samples a mode, as in the published tables."""
    from coursekit.collapse.stacked import PER_MODE, count_stacked
    from coursekit.metrics.features import load_feature_net

    n_modes = 10 ** run.meta["shape"][0]
    found = count_stacked(run.sample(PER_MODE * n_modes), load_feature_net(run.meta["data"].removeprefix(STACKED)))
    table = Table(
        title=f"{run.meta['recipe']} on {run.meta['data']}, {len(run.history)} steps, seed {run.meta['seed']}"
    )
    for name, value in found.items():
        table.add_column(f"{name} of {n_modes}" if isinstance(value, int) else name, justify="right")
    table.add_row(*(str(value) for value in found.values()))
    return table


def shipped_net(run_folder: Path):
    """The net that comes with the course under this name, unless there is a folder called so; else None."""
    from coursekit import shipped

    if str(run_folder) in shipped.names() and not run_folder.exists():
        return shipped.load_shipped(str(run_folder))
    return None


def load_source(run_folder: Path):
    """A net of the course, or the run in that folder: both have `sample(n, seed)`."""
    if net := shipped_net(run_folder):
        return net
    run = load_run(run_folder)
    if makes_points(run):
        raise typer.BadParameter(f"{run_folder} makes points, not images: look at its samples.png, or `evaluate` it")
    return run


def print_card(net) -> None:
    """A shipped net's card, and its FID-feat measured anew."""
    table = Table(show_header=False)
    for key, value in net.card.items():
        if key != "sha256":
            table.add_row(key.replace("_", " "), str(value))
    table.add_row("FID-feat, measured now", f"{net.fid_feat():.2f}")
    console().print(table)
