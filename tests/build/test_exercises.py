import re
from pathlib import Path

import nbformat
import pytest

from coursekit.build import ROOT, BuildError, build_exercises, build_solutions, main
from coursekit.build.exercises import cut
from coursekit.build.sources import code_cells, list_sources

HEADER = """\
# ---
# jupyter:
#   coursekit:
#     title: Toy
# ---

# %% [markdown]
# # 03 · Toy: exercises
"""
HALF = '''
# %% [markdown]
# ## 03.half · difficulty 1 of 5 · 5 minutes · 2 points
#
# Halve it.

# %%
def half(x: float) -> float:
    """Half of x."""
    ### BEGIN SOLUTION
    secret = x / 2
    return secret
    ### END SOLUTION

# %% [markdown]
# <details><summary>Hint</summary>
#
# Divide.
#
# </details>

# %%
mine = check("03.half", half)

# %% [markdown]
# **See it.**

# %%
mine(3.0)
'''
TOY = HEADER + HALF


def build(folder: Path, text: str = TOY, name: str = "03_toy.py"):
    """The exercise notebook built from `text`."""
    (folder / "solutions").mkdir(exist_ok=True)
    (folder / "solutions" / name).write_text(text, encoding="utf-8")
    [path] = build_exercises(folder / "solutions", folder / "exercises", [name])
    return nbformat.read(path, as_version=4)


def test_a_stub_keeps_signature_and_docstring_and_raises_instead_of_the_solution(tmp_path):
    stub = code_cells(build(tmp_path))[0].source
    assert stub == 'def half(x: float) -> float:\n    """Half of x."""\n    raise NotImplementedError'


def test_nothing_of_a_solution_reaches_the_student_and_no_output_is_stored(tmp_path):
    notebook = build(tmp_path)
    assert "secret" not in nbformat.writes(notebook) and "SOLUTION" not in nbformat.writes(notebook)
    assert [(cell.outputs, cell.execution_count) for cell in code_cells(notebook)] == [([], None)] * 3


def test_the_notebook_holds_the_facts_of_its_exercises(tmp_path):
    facts = build(tmp_path).metadata.coursekit["exercises"]
    assert facts == [{"id": "03.half", "difficulty": 1, "minutes": 5, "points": 2}]


def test_several_regions_in_one_cell_become_a_stub_each(tmp_path):
    region = "        ### BEGIN SOLUTION\n        return 1\n        ### END SOLUTION\n"
    methods = f'    """Two."""\n    def one(self):\n{region}    def two(self):\n{region}    three = 3'
    cell = cut(f"class half:\n{methods}")
    assert cell.count("        raise NotImplementedError") == 2 and "return" not in cell and "three = 3" in cell


def test_a_region_is_cut_at_any_depth_and_what_follows_it_stays():
    text = (
        "def f(x):\n    for i in x:\n        ### BEGIN SOLUTION\n        y = i\n        ### END SOLUTION\n    return x"
    )
    assert cut(text) == "def f(x):\n    for i in x:\n        raise NotImplementedError\n    return x"


def test_a_solved_notebook_is_whole(tmp_path):
    build(tmp_path)
    [path] = build_solutions(tmp_path / "solutions", tmp_path / "solved")
    assert "secret = x / 2" in code_cells(nbformat.read(path, as_version=4))[0].source


def test_a_rebuild_makes_no_diff_and_another_solution_changes_no_id(tmp_path):
    before = build(tmp_path)
    assert build(tmp_path) == before
    assert build(tmp_path, TOY.replace("secret", "hidden")) == before


def test_an_inserted_cell_moves_no_id(tmp_path):
    before = {cell.source: cell.id for cell in build(tmp_path).cells}
    after = {cell.source: cell.id for cell in build(tmp_path, TOY + "\n# %% [markdown]\n# The end.\n").cells}
    assert before.items() <= after.items() and len(set(after.values())) == len(after)


