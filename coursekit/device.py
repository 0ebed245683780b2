"""Where and how precisely a run computes: the device, the precision and the profile, each visible in one place.

The rest is torch's default. On CUDA, float32 convolutions use TF32 and float32 matrix products do not: metrics subtract
products that are nearly equal, and TF32 keeps 10 bits of them. Tensors are contiguous; benchmarks/gpu.py times
channels-last beside that.
"""

import os
import platform
import random
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch

Choice = TypeVar("Choice")
PROFILES = ("fast", "full")


def pick_device() -> torch.device:
    """The device that training uses: `COURSEKIT_DEVICE` if it is set, else CUDA, else MPS, else the CPU.

    Raises ValueError where `COURSEKIT_DEVICE` names a device that torch does not know or does not find here.
    """
    wanted = os.environ.get("COURSEKIT_DEVICE")
    if wanted is None:
        found = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        return torch.device(found)
    try:
        device = torch.device(wanted)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"COURSEKIT_DEVICE={wanted!r} cannot be used here ({str(error).splitlines()[0]}): set it to cpu, cuda, "
            "cuda:1 or mps, or unset it to let the course choose"
        ) from error
    return device


def pick_precision(device: torch.device) -> torch.dtype:
    """bfloat16 where the processor multiplies it natively, else float32.

    Chosen by what the hardware can do, never by a timing, so that the same machine always gives the same numbers.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if device.type == "cpu":
        native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
        return torch.bfloat16 if native else torch.float32
    return torch.float32


def profile() -> str:
    """The profile of this run, "fast" (default) or "full", from `COURSEKIT_PROFILE`."""
    name = os.environ.get("COURSEKIT_PROFILE", "fast")
    if name not in PROFILES:
        raise ValueError(f"COURSEKIT_PROFILE is {name!r}: it must be 'fast' (minutes on a laptop) or 'full'")
    return name


def seed_everything(seed: int) -> None:
    """Seed Python's, numpy's and torch's global generators; samplers of the course keep private ones besides."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


@dataclass(frozen=True)
class Setup:
    """What `setup` decided for this notebook."""

    device: torch.device
    precision: torch.dtype
    profile: str
    seed: int

    def pick(self, fast: Choice, full: Choice) -> Choice:
        """`fast` or `full`, by the profile: it changes steps and widths, never the story."""
        return fast if self.profile == "fast" else full


def setup(seed: int = 0) -> Setup:
    """Seed the run, choose its device and precision, and print one line that says so: a lecture's first cell."""
    device = pick_device()
    chosen = Setup(device, pick_precision(device), profile(), seed)
    seed_everything(seed)
    precision = str(chosen.precision).removeprefix("torch.")
    print(
        f"device {device} · precision {precision} where a net asks for it · profile {chosen.profile} · seed {seed} · "
        f"Python {platform.python_version()} · torch {torch.__version__.split('+')[0]}"
    )
    return chosen
