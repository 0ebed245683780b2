"""Runs on disk and recipes by name: what the commands share."""

from pathlib import Path

import typer
from rich.console import Console

STACKED = "stacked-"  # before the name of the images that are stacked
RESUME_FILE, NETS_FILE = "resume.safetensors", "checkpoint.safetensors"


def console() -> Console:
    return Console(soft_wrap=True)


def fail(message: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"[red]error:[/red] {message}", highlight=False)
    raise typer.Exit(2)


def find_recipe(name: str, remedy: str = ""):
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


def load_data(name: str, size: int | None = None, split: str = "train"):
    """Images by name; `stacked-NAME` are 128,000 stacks of three of them, 1000 modes."""
    from dataclasses import replace

    from coursekit.data.images import load_images
    from coursekit.data.stacked import stacked

    if not name.startswith(STACKED):
        return load_images(name, split=split, size=size)
    images = stacked(load_images(name.removeprefix(STACKED), split=split, size=size), n_digits=3, n=128_000)
    return replace(images, name=STACKED + images.name)


def makes_points(run) -> bool:
    return "counts" in run.others


def load_run(folder: Path):
    """The run in `folder` with its nets and history in place, on the CPU or whatever device is here."""
    import torch

    from coursekit import checkpoints, shipped
    from coursekit.data.images import Images
    from coursekit.device import pick_device

    if not (folder / RESUME_FILE).exists():
        raise typer.BadParameter(
            f"{folder} is no run: give the folder that `coursekit train ... --out` wrote, or a net of the course: "
            f"{', '.join(shipped.names())}"
        )
    meta = checkpoints.read_meta(folder / RESUME_FILE)
    recipe = find_recipe(*meta["recipe"].split(" "))
    if len(meta["shape"]) == 1:
        run = recipe.start(meta["seed"], meta["n_steps"])
    else:
        blank = torch.zeros(1, *meta["shape"], dtype=torch.uint8, device=pick_device())
        run = recipe.start(Images(blank, None, meta["data"], ()), meta["n_steps"], meta["seed"])
    read = ("G", "D", "average", "history", *(["counts"] if makes_points(run) else []))
    checkpoints.load(folder / RESUME_FILE, {name: run.parts[name] for name in read})
    run.meta.update(meta)
    return run
