"""Checkpoints: exact round trips, and files that are whole or absent."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from coursekit import checkpoints
from coursekit.data.streams import Latent


def trained(optimizer_class, seed=0, **settings):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    optimizer = optimizer_class(net.parameters(), 1e-2, **settings)
    for _ in range(3):
        optimizer.zero_grad()
        net(torch.randn(8, 3)).square().mean().backward()
        optimizer.step()
    return {"net": net, "optimizer": optimizer}


def same(a, b):
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b) and a.dtype == b.dtype
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return a == b and type(a) is type(b)


@pytest.mark.parametrize(
    ("optimizer_class", "settings"),
    [(torch.optim.Adam, {"fused": True}), (torch.optim.SGD, {"momentum": 0.5}), (torch.optim.RMSprop, {})],
)
def test_a_round_trip_gives_back_every_tensor_number_and_key_type(tmp_path, optimizer_class, settings):
    parts, others = trained(optimizer_class, 0, **settings), trained(optimizer_class, 1, **settings)
    checkpoints.save(tmp_path / "a.safetensors", parts, {"step": 3})
    meta = checkpoints.load(tmp_path / "a.safetensors", others)
    assert meta["step"] == 3
    for name in parts:
        assert same(parts[name].state_dict(), others[name].state_dict())


def test_the_global_generator_goes_on_where_it_was(tmp_path):
    checkpoints.save(tmp_path / "a.safetensors", {"global": checkpoints.GlobalGenerator()}, {})
    expected = torch.rand(3)
    torch.manual_seed(99)
    checkpoints.load(tmp_path / "a.safetensors", {"global": checkpoints.GlobalGenerator()})
    assert torch.equal(torch.rand(3), expected)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"old")

    def full_disk(temporary):
        temporary.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="a.safetensors could not be written.*free some space"):
        checkpoints.write_atomically(path, full_disk)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_a_truncated_file_is_named(tmp_path):
    path = tmp_path / "a.safetensors"
    checkpoints.save(path, {"latent": Latent(3)}, {})
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match="a.safetensors is not a readable checkpoint"):
        checkpoints.read_meta(path)


def test_a_foreign_file_and_a_missing_file_are_named(tmp_path):
    save_file({"x": torch.zeros(1)}, tmp_path / "foreign.safetensors")
    with pytest.raises(ValueError, match="foreign.safetensors was not written by coursekit"):
        checkpoints.read_meta(tmp_path / "foreign.safetensors")
    with pytest.raises(FileNotFoundError, match="there is no checkpoint .*missing"):
        checkpoints.read_meta(tmp_path / "missing.safetensors")


def test_another_runs_parts_are_refused(tmp_path):
    checkpoints.save(tmp_path / "a.safetensors", {"latent": Latent(3)}, {})
    with pytest.raises(ValueError, match=r"holds \['latent'\], not \['G'\]"):
        checkpoints.load(tmp_path / "a.safetensors", {"G": nn.Linear(1, 1)})


def test_another_number_of_threads_is_refused():
    with pytest.raises(ValueError, match="OMP_NUM_THREADS=7"):
        checkpoints.check_threads({"threads": 7})


def test_a_state_that_cannot_be_stored_names_its_place(tmp_path):
    class Odd:
        def state_dict(self):
            return {"inner": {"bad": object()}}

    with pytest.raises(TypeError, match="odd.inner.bad is a object"):
        checkpoints.save(tmp_path / "a.safetensors", {"odd": Odd()}, {})
    assert not list(tmp_path.iterdir())
