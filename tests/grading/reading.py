"""Reports read back by parsers that know nothing of the templates, and the small class that they are about."""

import csv
import json
from html.parser import HTMLParser

from coursekit.grading.results import Check, Result
from coursekit.grading.roster import Roster, Row

F, G = "03.first_one", "03.second"
LESSON = "03_topic"


def result(submission, *checks, lesson=LESSON, isolation="namespace", **more):
    """A result as results.jsonl holds it; a check is (id, points, of, status, message)."""
    return json.loads(Result(submission, lesson, isolation, tuple(Check(*check) for check in checks)).line()) | more


ANN = result("ann", (F, 2, 2, "passed"), (G, 0, 3, "failed", "g(x) with x = 1\nexpected 2, got 3.\nUse `torch.xlogy`."))
BOB = result("bob", (F, 0, 2, "not_started", "not started yet"), (G, 1.5, 3, "failed", "That is the value in bits."))
CY = result("cy", (F, 2, 2, "passed"), (G, 0, 3, "crashed", "the process died of SIGSEGV"))
CLASS = [ANN, BOB, CY]
ROSTER = Roster((
    Row("bob", "Bob Oz", "bob@x.edu", "12", "s12", "A", 1.0),
    Row("ann", "Lee, Ann", "ann@x.edu", "11", "s11"),
    Row("dee", "Dee Ng", "dee@x.edu", "13"),
))  # fmt: skip


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


class Page(HTMLParser):
    """Tags, attributes and text of a page, as a parser that is not the template's sees them."""

    def __init__(self, path):
        super().__init__()
        self.tags, self.attributes, self.data = [], [], []
        self.feed(path.read_text(encoding="utf-8"))
        self.text = " ".join("".join(self.data).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.data += [" "] if tag in ("p", "th", "td") else []

    def handle_data(self, data):
        if self.tags[-1:] != ["style"]:
            self.data.append(data)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
