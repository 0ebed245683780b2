"""The GPU benchmark on a small net, wherever the tests run: its arms do the same work and its row is complete."""

import importlib.util
from pathlib import Path

import pytest
import torch
from torch import nn

from coursekit.scale.roofline import Ceilings, Costs

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "gpu.py"


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    spec = importlib.util.spec_from_file_location("benchmarks_gpu", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Upwards(nn.Module):
    """z, low -> an image: the smallest conditional generator."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 16)

    def forward(self, z, low):
        return low + self.layer(z).view(-1, 1, 4, 4)


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Conv2d(2, 1, 4)

    def forward(self, x, low):
        return self.layer(torch.cat([x, low], 1)).flatten(1)


def test_a_row_has_every_arm_a_floor_above_them_and_the_share_of_the_ceiling(benchmark, monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "N_IMAGES", 64)
    case = benchmark.Case("small", lambda: (Upwards(), Judge()), 2, 8, (1, 4, 4), ((1, 4, 4),))
    row = benchmark.measured(case, torch.device("cpu"), Ceilings(1e15, 1e15), rounds=2, n_steps=2)
    speeds = {arm: row[f"{arm}, images/s"] for arm in benchmark.ARMS}
    assert min(speeds.values()) > 0
    assert row["floor, images/s"] > max(speeds.values())  # no card reaches these ceilings
    assert row["share of the ceiling"] == pytest.approx(
        row["operations a step"] * max(speeds.values()) / 8e15, abs=1e-3
    )
    benchmark.show([row], "title")
    assert "small" in capsys.readouterr().out


def test_every_nets_pair_plays_its_case(benchmark):
    for case in benchmark.CASES:
        G, D = case.make()
        cond = [torch.zeros(2, *shape) for shape in case.cond]
        fake = G(torch.randn(2, case.latent), *cond)
        assert fake.shape == (2, *case.shape) and torch.isfinite(D(fake, *cond)).all(), case.name


def small(make=lambda: (Upwards(), Judge())):
    """What a case is given, for nets of a few numbers."""
    return "small", make, 2, 8, (1, 4, 4), ((1, 4, 4),)


def test_the_floor_counts_one_step_and_neither_the_making_of_nets_and_data_nor_of_adams_state(benchmark, monkeypatch):
    """A step's bytes do not depend on how many images lie on the device, and are fewer than those of a first step."""
    found = []
    for n_images in (64, 64_000):
        monkeypatch.setattr(benchmark, "N_IMAGES", n_images)
        row = benchmark.measured(benchmark.Case(*small()), torch.device("cpu"), Ceilings(1e15, 1.0), 1, 1)
        found.append(row["bytes a step"])
        assert row["floor, images/s"] == round(8 / row["bytes a step"])  # memory of 1 byte a second
    assert found[0] == found[1]
    with Costs() as costs:
        benchmark.our_loop(benchmark.Case(*small()), torch.device("cpu"), "eager bf16")(1)
    assert costs.bytes > found[0]


def test_an_arm_that_does_not_run_is_named_and_the_others_are_measured(benchmark, monkeypatch, capsys):
    monkeypatch.setattr(benchmark, "N_IMAGES", 64)
    make = benchmark.our_loop

    def failing(case, device, arm):
        if arm != "captured bf16 channels-last":
            return make(case, device, arm)

        def run(n_steps):
            raise RuntimeError("no such kernel\nand more")

        return run

    monkeypatch.setattr(benchmark, "our_loop", failing)
    row = benchmark.measured(benchmark.Case(*small()), torch.device("cpu"), Ceilings(1e12, 1e12), 1, 1)
    assert row["failed"] == {"captured bf16 channels-last": "no such kernel"}
    assert row["captured bf16 channels-last, images/s"] is None and row["captured bf16, images/s"] > 0
    benchmark.show([row], "title")
    out = capsys.readouterr().out
    assert "small, captured bf16 channels-last: no such kernel" in out and "failed" in out


ROW = {"case": "small", "batch": 8, "share of the ceiling": 0.25, "floor, images/s": 9000}
SPEEDS = {"usual": 100, "eager": 150, "eager bf16": 200, "captured": 500, "captured bf16": 800, "in fit": 760}


def test_ratios_compare_the_best_arms_and_the_picture_is_drawn(benchmark, tmp_path):
    import gpu_report
    from PIL import Image

    row = ROW | {f"{arm}, images/s": speed for arm, speed in SPEEDS.items()}
    row |= {"captured bf16 channels-last, images/s": None}
    assert gpu_report.ratios(row) == (8.0, 4.0, 0.95)
    gpu_report.draw([row, row | {"case": "larger"}], "a card", tmp_path / "gpu.png")
    with Image.open(tmp_path / "gpu.png") as picture:
        assert picture.size[0] == 800


def test_a_recording_is_written_after_each_net_and_a_picture_at_the_end(benchmark, monkeypatch):
    made = []
    monkeypatch.setattr(benchmark, "N_IMAGES", 64)
    monkeypatch.setattr(benchmark, "CASES", tuple(benchmark.Case(*small()) for _ in range(2)))
    monkeypatch.setattr(benchmark, "measured_ceilings", lambda device, dtype, size: Ceilings(1e12, 1e12))
    monkeypatch.setattr(benchmark, "record", lambda name, command, recipe_hash, rows, notes: made.append(len(rows)))
    monkeypatch.setattr(benchmark, "draw", lambda rows, device: made.append(device))
    monkeypatch.setattr("sys.argv", ["gpu.py", "--rounds", "1", "--steps", "1", "--record"])
    benchmark.main()
    assert made == [1, 2, "a CPU"]


def test_the_profile_of_a_case_names_its_calls(benchmark, monkeypatch):
    monkeypatch.setattr(benchmark, "N_IMAGES", 64)
    report = benchmark.profiled(benchmark.Case(*small()), torch.device("cpu"), 2)
    assert "aten::" in report and "Self CPU" in report


def test_all_of_our_arms_train_and_the_usual_loop_does(benchmark, monkeypatch):
    monkeypatch.setattr(benchmark, "N_IMAGES", 64)
    pairs = []

    def make():
        pairs.append((Upwards(), Judge()))
        return pairs[-1]

    case = benchmark.Case("small", make, 2, 8, (1, 4, 4), ((1, 4, 4),))
    for arm in benchmark.ARMS:
        run = benchmark.loop(case, torch.device("cpu"), arm)
        before = [p.detach().clone() for net in pairs[-1] for p in net.parameters()]
        run(2)
        after = [p for net in pairs[-1] for p in net.parameters()]
        assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True)), arm
