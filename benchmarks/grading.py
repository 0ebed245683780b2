"""What grading a class costs: `python benchmarks/grading.py [--isolation LEVEL]`; about two minutes on two cores.

Three checks a submission (two plain calls, one probe that trains three steps), each submission a notebook. Printed are
milliseconds per further submission, seconds for 300 of them, the same where one in ten loops for ever in one of three
functions, and seconds to the first result. The goals are for two quiet cores. A shared machine tells little by the
clock, so processor time is printed too: at level landlock, since what runs in bubblewrap is not counted.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKS = """
import torch
from coursekit.checks.judging import close, expect

HIDDEN = ["coursekit.theory"]

def test_js_divergence(student):
    for n in (3, 100):
        p, q = torch.rand(2, n, dtype=torch.float64).softmax(1)
        m = (p + q) / 2
        expect(student, "js_divergence", ((p * (p / m).log()).sum() + (q * (q / m).log()).sum()) / 2, p=p, q=q)

def test_optimal_discriminator(student):
    p, q = torch.rand(2, 5, dtype=torch.float64)
    expect(student, "optimal_discriminator", p / (p + q), p=p, q=q)

def steps(student, weight, x):
    net = torch.nn.Linear(3, 1)
    with torch.no_grad():
        net.weight.copy_(weight)
        net.bias.zero_()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    return torch.stack([student.train_step(net, optimizer, x).detach() for _ in range(3)])

class Reference:
    @staticmethod
    def train_step(net, optimizer, x):
        loss = (net(x) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

def test_train_step(student):
    sent = {"weight": torch.randn(1, 3), "x": torch.randn(8, 3)}
    close(student.probe(steps, **sent), steps(Reference, **sent), "three losses", {}, {})
"""
SETUP = "import torch\nfrom coursekit.checks import check\nfrom coursekit.plots.style import new_figure, show"
JS = """
def js_divergence(p, q):
    m = (p + q) / 2
    return ((p * (p / m).log()).sum() + (q * (q / m).log()).sum()) / 2
"""
D = "def optimal_discriminator(p, q):\n    return p / (p + q)"
STEP = """
def train_step(net, optimizer, x):
    loss = (net(x) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss
"""
SHOWN = (
    "losses = [js_divergence(*torch.rand(2, 1000)) for _ in range(1000)]\nfigure = new_figure(7, 3)\nshow(figure, '')"
)
LOOP = "def optimal_discriminator(p, q):\n    while True: pass"
GOALS = {"per further submission": "40 ms", "300": "15 s", "300, 30 of them loop": "90 s", "first result": "5 s"}


def notebook(*cells: str) -> str:
    made = [{"cell_type": "code", "source": cell, "outputs": [], "metadata": {}} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def make_class(folder: Path, n: int, looping: int = 0) -> Path:
    """A folder of n submissions; every n / looping-th of them loops."""
    for i in range(n):
        loops = looping and i % (n // looping) == 0
        (folder / f"student{i:03d}").mkdir(parents=True)
        text = notebook(SETUP, JS, "check('90.js_divergence', js_divergence)", SHOWN, LOOP if loops else D, STEP)
        (folder / f"student{i:03d}" / "90_examples.ipynb").write_text(text, encoding="utf-8")
    return folder


def graded(folder: Path, work: Path, level: str) -> tuple[float, float, float]:
    """Seconds by the clock, of processor time, and to the first result."""
    private, out = work / "checks", work / f"out-{folder.name}"
    private.mkdir(exist_ok=True)
    (private / "test_90_examples.py").write_text(CHECKS, encoding="utf-8")
    command = [sys.executable, "-m", "coursekit", "grade", folder, "--out", out, "--checks", private, "--lesson", "90"]
    used, began, first = processor_seconds(), time.monotonic(), 0.0
    with open(work / "said.txt", "w") as said:
        process = subprocess.Popen([*map(str, command), f"--isolation={level}", "--seed=1"], stdout=said, stderr=said)
        while process.poll() is None:
            time.sleep(0.02)
            if not first and (out / "results.jsonl").exists():
                first = time.monotonic() - began
    if process.returncode:
        raise SystemExit((work / "said.txt").read_text())
    return time.monotonic() - began, processor_seconds() - used, first


def processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def told(what: str, clock: str, processor: str = "") -> None:
    print(f"{what:24} {clock:>10}   goal {GOALS[what]:>5}   processor {processor}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--isolation", default="auto")
    level = parser.parse_args().isolation
    print(f"isolation {level}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        few = graded(make_class(work / "few", 60), work, level)
        told("first result", f"{few[2]:.1f} s")
        many = graded(make_class(work / "many", 300), work, level)
        further = [f"{1000 * (many[i] - few[i]) / 240:.0f} ms" for i in (0, 1)]
        told("per further submission", *further)
        told("300", *(f"{seconds:.1f} s" for seconds in many[:2]))
        loops = graded(make_class(work / "loops", 300, looping=30), work, level)
        told("300, 30 of them loop", *(f"{seconds:.1f} s" for seconds in loops[:2]))


if __name__ == "__main__":
    main()
