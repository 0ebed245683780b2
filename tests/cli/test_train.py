"""The command line, run as a reader runs it: in a process of its own, killed and resumed."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from typer.testing import CliRunner

from coursekit.checkpoints import read_meta
from coursekit.cli import app

TRAIN = ["train", "dcgan-fast", "--data", "digits", "--size", "28", "--checkpoint-every", "5"]


def invoke(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


def process(*args):
    command = [sys.executable, "-c", "from coursekit.cli import main; main()", *map(str, args)]
    return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of 20 steps on digits."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    assert process(*TRAIN, "--steps", 20, "--out", out).wait() == 0
    return out


def test_train_writes_a_sheet_a_history_and_both_checkpoints(run):
    with Image.open(run / "samples.png") as page:
        assert page.size == (484, 484)  # 8 x 8 images of 28 + 2 pixels, doubled
    rows = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    assert rows[0]["meta"]["recipe"] == "dcgan-fast" and rows[0]["meta"]["data"] == "digits"
    assert [row["step"] for row in rows[1:]] == list(range(1, 21)) and np.isfinite(
        [r["d_loss"] for r in rows[1:]]
    ).all()
    assert sorted(p.name for p in run.iterdir()) == [
        "checkpoint.safetensors", "history.jsonl", "resume.safetensors", "samples.png",
    ]  # fmt: skip


def test_a_killed_run_that_is_resumed_ends_with_the_same_weights(run, tmp_path):
    out = tmp_path / "killed"
    child = process(*TRAIN, "--steps", 20, "--out", out)
    while not (out / "resume.safetensors").exists():
        assert child.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (out / "samples.png").exists()
    before = read_meta(out / "resume.safetensors")["seconds"]
    assert process(*TRAIN, "--steps", 20, "--out", out, "--resume").wait() == 0
    assert read_meta(out / "resume.safetensors")["seconds"] > before > 0  # of all calls
    whole, resumed = load_file(run / "checkpoint.safetensors"), load_file(out / "checkpoint.safetensors")
    assert whole.keys() == resumed.keys() and all(torch.equal(whole[k], resumed[k]) for k in whole)


def test_an_existing_folder_needs_resume(run):
    result = invoke(*TRAIN, "--steps", 20, "--out", run)
    assert result.exit_code == 2 and "exists already: add --resume" in result.output


def test_resume_needs_a_run(tmp_path):
    result = invoke(*TRAIN, "--out", tmp_path / "none", "--resume")
    assert result.exit_code == 2 and "holds no checkpoint to resume" in result.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["train", "vanilla", "--data", "digits", "--size", "28"], "recipe dcgan-fast, now it would be vanilla"),
        ([*TRAIN, "--steps", "30"], "n steps 20, now it would be 30"),
        (["train", "dcgan-fast", "--data", "digits", "--size", "32"], "shape"),
    ],
)
def test_a_resume_with_another_recipe_schedule_or_shape_is_refused(run, change, said):
    result = invoke(*change, "--out", run, "--resume")
    assert result.exit_code == 2 and said in " ".join(result.output.replace("│", " ").split())


def test_an_unknown_recipe_lists_the_known_ones(tmp_path):
    result = invoke("train", "stylegan9", "--out", tmp_path / "x")
    assert result.exit_code == 2 and "vanilla, dcgan, dcgan-fast" in " ".join(result.output.split())


def test_sample_writes_a_sheet_and_arrays_that_agree(run, tmp_path):
    assert invoke("sample", run, "--n", 4, "--out", tmp_path / "s.png").exit_code == 0
    assert invoke("sample", run, "--n", 4, "--out", tmp_path / "s.npz").exit_code == 0
    arrays = np.load(tmp_path / "s.npz")["images"]
    assert arrays.shape == (4, 28, 28, 1) and arrays.dtype == np.uint8 and arrays.std() > 0
    with Image.open(tmp_path / "s.png") as picture:
        page = np.array(picture)[::2, ::2]
    assert np.array_equal(page[2:30, 2:30], arrays[0, :, :, 0])
    again = invoke("sample", run, "--n", 4, "--seed", 1, "--out", tmp_path / "t.npz")
    assert again.exit_code == 0 and not np.array_equal(np.load(tmp_path / "t.npz")["images"], arrays)


def test_sample_refuses_other_endings_and_folders_without_a_run(run, tmp_path):
    assert "end it in .png" in " ".join(invoke("sample", run, "--out", tmp_path / "s.gif").output.split())
    assert "is no run" in " ".join(invoke("sample", tmp_path, "--out", tmp_path / "s.png").output.split())


def test_evaluate_prints_fid_feat_beside_real_against_real(run):
    result = invoke("evaluate", run)
    assert result.exit_code == 0, result.output
    assert "FID-feat" in result.output and "real against real" in result.output
