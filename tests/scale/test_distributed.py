"""Several processes make the same run as one, learn, and leave a run that can go on when one of them dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from coursekit.checkpoints import read_meta
from coursekit.cli.runs import load_run
from coursekit.data.images import load_images
from coursekit.data.streams import Batches, Latent
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import fid_feat, reference
from coursekit.recipes import DCGAN_FAST
from coursekit.scale.distributed import Processes

HERE = Path(__file__).parent
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node"]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "COURSEKIT_DEVICE": "cpu", "COURSEKIT_ENV": "current"}
TRAIN = ["-m", "coursekit", "train", "dcgan-fast", "--data", "digits", "--size", "28"]

pytestmark = pytest.mark.skipif(
    not torch.distributed.is_available() or not torch.distributed.is_gloo_available(), reason="this torch has no gloo"
)


def run(*command: object) -> None:
    done = subprocess.run([*map(str, command)], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Warning" not in done.stderr, done.stderr[-3000:]


def test_the_parts_of_a_batch_are_the_batch():
    def stream():
        return Batches(lambda n, g: (torch.rand(n, 2, generator=g), torch.arange(n)), 12, seed=1)

    whole = next(stream())
    parts = [next(Processes(rank, 3).part_of_batches(stream())) for rank in range(3)]
    for tensor, pieces in zip(whole, zip(*parts, strict=True), strict=True):
        assert torch.equal(tensor, torch.cat(pieces))
    noise = [Processes(rank, 3).part_of_latent(Latent(5, seed=2))(4) for rank in range(3)]
    assert torch.equal(torch.cat(noise), Latent(5, seed=2)(12))


def test_a_batch_that_cannot_be_dealt_evenly_is_refused():
    with pytest.raises(ValueError, match="a batch of 12 cannot be dealt to 5 processes"):
        Processes(0, 5).part_of_batches(Batches(lambda n, g: (torch.rand(n),), 12))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Folders of what one process and two processes have trained."""
    one, two = (tmp_path_factory.mktemp(name) for name in ("one", "two"))
    run(sys.executable, HERE / "same_run.py", one)
    run(*TORCHRUN, 2, HERE / "same_run.py", two)
    return one, two


@pytest.mark.parametrize("name", ["r1", "shared-pass"])
def test_two_processes_end_with_the_weights_of_one(name, trained):
    assert [read_meta(folder / name)["processes"] for folder in trained] == [1, 2]
    one, two = (load_file(folder / name) for folder in trained)
    assert one.keys() == two.keys() and len(one) == 12
    assert max((one[key] - two[key]).abs().max().item() for key in one) < 1e-5


def test_a_dcgan_learns_on_two_processes(tmp_path):
    run(*TORCHRUN, 2, *TRAIN, "--steps", 100, "--out", tmp_path / "run")
    digits, net = load_images("digits", "test", size=28, device="cpu"), load_feature_net("digits", "cpu")
    real = reference(digits, net)
    trained = fid_feat(real, load_run(tmp_path / "run").sample(len(real)).cpu(), net)
    untrained = fid_feat(real, DCGAN_FAST.start(digits, 1).sample(len(real)), net)
    assert trained < 0.5 * untrained


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="finds the processes in /proc")
def test_a_process_that_dies_ends_the_run_and_one_process_goes_on_with_it(tmp_path):
    out = tmp_path / "run"
    arguments = [*TRAIN, "--steps", "60", "--checkpoint-every", "5", "--out", str(out)]
    started = subprocess.Popen([*TORCHRUN, "2", *arguments], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    while not (out / "resume.safetensors").exists():
        assert started.poll() is None, started.stderr.read()[-3000:]
        time.sleep(0.05)
    os.kill(worker(started.pid, rank=1), signal.SIGKILL)
    said = started.communicate(timeout=100)[1]
    assert started.returncode != 0 and "local_rank: 1" in said and "SIGKILL" in said
    assert not (out / "samples.png").exists()
    run(sys.executable, *arguments, "--resume")
    assert len(load_run(out).history) == 60 and (out / "samples.png").exists()


def worker(parent: int, rank: int) -> int:
    """The process that torchrun has started with this number."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next(int(pid) for pid in children if f"\0RANK={rank}\0" in Path(f"/proc/{pid}/environ").read_text())
