"""The builder of notebooks: percent scripts in, notebooks out, one way only."""

from pathlib import Path

from coursekit.build.lectures import build_lectures
from coursekit.build.lesson import make_lesson
from coursekit.build.solutions import build_solutions
from coursekit.build.sources import BuildError

ROOT = Path(__file__).resolve().parents[2]

__all__ = ["ROOT", "BuildError", "build_lectures", "build_solutions", "main", "make_lesson", "new_lesson"]


def main(execute=False, stems=(), solutions=None, into=None) -> list[Path]:
    """Build the lectures named by `stems` ("03" or "03_minimax_theory"; all by default) and return the files written.

    `execute` runs them and stores their outputs; `into` is a folder to write to instead of notebooks/;
    `solutions`, a folder, gets the solved exercises as notebooks instead. A fault in a source ends the program with
    a message that names file and line.
    """
    try:
        if solutions is not None:
            return build_solutions(ROOT / "solutions", Path(solutions), stems or ())
        return build_lectures(ROOT / "notebooks", stems or (), execute, into and Path(into))
    except BuildError as error:
        raise SystemExit(f"build: {error}") from None


def new_lesson(number, topic) -> list[Path]:
    """Make the files of lesson `number` on `topic` from templates and say what to do next; return the files made."""
    try:
        return make_lesson(ROOT, int(number), topic)
    except BuildError as error:
        raise SystemExit(f"new-lesson: {error}") from None
