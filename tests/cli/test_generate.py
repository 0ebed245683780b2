"""`coursekit generate`, from a caption to a file: with a small untrained painter, and with the one that is shipped."""

import re
from functools import partial

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from coursekit.cli import app
from coursekit.data.captions import plainly, scenes
from coursekit.data.shapes import ATTRIBUTES, held_out_combos
from coursekit.plots.captions import told
from coursekit.plots.sheets import sheet
from coursekit.text_to_image import TextRecipe, load_painter, train_painter, write_shipped


def invoke(*arguments):
    return CliRunner().invoke(app, ["generate", *map(str, arguments)])


def said(answer):
    """What was printed, without line breaks."""
    return " ".join(answer.output.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a small painter, written as the shipped one is."""
    recipe = TextRecipe(width=4, d_width=4, batch_size=8, match_steps=3)
    painter, _ = train_painter(scenes(60), recipe, 2, progress=False)
    path = tmp_path_factory.mktemp("shipped")
    write_shipped(painter, 1.0, path)
    return path


@pytest.fixture
def small(folder, monkeypatch, tmp_path):
    """That painter in the place of the course's, and an empty folder to work in."""
    monkeypatch.setattr("coursekit.text_to_image.load_painter", partial(load_painter, folder=folder))
    monkeypatch.chdir(tmp_path)
    return load_painter(folder=folder)


def test_the_sheet_holds_the_painters_pictures_and_the_judges_words_are_printed(small, tmp_path):
    answer = invoke("A tiny green cross, bottom right.", "--out", "sheet.png", "--n", 5, "--seed", 3)
    assert answer.exit_code == 0, answer.output
    images = small.paint("a tiny green cross bottom right", 5, seed=3)
    with Image.open("sheet.png") as written:
        assert (np.asarray(written) == np.asarray(sheet(images, scale=6))).all()
    assert "5 pictures: sheet.png" in said(answer) and told("tiny green cross bottom right", images) in said(answer)


def test_without_more_words_sixteen_pictures_are_written_beside_you(small, tmp_path):
    assert invoke("a red circle").exit_code == 0
    with Image.open(tmp_path / "generated.png") as written:
        assert written.size == tuple(6 * (n * 18 + 2) for n in (8, 2))


def test_another_seed_paints_another_sheet_and_the_same_seed_the_same(small, tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        assert invoke("tiny blue cross", "--out", f"{name}.png", "--n", 2, "--seed", seed).exit_code == 0
    a, b, c = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert a == b and a != c


@pytest.mark.parametrize(
    ("caption", "why"),
    [
        ("a purple dragon", "unknown words: purple, dragon. The vocabulary has: red, green"),
        ("a " * 13 + "circle", "has 14 words, there is room for 12"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_written(small, tmp_path, caption, why):
    answer = invoke(caption, "--out", "x.png")
    assert isinstance(answer.exception, ValueError) and why in str(answer.exception)
    assert list(tmp_path.iterdir()) == []


def test_another_ending_than_png_and_no_pictures_are_refused(small, tmp_path):
    assert "end it in .png" in said(invoke("a red circle", "--out", "x.jpg"))
    assert invoke("a red circle", "--n", 0).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_help_says_what_can_be_asked_for():
    page = said(invoke("--help"))
    assert all(word in page for word in ("a small red circle top left", "colour, shape, size and place", "--seed"))


def test_the_shipped_painter_draws_red_in_the_top_left(tmp_path):
    answer = invoke("a large red circle top left", "--out", tmp_path / "sheet.png", "--n", 8)
    assert answer.exit_code == 0, answer.output
    assert "red 8 of 8" in said(answer) and "8 pictures" in answer.output
    page = np.asarray(Image.open(tmp_path / "sheet.png").convert("RGB")).astype(int)
    tile = 18 * 6  # 16 pixels and a gap of 2, enlarged six times
    first = page[12:tile, 12:tile]
    red = first[..., 0] - first[..., 2]
    rows, columns = np.nonzero(red > 90)
    assert len(rows) > 200 and rows.mean() < 50 and columns.mean() < 50


def test_the_shipped_painter_draws_a_combination_that_it_never_saw(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = plainly(held_out_combos()[0].tolist()).split()
    answer = invoke(" ".join(words), "--n", 16)
    assert answer.exit_code == 0, answer.output
    right = dict(re.findall(r"(\w+) (\d+) of 16", said(answer)))
    assert set(right) == set(words)
    assert all(int(right[word]) >= 12 for word in words if word not in ATTRIBUTES["shape"])
