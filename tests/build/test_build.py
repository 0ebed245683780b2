import json
from pathlib import Path

import nbformat
import pytest
import torch

from coursekit.build import BuildError, build_lectures, build_solutions, main, make_lesson, new_lesson
from coursekit.build.sources import code_cells, read_source
from coursekit.checks.judging import Mistake
from coursekit.checks.local import Local

HEADER = """\
# ---
# jupyter:
#   coursekit:
#     title: Toy
#     budget: 5
#     data: none
# ---
"""
TOY = f"""{HEADER}
# %% [markdown]
# # 03 · Toy

# %%
class Thing:
    pass
print("a", end=""); print("b")
Thing()

# %%
# NBVAL_CHECK_OUTPUT
print(6 * 7)
"""


def write(folder: Path, text=TOY, name="03_toy.py") -> Path:
    path = folder / "src" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, stem="03_toy"):
    return nbformat.read(folder / f"{stem}.ipynb", as_version=4)


def ids(notebook) -> dict:
    return {cell.source: cell.id for cell in notebook.cells}


@pytest.fixture(scope="module")
def executed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    write(folder)
    build_lectures(folder, execute=True)
    return folder


@pytest.fixture
def toy(executed, tmp_path) -> Path:
    """A folder of its own with the executed toy lecture in it."""
    write(tmp_path)
    (tmp_path / "03_toy.ipynb").write_bytes((executed / "03_toy.ipynb").read_bytes())
    return tmp_path


def test_a_source_becomes_its_cells_without_the_marks_of_the_converter(tmp_path):
    write(tmp_path)
    [path] = build_lectures(tmp_path)
    notebook = read(tmp_path)
    assert path == tmp_path / "03_toy.ipynb"
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert notebook.cells[0].source == "# 03 · Toy"
    assert notebook.cells[2].source == "# NBVAL_CHECK_OUTPUT\nprint(6 * 7)"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "coursekit"}
    assert notebook.metadata.language_info == {"name": "python"}


def test_an_executed_lecture_stores_what_a_reader_sees_and_nothing_that_changes(executed):
    first, second = code_cells(read(executed))
    assert [(cell.execution_count, cell.metadata) for cell in (first, second)] == [(1, {}), (2, {})]
    assert first.outputs[0].text == "ab\n"
    assert first.outputs[1].data == {"text/plain": "<__main__.Thing>"}
    assert second.outputs[0].text == "42\n"


def test_executing_twice_makes_no_diff(toy):
    before = (toy / "03_toy.ipynb").read_bytes()
    build_lectures(toy, ["03"], execute=True)
    assert (toy / "03_toy.ipynb").read_bytes() == before


def test_a_rebuild_makes_no_diff_and_keeps_outputs_also_into_another_folder(toy, tmp_path_factory):
    before = (toy / "03_toy.ipynb").read_bytes()
    other = tmp_path_factory.mktemp("other")
    build_lectures(toy)
    build_lectures(toy, into=other)
    assert (toy / "03_toy.ipynb").read_bytes() == before == (other / "03_toy.ipynb").read_bytes()


def test_an_edit_of_prose_keeps_every_output(toy):
    write(toy, TOY.replace("# # 03 · Toy", "# # 03 · Toy\n#\n# A promise."))
    outputs = [cell.outputs for cell in code_cells(read(toy))]
    build_lectures(toy)
    assert "promise" in read(toy).cells[0].source
    assert [cell.outputs for cell in code_cells(read(toy))] == outputs


def test_an_edit_of_one_code_cell_drops_all_outputs_and_says_so(toy, capsys):
    write(toy, TOY.replace("6 * 7", "6 * 8"))
    build_lectures(toy)
    assert [(cell.outputs, cell.execution_count) for cell in code_cells(read(toy))] == [([], None)] * 2
    assert "code" not in read(toy).metadata.coursekit
    assert "build --execute 03" in capsys.readouterr().out


@pytest.mark.parametrize("change", ["edited cell", "cells run out of order"])
def test_outputs_of_a_session_that_is_not_the_source_run_in_order_are_not_kept(toy, change):
    notebook = read(toy)
    cell = code_cells(notebook)[1]
    if change == "edited cell":
        cell.source = "print(41)"
    else:
        cell.execution_count = 9
    nbformat.write(notebook, toy / "03_toy.ipynb")
    build_lectures(toy)
    assert [cell.outputs for cell in code_cells(read(toy))] == [[], []]


