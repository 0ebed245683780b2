"""The GPU benchmark on a small net, wherever the tests run: its arms do the same work and its row is complete."""

import importlib.util
from pathlib import Path

import pytest
import torch
from torch import nn

from coursekit.scale.roofline import Ceilings

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "gpu.py"


@pytest.fixture(scope="module")
def benchmark():
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


def test_all_of_our_arms_train_and_the_usual_loop_does(benchmark, monkeypatch):
    monkeypatch.setattr(benchmark, "N_IMAGES", 64)
    pairs = []

    def make():
        pairs.append((Upwards(), Judge()))
        return pairs[-1]

    case = benchmark.Case("small", make, 2, 8, (1, 4, 4), ((1, 4, 4),))
    for arm in benchmark.ARMS:
        run = (
            benchmark.usual_loop(case, torch.device("cpu"))
            if arm == "usual"
            else benchmark.our_loop(case, torch.device("cpu"), arm)
        )
        before = [p.detach().clone() for net in pairs[-1] for p in net.parameters()]
        run(2)
        after = [p for net in pairs[-1] for p in net.parameters()]
        assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True)), arm
