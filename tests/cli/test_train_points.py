"""`coursekit train ring8|grid25 --remedy NAME`: a row of the table from the command line."""

import pytest
from PIL import Image
from typer.testing import CliRunner

from coursekit.cli import app


def invoke(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


def said(result):
    return " ".join(result.output.replace("│", " ").split())


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "replay"
    result = invoke("train", "ring8", "--remedy", "replay", "--steps", 8, "--out", out)
    assert result.exit_code == 0, result.output
    return out, said(result)


def test_a_run_prints_its_row_and_writes_a_picture(run):
    out, text = run
    assert "Shrivastava et al. 2017" in text and "modes held of 8" in text and "at its best count" in text
    with Image.open(out / "samples.png") as picture:
        assert picture.width > 300
    assert {p.name for p in out.iterdir()} >= {"history.jsonl", "resume.safetensors", "checkpoint.safetensors"}


def test_evaluate_prints_the_same_row_and_sample_says_what_to_look_at(run):
    out, text = run
    row = said(invoke("evaluate", out))
    assert row and row in text
    assert "makes points, not images" in said(invoke("sample", out, "--out", out / "x.png"))


def test_a_finished_run_can_be_resumed_with_its_own_remedy_only(run):
    out, _ = run
    assert invoke("train", "ring8", "--remedy", "replay", "--resume", "--out", out).exit_code == 0
    other = invoke("train", "ring8", "--resume", "--out", out)
    assert other.exit_code == 2 and "recipe ring8 replay" in said(other)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["ring8", "--remedy", "pac3"], "no remedy 'pac3': choose from fast-d"),
        (["dcgan", "--remedy", "pac4"], "--remedy changes ring8 or grid25, not dcgan"),
        (["grid25", "--data", "mnist"], "makes its own points"),
        (["ring9"], "no recipe 'ring9'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(args, message, tmp_path):
    result = invoke("train", *args, "--out", tmp_path / "x")
    assert result.exit_code == 2 and message in said(result)
