"""`coursekit upscale`, from file to file."""

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from coursekit.cli import app
from coursekit.super_resolution.pictures import bicubic


def invoke(*arguments):
    return CliRunner().invoke(app, ["upscale", *map(str, arguments)])


@pytest.fixture
def photo(tmp_path, monkeypatch):
    """A picture file of 24 x 20 pixels, in the folder where the command runs."""
    monkeypatch.chdir(tmp_path)
    rows, columns = np.mgrid[:20, :24]
    Image.fromarray(np.stack([10 * columns, 12 * rows, 5 * (rows + columns)], 2).astype(np.uint8)).save("photo.png")
    return tmp_path / "photo.png"


def test_a_photograph_becomes_four_times_as_large_by_the_shipped_net(photo):
    answer = invoke(photo, "--out", "big.png")
    assert answer.exit_code == 0, answer.output
    assert "photo.png, 24 x 20, is now 96 x 80: big.png" in " ".join(answer.output.split())
    with Image.open("big.png") as written, Image.open(photo) as low:
        assert written.size == (96, 80) and written.mode == "RGB"
        enlarged = low.resize((96, 80), Image.BICUBIC)
        apart = np.abs(np.asarray(written).astype(int) - np.asarray(enlarged).astype(int))
    assert 0 < apart.mean() < 8  # the net's picture, and the same scene in the same colours


def test_bicubic_only_interpolates_and_the_default_name_is_beside_you(photo):
    assert invoke(photo, "--bicubic").exit_code == 0
    with Image.open("photo_x4.png") as written, Image.open(photo) as low:
        expected = bicubic(torch.tensor(np.asarray(low)).permute(2, 0, 1))
        assert (np.asarray(written) == expected.permute(1, 2, 0).numpy()).all()


def test_nothing_is_overwritten_and_nothing_is_written_on_an_error(photo):
    (photo.parent / "big.png").write_text("mine")
    answer = invoke(photo, "--out", "big.png")
    assert isinstance(answer.exception, FileExistsError) and "stays as it is" in str(answer.exception)
    assert (photo.parent / "big.png").read_text() == "mine"
    (photo.parent / "notes.txt").write_text("no picture")
    answer = invoke("notes.txt", "--out", "notes.png")
    assert isinstance(answer.exception, ValueError) and "is no picture that can be read" in str(answer.exception)
    assert not (photo.parent / "notes.png").exists()


def test_a_grey_transparent_picture_stays_both(photo):
    with Image.open(photo) as low:
        low.convert("LA").save("grey.png")
    assert invoke("grey.png", "--out", "big.png").exit_code == 0
    with Image.open("big.png") as written:
        assert written.mode == "LA" and written.size == (96, 80)
