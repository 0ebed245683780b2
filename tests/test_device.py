"""Device, precision and profile: chosen once, said aloud, never by a timing."""

import random

import numpy as np
import pytest
import torch

from coursekit.device import pick_device, pick_precision, profile, setup


def test_the_environment_names_the_device(monkeypatch):
    monkeypatch.setenv("COURSEKIT_DEVICE", "cpu")
    assert pick_device() == torch.device("cpu")


@pytest.mark.parametrize("name", ["tpu9", "meta:7:7", ""])
def test_a_device_that_cannot_be_used_is_named_with_the_cure(monkeypatch, name):
    monkeypatch.setenv("COURSEKIT_DEVICE", name)
    with pytest.raises(ValueError, match="COURSEKIT_DEVICE='.*' cannot be used here .*unset it"):
        pick_device()


def test_precision_follows_the_processors_flags(monkeypatch):
    for native, expected in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda native=native: native)
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
        assert pick_precision(torch.device("cpu")) == expected
    assert pick_precision(torch.device("mps")) == torch.float32


def test_the_profile_is_fast_unless_full_is_asked_for(monkeypatch):
    monkeypatch.delenv("COURSEKIT_PROFILE", raising=False)
    assert profile() == "fast" and setup(0).pick(fast=1, full=2) == 1
    monkeypatch.setenv("COURSEKIT_PROFILE", "full")
    assert profile() == "full" and setup(0).pick(fast=1, full=2) == 2
    monkeypatch.setenv("COURSEKIT_PROFILE", "slow")
    with pytest.raises(ValueError, match="COURSEKIT_PROFILE is 'slow'"):
        profile()


def test_setup_decides_every_global_generator_and_says_what_it_chose(capsys):
    def drawn():
        setup(3)
        return random.random(), np.random.rand(), torch.rand(()).item()

    assert drawn() == drawn()
    said = capsys.readouterr().out
    assert "device cpu" in said and "profile fast" in said and "seed 3" in said
    assert torch.__version__.split("+")[0] in said
