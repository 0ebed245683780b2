"""`coursekit train`, `sample` and `evaluate`: runs on the command line, each in a folder of its own."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from coursekit.cli import points

RUN = Annotated[Path, typer.Argument(help="The folder that `coursekit train --out` wrote.", show_default=False)]
RESUME_FILE, NETS_FILE = "resume.safetensors", "checkpoint.safetensors"


def train(
    recipe: Annotated[str, typer.Argument(help="An image recipe, or ring8 or grid25.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The run's folder: samples, history and checkpoints.", show_default=False)],
    data: Annotated[
        str | None, typer.Option(help="mnist (the default), fashion-mnist, cifar10, digits or folder:PATH.")
    ] = None,
    remedy: Annotated[str, typer.Option(help="For ring8 and grid25: a row of lesson 06's table, as pac4+fast-d.")] = "",
    steps: Annotated[int | None, typer.Option(help="Training steps; without it the recipe's own number.")] = None,
    size: Annotated[int | None, typer.Option(help="Resize the images to SIZE x SIZE pixels.")] = None,
    seed: Annotated[int, typer.Option(help="Decides initial weights, batches and noise.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    checkpoint_every: Annotated[int, typer.Option(help="Steps between checkpoints.", min=1)] = 250,
) -> None:
    """Train RECIPE on DATA and write samples.png, history.jsonl and checkpoints to OUT."""
    from coursekit import checkpoints
    from coursekit.fit import Diverged, every

    chosen = _recipe(recipe, remedy)
    saved = _saved_meta(out, resume)
    n_steps = steps if steps is not None else saved["n_steps"] if saved else chosen.n_steps
    if n_steps < 1:
        raise typer.BadParameter(f"--steps is {n_steps}: at least 1 is needed")
    run = _start(chosen, data, size, n_steps, seed if saved is None else saved["seed"])
    if saved is not None:
        _check_same(saved, run.meta, chosen.extendable)
        checkpoints.check_threads(saved)
        checkpoints.load(out / RESUME_FILE, run.parts)
        run.history.meta = run.meta

    def save(n: int, losses: dict) -> None:
        checkpoints.save(out / RESUME_FILE, run.parts, run.meta)

    done = len(run.history)
    _console().print(f"{chosen.name}: {chosen.summary} ({chosen.paper}); data: {run.meta['data']}")
    try:
        run.fit((every(checkpoint_every, save),))
    except Diverged as error:
        _fail(str(error))
    if len(run.history) > done or not (out / NETS_FILE).exists():
        save(len(run.history), {})
        _write_results(run, out)
    _console().print(f"{len(run.history)} of {n_steps} steps: {out / 'samples.png'}")


def sample(
    run_folder: RUN,
    out: Annotated[Path, typer.Option(help="A picture (.png) or arrays (.npz).", show_default=False)],
    n: Annotated[int, typer.Option(help="How many images.", min=1)] = 64,
    seed: Annotated[int, typer.Option(help="Decides the noise.")] = 0,
) -> None:
    """Write N new images from a trained run as a sheet, or as uint8 `images` (N, H, W, C) in an .npz file."""
    from coursekit.checkpoints import write_atomically
    from coursekit.data.images import to_uint8
    from coursekit.plots.sheets import sheet

    if out.suffix not in (".png", ".npz"):
        raise typer.BadParameter(f"--out is {out}: end it in .png for a sheet or in .npz for arrays")
    run = _load_run(run_folder)
    if _makes_points(run):
        raise typer.BadParameter(f"{run_folder} makes points, not images: look at its samples.png, or `evaluate` it")
    images = run.sample(n, seed).cpu()
    if out.suffix == ".png":
        write_atomically(out, sheet(images).save)
    else:
        import numpy as np

        arrays = to_uint8(images).permute(0, 2, 3, 1).numpy()
        write_atomically(out, lambda temporary: np.savez_compressed(temporary, images=arrays))
    _console().print(f"{n} images: {out}")


def evaluate(
    run_folder: RUN,
    data: Annotated[
        str | None, typer.Option(help="Test images to compare with; without it the run's own data.")
    ] = None,
) -> None:
    """Print FID-feat of the averaged generator beside real against real, at equal numbers of images."""
    from coursekit.data.images import load_images
    from coursekit.metrics.features import load_feature_net
    from coursekit.metrics.frechet import fid_feat, real_against_real, reference

    run = _load_run(run_folder)
    if _makes_points(run):
        return _console().print(points.row(run))
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
    _console().print(table)
    _console().print(
        "FID-feat uses the course's own 64 features: compare it with other FID-feat figures only, never with FID."
    )


def _console() -> Console:
    return Console(soft_wrap=True)


def _fail(message: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"[red]error:[/red] {message}", highlight=False)
    raise typer.Exit(2)


def _recipe(name: str, remedy: str = ""):
    from coursekit.collapse.points import BASES, with_remedies
    from coursekit.recipes import RECIPES

    if name not in RECIPES and name not in BASES:
        raise typer.BadParameter(f"there is no recipe {name!r}: choose one of {', '.join([*RECIPES, *BASES])}")
    if name in RECIPES and remedy:
        raise typer.BadParameter(f"--remedy changes {' or '.join(BASES)}, not {name}: leave it out")
    try:
        return RECIPES[name] if name in RECIPES else with_remedies(name, remedy)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _start(recipe, data: str | None, size: int | None, n_steps: int, seed: int):
    from coursekit.data.images import load_images
    from coursekit.recipes import RECIPES

    if recipe.name in RECIPES:
        return recipe.start(load_images(data or "mnist", size=size), n_steps, seed)
    if data or size:
        raise typer.BadParameter(f"{recipe.name} makes its own points: leave --data and --size out")
    return recipe.start(seed, n_steps)


def _makes_points(run) -> bool:
    return "counts" in run.others


def _saved_meta(out: Path, resume: bool) -> dict | None:
    """What the run in `out` was started with, or None for a new run; an error where neither makes sense."""
    from coursekit.checkpoints import read_meta

    if resume and (out / RESUME_FILE).exists():
        return read_meta(out / RESUME_FILE)
    if resume:
        raise typer.BadParameter(f"{out} holds no checkpoint to resume: leave --resume out to start a run there")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise typer.BadParameter(f"{out} exists already: add --resume to go on with it, or choose another --out")
    return None


def _check_same(saved: dict, wanted: dict, extendable: bool) -> None:
    keys = ["recipe", "recipe_hash", "data", "shape", "precision", "device"] + ([] if extendable else ["n_steps"])
    for key in keys:
        if saved[key] != wanted[key]:
            raise typer.BadParameter(
                f"the run was started with {key.replace('_', ' ')} {saved[key]}, now it would be {wanted[key]}: resume "
                "it with what it was started with, or choose another --out"
            )


def _write_results(run, out: Path) -> None:
    from coursekit.checkpoints import save, write_atomically
    from coursekit.plots.sheets import sheet

    save(out / NETS_FILE, run.nets, run.meta)
    write_atomically(out / "history.jsonl", run.history.write_jsonl)
    if _makes_points(run):
        write_atomically(out / "samples.png", lambda path: points.picture(run, path))
        _console().print(points.row(run))
    else:
        write_atomically(out / "samples.png", sheet(run.sample(64)).save)


def _load_run(folder: Path):
    """The run in `folder` with its nets and history in place, on the CPU or whatever device is here."""
    import torch

    from coursekit import checkpoints
    from coursekit.data.images import Images
    from coursekit.device import pick_device

    if not (folder / RESUME_FILE).exists():
        raise typer.BadParameter(f"{folder} is no run: give the folder that `coursekit train ... --out` wrote")
    meta = checkpoints.read_meta(folder / RESUME_FILE)
    recipe = _recipe(*meta["recipe"].split(" "))
    if len(meta["shape"]) == 1:
        run = recipe.start(meta["seed"], meta["n_steps"])
    else:
        blank = torch.zeros(1, *meta["shape"], dtype=torch.uint8, device=pick_device())
        run = recipe.start(Images(blank, None, meta["data"], ()), meta["n_steps"], meta["seed"])
    read = ("G", "D", "average", "history", *(["counts"] if _makes_points(run) else []))
    checkpoints.load(folder / RESUME_FILE, {name: run.parts[name] for name in read})
    run.meta.update(meta)
    return run
