"""The release gate: the solutions score everything, the stubs nothing, each known wrong answer loses its own points.

A wrong answer is a file solutions/wrong/NN_topic/FUNCTION__what.py whose first line is `# hint: TEXT`. The submission
is the solution with that one function replaced; the last line of the message that it gets must hold TEXT. A class may
extend the solution's, `class Value(Value):`, and holds then what is wrong and no more.
solutions/right/NN_topic.py holds a second right answer to each exercise, made in another way; it must pass.
"""

import ast
import importlib
import inspect
import re
from pathlib import Path

import nbformat
import pytest
import torch

from coursekit.build import ROOT, build_exercises
from coursekit.build.exercises import Exercise, read_exercises
from coursekit.build.sources import code_cells, list_sources
from coursekit.checks.judging import Mistake, NotStarted
from coursekit.checks.local import Local

SOLUTIONS = ROOT / "solutions"
SOURCES = {path.stem: path for path in list_sources(SOLUTIONS)}
EXERCISES = [
    (stem, Exercise(**facts))
    for stem, path in SOURCES.items()
    for facts in read_exercises(path).notebook.metadata.coursekit["exercises"]
]
WRONG = sorted((SOLUTIONS / "wrong").glob("*/*.py"))
SEEDS = range(5)
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)

every_exercise = pytest.mark.parametrize(
    ("stem", "exercise"), EXERCISES, ids=[exercise.id for _, exercise in EXERCISES]
)
every_wrong_answer = pytest.mark.parametrize("path", WRONG, ids=[f"{p.parent.name[:2]}.{p.stem}" for p in WRONG])


def checks_of(stem: str) -> dict:
    """The checks of a lesson by the function that they check."""
    module = importlib.import_module(f"coursekit.checks.test_{stem}")
    return {name[5:]: check for name, check in vars(module).items() if name.startswith("test_")}


def define(code: str, path: Path, namespace: dict | None = None) -> dict:
    """What the imports and definitions of some code define, in `namespace` if given; nothing else of it is run."""
    kept = [node for node in ast.parse(code).body if isinstance(node, DEFINITIONS)]
    namespace = {} if namespace is None else namespace
    exec(compile(ast.Module(kept, type_ignores=[]), str(path), "exec"), namespace)
    return namespace


def solution(stem: str) -> dict:
    return define(SOURCES[stem].read_text(encoding="utf-8"), SOURCES[stem])


def grade(stem: str, functions: dict, seed: int) -> dict[str, Mistake | None]:
    """For each check of the lesson None if it passed, else the Mistake that it found."""
    results = {}
    for name, check in checks_of(stem).items():
        try:
            torch.manual_seed(seed)
            check(Local(functions, check.mutates))
            results[name] = None
        except Mistake as mistake:
            results[name] = mistake
    return results


@pytest.mark.parametrize("stem", SOURCES)
def test_the_reference_scores_everything_on_any_seed(stem):
    functions = solution(stem)
    assert all(set(grade(stem, functions, seed).values()) == {None} for seed in range(20))


@pytest.mark.parametrize("stem", SOURCES)
def test_the_librarys_functions_score_everything(stem):
    functions = {name: check.stand_in for name, check in checks_of(stem).items()}
    assert set(grade(stem, functions, seed=0).values()) == {None}


@pytest.mark.parametrize("stem", SOURCES)
def test_the_stubs_score_nothing_and_count_as_not_started(stem, tmp_path):
    [path] = build_exercises(SOLUTIONS, tmp_path, [stem])
    cells = code_cells(nbformat.read(path, as_version=4))
    functions = define("\n".join(cell.source for cell in cells), path)
    results = grade(stem, functions, seed=0)
    assert results and all(isinstance(mistake, NotStarted) for mistake in results.values())
    assert all(str(mistake) == f"{name} is not started yet" for name, mistake in results.items())


@every_wrong_answer
def test_a_wrong_answer_loses_exactly_its_own_points_and_gets_its_hint(path):
    stem, name = path.parent.name, path.stem.partition("__")[0]
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# hint: "), "the first line of a wrong answer names its hint"
    functions = solution(stem) | {name: define(text, path, solution(stem))[name]}
    for seed in SEEDS:
        results = grade(stem, functions, seed)
        assert {name for name, mistake in results.items() if mistake} == {name}
        assert first.removeprefix("# hint: ") in str(results[name]).splitlines()[-1]


@every_exercise
def test_three_wrong_answers_or_more_guard_each_function(stem, exercise):
    mine = [path for path in WRONG if path.parent.name == stem and path.stem.startswith(f"{exercise.function}__")]
    assert len(mine) >= 3


def test_every_wrong_answer_belongs_to_an_exercise():
    functions = {(stem, exercise.function) for stem, exercise in EXERCISES}
    assert [path for path in WRONG if (path.parent.name, path.stem.partition("__")[0]) not in functions] == []


@every_exercise
def test_heading_and_check_agree_on_the_points(stem, exercise):
    assert checks_of(stem)[exercise.function].points == exercise.points


@pytest.mark.parametrize("stem", SOURCES)
def test_every_check_has_its_exercise(stem):
    assert list(checks_of(stem)) == [exercise.function for s, exercise in EXERCISES if s == stem]


@every_exercise
def test_the_stub_takes_what_the_librarys_function_takes(stem, exercise):
    ours = inspect.signature(solution(stem)[exercise.function]).parameters
    theirs = inspect.signature(checks_of(stem)[exercise.function].stand_in).parameters
    assert list(ours) == list(theirs)[: len(ours)]


@pytest.mark.parametrize("stem", SOURCES)
def test_an_exercise_imports_nothing_that_is_hidden_from_a_submission(stem):
    hidden = getattr(importlib.import_module(f"coursekit.checks.test_{stem}"), "HIDDEN", [])
    text = SOURCES[stem].read_text(encoding="utf-8")
    assert [name for name in hidden if re.search(rf"(import|from) {re.escape(name)}\b", text)] == []


@every_exercise
def test_a_right_answer_of_another_make_passes(stem, exercise):
    path = SOLUTIONS / "right" / f"{stem}.py"
    functions = {exercise.function: define(path.read_text(encoding="utf-8"), path)[exercise.function]}
    check = checks_of(stem)[exercise.function]
    for seed in range(20):
        torch.manual_seed(seed)
        check(Local(functions))