BEGIN, END = "    ### BEGIN SOLUTION\n", "    ### END SOLUTION\n"
FAULTS = [
    (TOY.replace(END, ""), "### BEGIN", "a region that its cell does not close"),
    (TOY.replace(END, "") + BEGIN, "### BEGIN", "a region that its cell does not close"),
    (
        TOY + f"\n# %%\ndef last():\n{BEGIN}    return 1\n",
        "### BEGIN SOLUTION\n    return 1",
        "that its cell does not close",
    ),
    (TOY.replace(BEGIN, BEGIN + BEGIN), "### BEGIN SOLUTION\n    secret", "a region inside the one of line 18"),
    (TOY.replace(BEGIN, ""), "### END", "without its `### BEGIN SOLUTION`"),
    (TOY.replace("### BEGIN SOLUTION", "# BEGIN SOLUTION"), "# BEGIN", "is no mark"),
    (TOY.replace("### END SOLUTION", "### END SOLUTION of half"), "### END", "is no mark"),
    (TOY.replace("### END SOLUTION", "### end solution"), "### end", "is no mark"),
    (
        TOY.replace(BEGIN, f"    pass\n{BEGIN.lstrip()}").replace(END, END.lstrip()),
        "# %%\ndef",
        "a region outside of a function",
    ),
    (TOY.replace("return secret", "return (secret"), "# %%\ndef", "the cell is not Python"),
    (TOY.replace(END, f"def half(x, y):\n        return x\n{END}"), "# %%\ndef", "the signature of half drifted"),
    (TOY.replace(END, f"def other():\n        return 1\n{END}"), "# %%\ndef", "the signature of other drifted"),
    (
        TOY.replace("mine(3.0)", f"{BEGIN}mine(3.0)\n{END}".replace("    #", "#")),
        "# %%\n### B",
        "outside of a function",
    ),
    (
        TOY + HALF,
        "# %% [markdown]\n# ## 03.half · difficulty 1 of 5 · 5 minutes · 2 points",
        "a second exercise 03.half",
    ),
    (TOY.replace("5 minutes", "some minutes"), "# ## 03.half", "is no heading of an exercise"),
    (TOY.replace("difficulty 1", "difficulty 6"), "# ## 03.half", "is no heading of an exercise"),
    (TOY.replace("# ## 03.half", "# ## 04.half"), "# ## 04.half", "in lesson 03"),
    (TOY.replace('    """Half of x."""\n', ""), "# %% [markdown]\n# ## 03", "has no docstring"),
    (TOY.replace("details>", "p>"), "# %% [markdown]\n# ## 03", "no folded hint"),
    (TOY.replace("</details>", ""), "# %% [markdown]\n# ## 03", "no folded hint"),
    (
        TOY.replace('"03.half", half)', '"03.other", half)'),
        "# %% [markdown]\n# ## 03",
        'one call check("03.half", half)',
    ),
    (
        TOY.replace('"03.half", half)', '"03.half", other)'),
        "# %% [markdown]\n# ## 03",
        'one call check("03.half", half)',
    ),
    (
        TOY.replace("# %%\nmine(3.0)\n", ""),
        "# %% [markdown]\n# ## 03",
        "after the check a cell that shows half at work",
    ),
    (TOY.replace("def half", "def third"), "# %% [markdown]\n# ## 03", "0 cells that define half"),
    (HEADER, "# ---", "no exercise: start one with"),
]


@pytest.mark.parametrize(("text", "place", "message"), FAULTS, ids=[message for _, _, message in FAULTS])
def test_a_fault_is_named_with_file_and_line_and_writes_nothing(tmp_path, text, place, message):
    with pytest.raises(BuildError) as fault:
        build(tmp_path, text)
    last = "a second" in message
    line = text[: text.rindex(place) if last else text.index(place)].count("\n") + 1
    assert message in str(fault.value)
    assert f"03_toy.py:{line}:" in str(fault.value)
    assert not (tmp_path / "exercises").exists()


def test_a_solution_with_a_fault_is_not_built_solved_either(tmp_path):
    with pytest.raises(BuildError):
        build(tmp_path, TOY.replace(END, ""))
    with pytest.raises(BuildError, match="does not close"):
        build_solutions(tmp_path / "solutions", tmp_path / "solved")


@pytest.mark.parametrize("path", list_sources(ROOT / "solutions"), ids=lambda path: path.stem)
def test_an_exercise_is_what_its_source_builds(path, tmp_path):
    [built] = build_exercises(ROOT / "solutions", tmp_path, [path.stem])
    same = built.read_bytes() == (ROOT / "exercises" / built.name).read_bytes()
    assert same, f"run: python -m coursekit build {path.stem[:2]} (edit only solutions/)"


def test_every_exercise_has_its_source():
    assert {p.stem for p in (ROOT / "exercises").glob("*.ipynb")} == {p.stem for p in list_sources(ROOT / "solutions")}


def test_the_command_builds_lecture_and_exercises_of_a_lesson_into_folders_of_their_own(tmp_path):
    assert main(stems=["03"], into=tmp_path) == [
        tmp_path / "notebooks" / "03_minimax_theory.ipynb",
        tmp_path / "exercises" / "03_minimax_theory.ipynb",
    ]


def test_the_command_builds_solved_exercises_only_on_request(tmp_path):
    [path] = main(stems=["03"], solutions=tmp_path)
    assert path == tmp_path / "03_minimax_theory.ipynb"
    assert re.search(r"return torch\.where\(seen", code_cells(nbformat.read(path, as_version=4))[1].source)
