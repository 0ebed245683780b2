"""What benchmarks/gpu.py shows of its rows: a table, and a picture for the README."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from coursekit.plots.style import BLUE, GREEN, ORANGE, label, new_figure, png

ARMS = ("usual", "eager", "eager bf16", "captured", "captured bf16", "captured bf16 channels-last", "in fit")
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "gpu.png"


def ratios(row: dict) -> tuple[float, float, float]:
    """The best captured arm beside the usual loop and beside our best eager step; `fit` beside the step alone."""
    speed = {arm: row[f"{arm}, images/s"] or float("nan") for arm in ARMS}
    best = max(row[f"{arm}, images/s"] or 0 for arm in ARMS if arm.startswith("captured"))
    eager = max(row[f"{arm}, images/s"] or 0 for arm in ARMS if arm.startswith("eager"))
    return best / speed["usual"], best / (eager or float("nan")), speed["in fit"] / speed["captured bf16"]


def show(rows: list[dict], title: str) -> None:
    table = Table(title=title)
    columns = ("net", "batch", *ARMS, "floor", "captured / usual", "captured / eager", "fit / captured", "of ceiling")
    for name in columns:
        table.add_column(name, justify="left" if name == "net" else "right")
    for row in rows:
        speeds = [row[f"{arm}, images/s"] for arm in (*ARMS, "floor")]
        cells = ["failed" if speed is None else f"{speed:,}" for speed in speeds]
        cells += [f"{ratio:.2f}x" for ratio in ratios(row)]
        table.add_row(row["case"], str(row["batch"]), *cells, f"{row['share of the ceiling']:.0%}")
    Console(width=240).print(table)
    for row in rows:
        for arm, error in row.get("failed", {}).items():
            print(f"{row['case']}, {arm}: {error}")


def draw(rows: list[dict], device: str, path: Path = PICTURE) -> None:
    """A picture: for each net the usual loop, our best eager and our best captured step, and the floor."""
    figure = new_figure(8.0, 0.9 + 0.6 * len(rows))
    axis = figure.add_subplot()
    best = [("usual loop", ("usual",), BLUE, "s"), ("eager step", ("eager", "eager bf16"), ORANGE, "^")]
    best += [("captured step", tuple(arm for arm in ARMS if arm.startswith("captured")), GREEN, "o")]
    best += [("floor", ("floor",), "black", "|")]
    for name, arms, color, marker in best:
        speeds = [max(row[f"{arm}, images/s"] or 0 for arm in arms) for row in rows]
        axis.plot(speeds, range(len(rows)), color=color, marker=marker, markersize=9, linestyle="none", label=name)
    axis.set_xscale("log")
    axis.set_yticks(range(len(rows)), [f"{row['case']}, batch {row['batch']}" for row in rows])
    axis.invert_yaxis()
    label(axis, "images a second", "", f"A training step on {device}", legend=False)
    axis.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    path.write_bytes(png(figure))
