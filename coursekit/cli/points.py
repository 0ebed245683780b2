"""Runs on points, for `coursekit train ring8|grid25`: their picture and the row of lesson 06's table that they make."""

from pathlib import Path


def picture(run, path: Path) -> None:
    """1,000 points of G over 1,000 real ones, as a PNG."""
    import torch

    from coursekit.plots.points import points
    from coursekit.plots.style import png

    toy = run.recipe.toy()
    with torch.no_grad():
        fake = run.game.G(run.others["counts"].z[:1000])
    real = toy.draw(1000, torch.Generator().manual_seed(0))
    path.write_bytes(png(points(real, fake, 1.5 * toy.centers.abs().max().item(), run.meta["recipe"])))


def row(run):
    """The run's row of the table, as a rich table: of G, and of the generator with averaged weights."""
    from rich.table import Table

    from coursekit.collapse.points import figures

    found, n_modes = figures(run), len(run.recipe.toy().centers)
    table = Table(title=f"{run.meta['recipe']}, {len(run.history)} steps, seed {run.meta['seed']}")
    for column in ("", f"modes held of {n_modes}", "good samples", "KL to uniform (nats)"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("G, at the end", str(found["modes"]), f"{found['good']:.1%}", f"{found['kl']:.3f}")
    table.add_row("G, at its best count", str(found["best"]), "", "")
    average = found["average_modes"], found["average_good"], found["average_kl"]
    table.add_row("averaged G", str(average[0]), f"{average[1]:.1%}", f"{average[2]:.3f}")
    return table
