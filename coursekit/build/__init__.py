"""The builder of notebooks: percent scripts in, notebooks out, one way only."""

from pathlib import Path

from coursekit.build.exercises import build_exercises
from coursekit.build.lectures import build_lectures
from coursekit.build.lesson import make_lesson
from coursekit.build.solutions import build_solutions
from coursekit.build.sources import BuildError, list_sources

ROOT = Path(__file__).resolve().parents[2]

__all__ = [
    "ROOT",
    "BuildError",
    "build_exercises",
    "build_lectures",
    "build_solutions",
    "main",
    "make_lesson",
    "new_lesson",
]


def main(execute=False, stems=(), solutions=None, into=None) -> list[Path]:
    """Build the lectures and exercises named by `stems` ("03" or "03_topic"; all by default); return the files written.

    `execute` runs the lectures and stores their outputs; `into`, a folder, gets notebooks/ and exercises/ instead of
    the clone; `solutions`, a folder, gets the solved exercises as notebooks, and nothing else is built. A fault in a
    source ends the program with a message that names file and line.
    """
    try:
        if solutions is not None:
            return build_solutions(ROOT / "solutions", Path(solutions), stems or ())
        lectures = build_lectures(ROOT / "notebooks", stems or (), execute, into and Path(into) / "notebooks")
        built = {path.stem for path in lectures}
        wanted = [path.stem for path in list_sources(ROOT / "solutions") if not stems or path.stem in built]
        return lectures + (
            build_exercises(ROOT / "solutions", Path(into or ROOT) / "exercises", wanted) if wanted else []
        )
    except BuildError as error:
        raise SystemExit(f"build: {error}") from None


def new_lesson(number, topic) -> list[Path]:
    """Make the files of lesson `number` on `topic` from templates and say what to do next; return the files made."""
    try:
        return make_lesson(ROOT, int(number), topic)
    except BuildError as error:
        raise SystemExit(f"new-lesson: {error}") from None
