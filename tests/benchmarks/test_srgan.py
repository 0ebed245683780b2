"""The benchmark that fills coursekit/recorded/srgan.json: the record is complete and bears the lesson out."""

import json

import pytest

from coursekit.nets.srgan import enlarge
from coursekit.recorded import FOLDER
from coursekit.super_resolution.judging import figures, held_out
from coursekit.super_resolution.training import SWEEP, sweep_hash
from coursekit.super_resolution.upscaler import load_upscaler

RECORD = json.loads((FOLDER / "srgan.json").read_text(encoding="utf-8"))
ROWS = {(row["arm"], row["weight"], row["seed"]): row for row in RECORD["rows"]}
SEEDS = (0, 1, 2)


def test_the_record_has_three_seeds_of_each_arm_as_it_is():
    assert RECORD["recipe_hash"] == sweep_hash(), "the recipe moved: run benchmarks/srgan.py again"
    arms = [("bicubic", 0.0), ("SRResNet", 0.0), *(("SRGAN", weight) for weight in SWEEP)]
    assert set(ROWS) == {(*arm, seed) for arm in arms for seed in SEEDS} and len(RECORD["rows"]) == len(ROWS)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_claims_hold_for_each_seed(seed):
    bicubic, safe, sharp = (ROWS[*arm, seed] for arm in (("bicubic", 0.0), ("SRResNet", 0.0), ("SRGAN", 0.1)))
    assert safe["psnr"] > bicubic["psnr"] + 0.2
    assert sharp["psnr"] < safe["psnr"]
    assert sharp["perceptual"] < safe["perceptual"] < bicubic["perceptual"]


def test_the_recorded_bicubic_row_comes_out_again():
    found = figures(enlarge, held_out(), load_upscaler("cpu").judge)
    told = {name: ROWS["bicubic", 0.0, 0][name] for name in found}
    assert found == pytest.approx(told, rel=1e-2)
