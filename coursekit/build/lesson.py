"""The files of a new lesson, from templates that already run."""

from pathlib import Path
from string import Template

from coursekit.build.sources import STEM, BuildError

PLACEHOLDER = "REPLACE:"  # what the author of a lesson still has to write; no lecture may be published with one
TEMPLATES = Path(__file__).parent / "templates"
FILES = {  # what is made: template; {} is NN_topic
    "notebooks/src/{}.py": "lecture.py.txt",
    "solutions/{}.py": "solutions.py.txt",
    "solutions/wrong/{}/answer__probability_of_fake.py": "wrong.py.txt",
    "coursekit/checks/test_{}.py": "checks.py.txt",
}


def make_lesson(root: Path, number: int, topic: str) -> list[Path]:
    """Write the sources of lesson `number` under `root`, lecture, exercise and check, and return their paths.

    Refuses a number that has a lesson, and a topic that is not lower-case letters, digits and underscores.
    """
    stem = f"{number:02d}_{topic}"
    if not STEM.fullmatch(stem):
        raise BuildError(f"{stem!r} is no name for a lesson: give a number up to 99 and a topic such as cycle_gan")
    taken = [path for name in FILES for path in root.glob(name.format(f"{number:02d}_*"))]
    if taken:
        raise BuildError(f"lesson {number:02d} exists ({taken[0]}): choose another number, nothing was written")
    words = {"number": f"{number:02d}", "topic": topic, "title": topic.replace("_", " ").capitalize()}
    made = [fill(TEMPLATES / template, root / name.format(stem), words) for name, template in FILES.items()]
    for path in made:
        print(f"made {path.relative_to(root)}")
    print(
        f"1. Write: replace every sentence marked {PLACEHOLDER}\n"
        f"2. Run:   python -m coursekit build --execute {number:02d}\n"
        f"3. Look:  open notebooks/{stem}.ipynb; put the seconds that the build printed into the header and the table\n"
        f"4. Prove: pytest tests/course tests/exercises; two more wrong answers; links from neighbours and the README"
    )
    return made


def fill(template: Path, path: Path, words: dict) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(template.read_text(encoding="utf-8")).substitute(words), encoding="utf-8", newline="\n")
    return path