def test_an_inserted_cell_moves_no_id_and_equal_texts_get_ids_of_their_own(tmp_path):
    before = ids(read_source(write(tmp_path), {"title": str, "budget": int, "data": str}).notebook)
    text = TOY.replace("# %%\n# NBVAL", "# %% [markdown]\n# New.\n\n# %%\n# NBVAL") + "\n# %% [markdown]\n# New.\n"
    notebook = read_source(write(tmp_path, text), {"title": str, "budget": int, "data": str}).notebook
    assert before.items() <= ids(notebook).items()
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells) == 5


def test_the_same_text_has_another_id_in_another_lesson(tmp_path):
    write(tmp_path)
    write(tmp_path, name="04_other.py")
    build_lectures(tmp_path)
    assert not set(ids(read(tmp_path)).values()) & set(ids(read(tmp_path, "04_other")).values())


def test_a_lecture_runs_in_its_folder_in_the_fast_profile(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_PROFILE", "full")
    monkeypatch.setenv("COURSEKIT_DATA", "/somewhere")
    show = 'import os; print(os.getcwd(), os.environ["COURSEKIT_PROFILE"], os.environ["COURSEKIT_DATA"])'
    write(tmp_path, f"{HEADER}\n# %%\n{show}\n")
    build_lectures(tmp_path, execute=True)
    assert code_cells(read(tmp_path))[0].outputs[0].text == f"{tmp_path} fast /somewhere\n"


def test_a_failing_cell_fails_the_build_with_its_line_and_text_and_writes_nothing(toy):
    before = (toy / "03_toy.ipynb").read_bytes()
    write(toy, TOY.replace("print(6 * 7)", "assert 6 * 7 == 41, 'not a law'"))
    with pytest.raises(BuildError) as failure:
        build_lectures(toy, execute=True)
    message = str(failure.value)
    assert "03_toy.py:18" in message
    assert "assert 6 * 7 == 41" in message
    assert "AssertionError: not a law" in message
    assert (toy / "03_toy.ipynb").read_bytes() == before
    assert not list(toy.glob("*.part"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOY.replace(HEADER, ""), "03_toy.py:1: no header"),
        (TOY.replace("#     title: Toy\n", ""), "03_toy.py:1: the header has ['budget', 'data']"),
        (TOY.replace("title: Toy", "title:"), "03_toy.py:1: title in the header is None"),
        (TOY.replace("title: Toy", "title: GANs: a toy"), "03_toy.py:1: the header is not YAML"),
        (TOY.replace("budget: 5", "budget: soon"), "03_toy.py:1: budget in the header is 'soon'"),
        (TOY.replace(HEADER, f"{HEADER}\nx = 1\n"), "03_toy.py:1: text between the header"),
        (TOY + "\n# %%\nx = 1\n", "03_toy.py:22: code cell number 3 in a row"),
        (TOY + "\n# %% [markdown]\n# Long.\n\n# %%\n" + "x = 1\n" * 26, "03_toy.py:25: a code cell of 26 lines"),
        (TOY + "\n# %% [markdown]\n\n# %% [markdown]\n# y\n", "03_toy.py:22: an empty cell"),
        (TOY + "\n# %% [raw]\n# y\n", "03_toy.py:22: a raw cell"),
    ],
)
def test_a_fault_in_a_source_is_named_with_file_and_line(tmp_path, text, message):
    write(tmp_path, text)
    with pytest.raises(BuildError) as failure:
        build_lectures(tmp_path)
    assert message in str(failure.value)


def test_a_code_cell_of_25_lines_is_not_too_long(tmp_path):
    write(tmp_path, TOY + "\n# %% [markdown]\n# Long.\n\n# %%\n" + "x = 1\n" * 25)
    build_lectures(tmp_path)
    built = nbformat.read(tmp_path / "03_toy.ipynb", as_version=4)
    assert built.cells[-1].source.count("x = 1") == 25


