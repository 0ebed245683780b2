"""For every test: no downloads, one thread, no window. Tests seed themselves, where one can see it."""

import os

os.environ |= {"COURSEKIT_OFFLINE": "1", "MPLBACKEND": "agg", "COURSEKIT_PROFILE": "fast", "COURSEKIT_DEVICE": "cpu"}

import pytest  # noqa: E402 - torch and matplotlib read these variables when they are first imported
import torch  # noqa: E402

torch.set_num_threads(1)


def pytest_collection_modifyitems(items):
    if not torch.cuda.is_available():
        for item in items:
            if item.get_closest_marker("gpu"):
                item.add_marker(pytest.mark.skip(reason="needs CUDA; there is none here"))
