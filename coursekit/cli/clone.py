"""The clone of the course that this package belongs to."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_PAGE = "notebooks/00_start_here.ipynb"


def need(*names: str) -> None:
    """Raise FileNotFoundError, with the cure, unless the clone has each of these files or folders."""
    for name in names:
        if not (ROOT / name).exists():
            raise FileNotFoundError(
                f"{ROOT} has no {name}, so it is not a whole clone of the course: clone the repository and run "
                "`python3 -m coursekit` in its top folder"
            )
