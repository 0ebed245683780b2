"""`coursekit doctor`: what this machine has for the course, and what to do about what it lacks."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

import coursekit
from coursekit.cli.clone import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("torch", "torchvision", "jupyterlab", "ipywidgets")


@dataclass(frozen=True)
class Finding:
    """One row; `cure` is empty if nothing is to be done, and without an essential the course does not run."""

    thing: str
    found: str
    cure: str = ""
    essential: bool = False


def versions() -> Iterator[Finding]:
    python, ready = platform.python_version(), sys.version_info >= (3, 11)
    yield Finding("Python", f"{python} ({sys.prefix})", "" if ready else "install Python 3.11 or newer", True)
    yield Finding("coursekit", f"{coursekit.__version__} ({ROOT})")
    for name in PACKAGES:
        try:
            yield Finding(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, "missing", "delete .venv and run `make lab`, which makes it anew", True)


def machine() -> Iterator[Finding]:
    """Device, precision, cores, memory and disk."""
    try:
        import torch

        from coursekit.device import pick_device, pick_precision

        device = pick_device()
        precision = str(pick_precision(device)).removeprefix("torch.")
    except (ImportError, OSError, ValueError) as error:
        yield Finding("device", "torch does not start", str(error).splitlines()[0], True)
    else:
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
        yield Finding("device", f"{device} {name}".strip(), "" if device.type != "cpu" else cure_without_gpu())
        reason = "" if precision == "bfloat16" else " (this processor has no native bfloat16: slower, not worse)"
        yield Finding("precision", precision + reason)
        yield Finding("cores", f"{os.cpu_count()}, of which torch uses {torch.get_num_threads()}")
    memory = memory_gb()
    if memory:
        yield Finding("memory", f"{memory:.1f} GB", "" if memory > 4 else "close other programs before a lecture")
    free = shutil.disk_usage(ROOT).free / 1e9
    yield Finding("disk", f"{free:.0f} GB free", "" if free > 2 else "free some: downloads and runs go here")


def cure_without_gpu() -> str:
    has_driver = shutil.which("nvidia-smi") is not None
    return "an NVIDIA driver is here but torch does not see it: renew the driver" if has_driver else ""


def memory_gb() -> float | None:
    """Physical memory in GB, or None where the system does not say (Windows)."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return None


def data() -> Iterator[Finding]:
    """Where load_images looks, in its order."""
    from coursekit.data.sources import EMBEDDED, cache_folder

    if given := os.environ.get("COURSEKIT_DATA"):
        found = data_sets_in(root := Path(given).expanduser())
        cure = f"put the folders MNIST/raw and FashionMNIST/raw into {root}, or unset COURSEKIT_DATA"
        yield Finding("COURSEKIT_DATA", f"{found or 'empty'} ({root})", "" if found else cure)
    found = data_sets_in(cache_folder()) or "empty, filled by the first download"
    yield Finding("data cache", f"{found} ({cache_folder()})")
    size = sum(path.stat().st_size for path in EMBEDDED.rglob("*") if path.is_file()) / 1e6
    yield Finding("embedded data", f"{size:.1f} MB", "" if size else "clone again: the clone is not whole", True)


def data_sets_in(root: Path) -> str:
    """The published data sets that a folder holds, as a list in words."""
    from coursekit.data.sources import PUBLISHED

    return ", ".join(name for name, data_set in PUBLISHED.items() if (root / data_set.folder).is_dir())


def tools() -> Iterator[Finding]:
    """The browser of the tests and what the grader's sandbox is made of."""
    debian = "only for `make test`: on Debian `sudo apt install {}`"
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    yield Finding("browser for tests", browser or "none", "" if browser else debian.format("chromium"))
    yield from isolation()


def isolation() -> Iterator[Finding]:
    """Which isolation levels of the grader work here, and how to enable the others; one of the first two is enough."""
    if not sys.platform.startswith("linux"):
        yield Finding("grading", platform.system(), "only for grading a class: do it on Linux, or in a Linux container")
        return
    from coursekit.grading.sandbox import working_levels

    for level, obstacle in working_levels().items():
        works = "works" if level != "none" else "works, for your own work only"
        yield Finding(
            f"isolation {level}", "does not work" if obstacle else works, obstacle and f"for grading: {obstacle}"
        )


def examine() -> list[Finding]:
    """All rows, in the order of the table."""
    return [finding for part in (versions, machine, data, tools) for finding in part()]


def doctor() -> None:
    """Show what is here, and what to do."""
    from rich.console import Console
    from rich.table import Table

    table = Table("", "found", "what to do", title="coursekit doctor")
    findings = examine()
    for finding in findings:
        colour = "green" if not finding.cure else "red" if finding.essential else "yellow"
        table.add_row(finding.thing, f"[{colour}]{finding.found}[/]", finding.cure)
    Console().print(table)
    broken = [finding.thing for finding in findings if finding.cure and finding.essential]
    if broken:
        print(f"The course does not run here yet; first see to: {', '.join(broken)}.")
    raise typer.Exit(1 if broken else 0)
