"""`coursekit release`: what students get for one exercise, as one zip."""

import json
import zipfile
from pathlib import Path

README = """\
# {title}

{table}

1. Get the course, once: clone its repository and run `make lab` there (`python -m coursekit lab` on Windows). It
   installs what the notebooks need into a folder of its own.
2. Put `{name}` into the folder `work/` of the clone (`python -m coursekit start {number}` makes the same copy) and open
   it in JupyterLab.
3. Replace each `raise NotImplementedError`, run the cell, then the cell with `check` below it: it says whether your
   function passed, or what it expected, what came, and which mistake that looks like.
4. Before you hand in: `python -m coursekit check work/{name}` runs all checks on the file as it is stored.
5. Hand in this one file, `{name}`, under its name. Only your functions are graded; outputs and plots are not.
"""


def bundle(notebook: Path, out: Path) -> Path:
    """Writes OUT/NN_topic.zip with the exercise notebook and a README.md; equal sources give equal bytes."""
    content = notebook.read_text(encoding="utf-8")
    exercises = json.loads(content)["metadata"]["coursekit"]["exercises"]
    rows = [(one["id"], f"{one['difficulty']} of 5", one["minutes"], one["points"]) for one in exercises]
    rows.append(("all", "", sum(row[2] for row in rows), sum(row[3] for row in rows)))
    lines = [("function", "difficulty", "minutes", "points"), ("---",) * 4, *rows]
    table = "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
    number, _, topic = notebook.stem.partition("_")
    title = f"{number} · {topic.replace('_', ' ').capitalize()}: exercises"
    readme = README.format(title=title, table=table, name=notebook.name, number=number)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{notebook.stem}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in ((notebook.name, content), ("README.md", readme)):
            entry = zipfile.ZipInfo(f"{notebook.stem}/{name}", date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            zipped.writestr(entry, text)
    return path
