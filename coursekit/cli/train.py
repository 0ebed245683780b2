"""`coursekit train`: a run on the command line, in a folder of its own."""

import time
from pathlib import Path
from typing import Annotated

import typer

from coursekit.cli import points
from coursekit.cli.runs import NETS_FILE, RESUME_FILE, console, fail, find_recipe, load_data, makes_points


def train(
    recipe: Annotated[str, typer.Argument(help="An image recipe, or ring8 or grid25.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The run's folder: samples, history and checkpoints.", show_default=False)],
    data: Annotated[
        str | None,
        typer.Option(help="mnist, fashion-mnist, cifar10, digits, folder:PATH, or stacked-NAME; else the recipe's."),
    ] = None,
    remedy: Annotated[str, typer.Option(help="For ring8 and grid25: a row of lesson 06's table, as pac4+fast-d.")] = "",
    steps: Annotated[int | None, typer.Option(help="Training steps; without it those of the profile.")] = None,
    profile: Annotated[
        str | None, typer.Option(help="fast (about a minute on a laptop) or full (up to an hour on one core).")
    ] = None,
    size: Annotated[int | None, typer.Option(help="Resize the images to SIZE x SIZE pixels.")] = None,
    seed: Annotated[int, typer.Option(help="Decides initial weights, batches and noise.")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    checkpoint_every: Annotated[int, typer.Option(help="Steps between checkpoints.", min=1)] = 250,
) -> None:
    """Train RECIPE on DATA and write samples.png, history.jsonl and checkpoints to OUT.

    On several GPUs or machines: `torchrun --nproc-per-node 2 -m coursekit train ...`.
    """
    from coursekit.scale.distributed import joined

    chosen = find_recipe(recipe, remedy)
    saved = _saved_meta(out, resume)
    n_steps = steps if steps is not None else saved["n_steps"] if saved else _steps_of(chosen, profile)
    if n_steps < 1:
        raise typer.BadParameter(f"--steps is {n_steps}: at least 1 is needed")
    with joined() as processes:
        run = _start(chosen, data, size, n_steps, seed if saved is None else saved["seed"], processes)
        run.meta["seconds"] = 0.0
        if saved is not None:
            _restore(run, out, saved)
        _train(run, out, checkpoint_every, processes)


def _steps_of(recipe, profile: str | None) -> int:
    """The recipe's steps in a profile; without one COURSEKIT_PROFILE decides."""
    from coursekit import device

    profile = profile or device.profile()
    if profile not in device.PROFILES:
        raise typer.BadParameter(f"--profile is {profile}: it must be {' or '.join(device.PROFILES)}")
    return recipe.n_steps if profile == "fast" else recipe.full_steps


def _restore(run, out: Path, saved: dict) -> None:
    """Puts the run where its last checkpoint left it."""
    from coursekit import checkpoints

    _check_same(saved, run.meta, run.recipe.extendable)
    checkpoints.check_threads(saved)
    checkpoints.load(out / RESUME_FILE, run.parts)
    run.meta["seconds"] = saved.get("seconds", 0.0)
    run.history.meta = run.meta


def _train(run, out: Path, checkpoint_every: int, processes) -> None:
    """Trains to the end; the first process saves, shows and tells. `seconds` in the meta are those of all calls."""
    from coursekit import checkpoints
    from coursekit.fit import Diverged, every

    began, before = time.perf_counter(), run.meta["seconds"]

    def save(n: int, losses: dict) -> None:
        run.meta["seconds"] = round(before + time.perf_counter() - began, 1)
        if processes.first:
            checkpoints.save(out / RESUME_FILE, run.parts, run.meta)

    def tell(text: str) -> None:
        if processes.first:
            console().print(text)

    done, recipe = len(run.history), run.recipe
    tell(f"{recipe.name}: {recipe.summary} ({recipe.paper}); data: {run.meta['data']}")
    try:
        run.fit((every(checkpoint_every, save),), progress=processes.first)
    except Diverged as error:
        fail(str(error))
    if processes.first and (len(run.history) > done or not (out / NETS_FILE).exists()):
        save(len(run.history), {})
        _write_results(run, out)
    tell(f"{len(run.history)} of {run.meta['n_steps']} steps: {out / 'samples.png'}")


def _start(recipe, data: str | None, size: int | None, n_steps: int, seed: int, processes):
    from coursekit.recipes import RECIPES

    if recipe.name in RECIPES:
        return recipe.start(load_data(data or recipe.data, size), n_steps, seed, processes)
    if data or size:
        raise typer.BadParameter(f"{recipe.name} makes its own points: leave --data and --size out")
    if processes.size > 1:
        raise typer.BadParameter(f"{recipe.name} takes one process, torchrun started {processes.size}: leave it out")
    return recipe.start(seed, n_steps)


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
    if makes_points(run):
        write_atomically(out / "samples.png", lambda path: points.picture(run, path))
        console().print(points.row(run))
    else:
        write_atomically(out / "samples.png", sheet(run.sample(64)).save)
