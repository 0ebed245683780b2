"""The files of a new lesson, from templates that already run."""

from pathlib import Path
from string import Template

from coursekit.build.sources import STEM, BuildError

PLACEHOLDER = "REPLACE:"  # what the author of a lesson still has to write; no lecture may be published with one
TEMPLATES = Path(__file__).parent / "templates"
FILES = {"notebooks/src": "lecture.py.txt", "solutions": "solutions.py.txt"}


def make_lesson(root: Path, number: int, topic: str) -> list[Path]:
    """Write the lecture's and the exercises' source of lesson `number` under `root` and return their paths.

    Refuses a number that has a lesson, and a topic that is not lower-case letters, digits and underscores.
    """
    stem = f"{number:02d}_{topic}"
    if not STEM.fullmatch(stem):
        raise BuildError(f"{stem!r} is no name for a lesson: give a number up to 99 and a topic such as cycle_gan")
    taken = [path for folder in FILES for path in (root / folder).glob(f"{number:02d}_*.py")]
    if taken:
        raise BuildError(f"lesson {number:02d} exists ({taken[0]}): choose another number, nothing was written")
    words = {"number": f"{number:02d}", "topic": topic, "title": topic.replace("_", " ").capitalize()}
    made = [fill(TEMPLATES / template, root / folder / f"{stem}.py", words) for folder, template in FILES.items()]
    for path in made:
        print(f"made {path.relative_to(root)}")
    print(
        f"1. Write: replace every sentence marked {PLACEHOLDER}\n"
        f"2. Run:   python -m coursekit build --execute {number:02d}\n"
        f"3. Look:  open notebooks/{stem}.ipynb; put the seconds that the build printed into the header and the table\n"
        f"4. Prove: pytest tests/course, and nbval on the notebook; link it from its neighbours and the README"
    )
    return made


def fill(template: Path, path: Path, words: dict) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(template.read_text(encoding="utf-8")).substitute(words), encoding="utf-8", newline="\n")
    return path
