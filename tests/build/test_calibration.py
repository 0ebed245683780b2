import time

import pytest
import torch

from coursekit.build import calibration
from coursekit.build.calibration import calibrate, check_budgets, read_seconds

JUNIT = """<?xml version="1.0"?><testsuites><testsuite name="pytest">
<testcase classname="notebooks.00_start_here.ipynb" name="Cell 0" time="20.5" />
<testcase classname="notebooks/00_start_here.ipynb" name="Cell 1" time="10.0"><failure>x</failure></testcase>
<testcase classname="" file="notebooks/03_toy.ipynb" name="Cell 0" time="61" />
<testcase classname="tests.unit" name="test_x" time="500" />
</testsuite></testsuites>"""
SOURCE = """\
# ---
# jupyter:
#   coursekit:
#     title: T
#     budget: {budget}
#     data: none
# ---

# %%
x = 1
"""


@pytest.fixture
def junit(tmp_path):
    for stem, budget in {"00_start_here": 11, "03_toy": 20, "04_not_run": 1}.items():
        (tmp_path / f"{stem}.py").write_text(SOURCE.format(budget=budget))
    path = tmp_path / "lectures.xml"
    path.write_text(JUNIT)
    return path


def test_seconds_are_summed_over_the_cells_of_each_notebook(junit):
    assert read_seconds(junit) == {"00_start_here": 30.5, "03_toy": 61.0}


def test_a_lecture_fails_above_three_times_its_budget(junit):
    rows = check_budgets(junit, junit.parent, slowdown=1.0)
    assert [(row.stem, row.seconds, row.budget, row.gate, row.failed) for row in rows] == [
        ("00_start_here", 30.5, 11, 33, False),
        ("03_toy", 61.0, 20, 60, True),
    ]


def test_the_gate_moves_with_the_speed_of_the_machine(junit):
    assert [row.failed for row in check_budgets(junit, junit.parent, slowdown=1.1)] == [False, False]
    assert [row.failed for row in check_budgets(junit, junit.parent, slowdown=0.9)] == [True, True]


def test_the_calibration_measures_time_and_leaves_the_global_generator_alone():
    before = torch.random.get_rng_state()
    start = time.perf_counter()
    least = calibrate(repeats=2)
    elapsed = time.perf_counter() - start
    assert 0 < least <= elapsed
    assert torch.equal(torch.random.get_rng_state(), before)


def test_the_calibration_stops_repeating_on_a_machine_that_is_too_busy(monkeypatch):
    monkeypatch.setattr(calibration, "train_points", lambda: time.sleep(0.02))
    runs = []
    monkeypatch.setattr(calibration, "train_images", lambda: runs.append(1))
    calibrate(repeats=50, enough=0.03)
    assert len(runs) == 2