def test_a_name_that_is_no_lesson_two_sources_of_one_number_and_an_unknown_lesson_are_errors(tmp_path):
    write(tmp_path, name="3_toy.py")
    with pytest.raises(BuildError, match="NN_topic.py"):
        build_lectures(tmp_path)
    (tmp_path / "src" / "3_toy.py").unlink()
    write(tmp_path)
    with pytest.raises(BuildError, match="no lesson 04 .* it has 03_toy"):
        build_lectures(tmp_path, ["04"])
    write(tmp_path, name="03_other.py")
    with pytest.raises(BuildError, match="03_other.py and 03_toy.py"):
        build_lectures(tmp_path)


@pytest.mark.parametrize("name", ["03", "3", "03_toy", "notebooks/src/03_toy.py"])
def test_a_lesson_is_named_by_number_stem_or_path(tmp_path, name):
    write(tmp_path)
    write(tmp_path, name="04_other.py")
    assert [path.name for path in build_lectures(tmp_path, [name])] == ["03_toy.ipynb"]


def test_a_stored_file_that_is_no_notebook_is_an_error_that_names_it(tmp_path):
    write(tmp_path)
    (tmp_path / "03_toy.ipynb").write_text("<<<<<<< HEAD")
    with pytest.raises(BuildError, match="03_toy.ipynb is not a notebook"):
        build_lectures(tmp_path)


def test_solutions_are_built_whole_and_into_the_folder_asked_for(tmp_path):
    make_lesson(tmp_path, 20, "cycle_gan")
    [path] = build_solutions(tmp_path / "solutions", tmp_path / "out", ["20"])
    code = "\n".join(cell.source for cell in code_cells(nbformat.read(path, as_version=4)))
    assert "return torch.sigmoid(score)" in code
    assert path == tmp_path / "out" / "20_cycle_gan.ipynb"


def test_a_new_lesson_builds_and_runs_as_it_comes(tmp_path, capsys):
    made = make_lesson(tmp_path, 20, "cycle_gan")
    assert [str(path.relative_to(tmp_path)) for path in made] == [
        str(Path("notebooks/src/20_cycle_gan.py")),
        str(Path("solutions/20_cycle_gan.py")),
        str(Path("solutions/wrong/20_cycle_gan/answer__probability_of_fake.py")),
        str(Path("coursekit/checks/test_20_cycle_gan.py")),
    ]
    assert "build --execute 20" in capsys.readouterr().out
    build_lectures(tmp_path / "notebooks", execute=True)
    notebook = read(tmp_path / "notebooks", "20_cycle_gan")
    assert notebook.cells[0].source.startswith("# 20 · Cycle gan")
    assert "device cpu" in json.dumps(code_cells(notebook)[0].outputs)
    assert code_cells(notebook)[2].outputs[0].text == "1.3863\n"


def test_a_new_lesson_overwrites_nothing_and_wants_a_number_and_a_topic(tmp_path):
    make_lesson(tmp_path, 20, "cycle_gan")
    with pytest.raises(BuildError, match="lesson 20 exists"):
        make_lesson(tmp_path, 20, "other")
    for number, topic in ((21, "Cycle-GAN"), (100, "cycle_gan"), (21, "")):
        with pytest.raises(BuildError, match="no name for a lesson"):
            make_lesson(tmp_path, number, topic)
    assert len(list(tmp_path.rglob("*.py"))) == 4


def test_the_check_of_a_new_lesson_passes_its_solution_and_names_the_mistake_of_its_wrong_answer(tmp_path):
    make_lesson(tmp_path, 20, "cycle_gan")
    check = define(tmp_path / "coursekit" / "checks" / "test_20_cycle_gan.py")["test_answer"]
    wrong = tmp_path / "solutions" / "wrong" / "20_cycle_gan" / "answer__probability_of_fake.py"
    check(Local({"answer": torch.sigmoid}))
    with pytest.raises(Mistake, match=wrong.read_text().splitlines()[0].removeprefix("# hint: ")):
        check(Local(define(wrong)))


def define(path: Path) -> dict:
    """What a file defines."""
    namespace = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)
    return namespace


def test_the_commands_end_with_a_message_and_no_traceback(monkeypatch):
    with pytest.raises(SystemExit, match="build: no lesson 98"):
        main(stems=["98"])
    with pytest.raises(SystemExit, match="new-lesson: '21_A B' is no name"):
        new_lesson("21", "A B")
