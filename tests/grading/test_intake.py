"""What is handed in is read as text, whatever it is made of; what is no plain file of a sensible size is refused."""

import json
import os
import stat
import zipfile

import pytest

from coursekit.grading import intake
from coursekit.grading.intake import Refused, read_submission, unpack, without_magics

CODE = "def f():\n    return 'ü'\n"


@pytest.mark.parametrize(
    "raw",
    [
        CODE.encode(),
        b"\xef\xbb\xbf" + CODE.encode(),
        CODE.replace("\n", "\r\n").encode(),
        CODE.replace("\n", "\r").encode(),
        b"# coding: latin-1\n" + CODE.encode("latin-1"),
    ],
)
def test_encodings_and_line_ends_that_python_reads_are_read(tmp_path, raw):
    (tmp_path / "a.py").write_bytes(raw)
    submission = read_submission(tmp_path / "a.py")
    assert not submission.refused and submission.cells[0][0].endswith(CODE)


def test_links_pipes_devices_folders_and_large_files_are_refused(tmp_path):
    (tmp_path / "real.py").write_text(CODE)
    os.symlink(tmp_path / "real.py", tmp_path / "symlink.py")
    (tmp_path / "first.py").write_text(CODE)
    os.link(tmp_path / "first.py", tmp_path / "hard.py")
    os.mkfifo(tmp_path / "pipe.py")
    os.symlink("/dev/zero", tmp_path / "zero.py")
    (tmp_path / "folder.py").mkdir()
    with open(tmp_path / "sparse.py", "wb") as file:
        file.truncate(1 << 40)
    for name in ("symlink", "hard", "pipe", "zero", "folder", "sparse", "missing"):
        assert read_submission(tmp_path / f"{name}.py").refused, name
    assert not read_submission(tmp_path / "real.py").refused


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if a:\n    !ls\n    %time f()", "if a:\n    pass\n    pass"),
        ("f?\n?f\nf.g??", "pass\npass\npass"),
        ("files = !ls *.py", "files = None"),
        ("a, b = %timeit f()", "a, b = None"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%bash\nrm x", ""),
        ("x = 1  # why?", "pass"),
        ("# why?", "# why?"),
    ],
)
def test_what_only_jupyter_understands_becomes_pass(cell, plain):
    """Used only for a cell that is no Python as it stands, so that the comment of a good line costs nothing."""
    assert without_magics(cell) == plain


def test_magics_of_a_million_characters_are_read_in_linear_time(tmp_path):
    for line in ("?" * 500_000, "a," * 250_000, "a " * 250_000 + "?", "=" * 500_000):
        assert without_magics(line) in ("pass", line)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[1]",
        b"{}",
        b"[" * 100_000,
        b'{"cells": 3}',
        b'{"cells": [{"cell_type": "code", "source": {"a": 1}}]}',
        b"\xff",
    ],
)
def test_what_is_no_notebook_is_refused_and_said_so(tmp_path, raw):
    (tmp_path / "a.ipynb").write_bytes(raw)
    submission = read_submission(tmp_path / "a.ipynb")
    assert submission.refused or submission.cells == [["a", "a"]]


def zip_of(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in entries:
            zipped.writestr(name, content)
    return path


def test_no_name_in_a_zip_leaves_the_folder_and_no_link_is_made(tmp_path):
    link = zipfile.ZipInfo("link.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    names = ["../up.py", "/abs.py", "a/../../up.py", "..\\up.py", "a//b.py", "./c.py", "tool.exe"]
    archive = zip_of(tmp_path / "a.zip", [*((name, "x") for name in names), (link, "/etc/passwd"), ("ann/a.py", CODE)])
    (tmp_path / "out").mkdir()
    assert unpack(archive, tmp_path / "out") == 1
    assert [path.name for path in tmp_path.rglob("*.py")] == ["a.py"]
    assert (tmp_path / "out" / "ann" / "a.py").read_text() == CODE


def test_bombs_and_broken_zips_are_refused(tmp_path, monkeypatch):
    bomb = zip_of(tmp_path / "bomb.zip", [("a.py", b"\0" * (intake.MAX_NOTEBOOK + 1))])
    assert bomb.stat().st_size < 20_000
    many = zip_of(tmp_path / "many.zip", [(f"{n}.py", "") for n in range(12)])
    monkeypatch.setattr(intake, "MAX_ZIP_FILES", 10)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(bomb.read_bytes()[:-30])
    for archive in (bomb, many, cut):
        with pytest.raises(Refused):
            unpack(archive, tmp_path / "out")


def test_a_notebooks_cells_are_its_code(tmp_path):
    cells = [{"cell_type": "markdown", "source": "no"}, {"cell_type": "code", "source": ["a = 1\n", "b = 2"]}]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    submission = read_submission(tmp_path / "a.ipynb", "ann")
    assert (submission.name, submission.is_notebook) == ("ann", True)
    assert submission.cells == [["a = 1\nb = 2", "a = 1\nb = 2"]]
