"""Operations and bytes of a step: counted as by hand."""

import time

import pytest
import torch
from torch import nn

from coursekit.scale import roofline
from coursekit.scale.roofline import Ceilings, Costs


def test_a_product_of_matrices_costs_two_operations_a_term_and_its_three_matrices_bytes():
    with Costs() as costs:
        torch.ones(3, 5) @ torch.ones(5, 7)
    [(_, operations, size)] = [call for call in costs.calls if call[1]]
    assert operations == 2 * 3 * 5 * 7
    assert size == 4 * (3 * 5 + 5 * 7 + 3 * 7)


def test_a_convolutions_step_costs_three_times_its_forward_and_a_view_nothing():
    net, x = nn.Conv2d(2, 4, 3, bias=False), torch.randn(8, 2, 10, 10, requires_grad=True)
    forward = 2 * 8 * 4 * 8 * 8 * 2 * 3 * 3  # batch x channels out x places x (channels in x kernel)
    with Costs() as costs:
        y = net(x)
    assert costs.operations == forward
    with Costs() as costs:
        y.view(8, -1)
    assert costs.operations == 0 and costs.bytes == 0
    with Costs() as costs:
        net(x).sum().backward()
    assert costs.operations == 3 * forward  # the slopes of the input and of the weights cost a forward each


def test_the_floor_is_the_slower_of_operations_and_bytes_of_each_call():
    costs = Costs()
    costs.calls = [("mm", 100.0, 10.0), ("add", 0.0, 40.0)]
    assert costs.floor(Ceilings(operations=10.0, bytes=20.0)) == pytest.approx(10.0 + 2.0)
    assert (costs.operations, costs.bytes) == (100.0, 50.0)


def test_ceilings_are_the_operations_and_bytes_of_the_two_tasks_over_their_seconds(monkeypatch):
    monkeypatch.setattr(roofline, "shortest", lambda work, device, repeats: 0.5)
    seen = roofline.measured_ceilings(torch.device("cpu"), torch.float32, size=64)
    assert seen.operations == 2 * 64**3 / 0.5
    assert seen.bytes == 2 * (4 * 64 * 64) * 4 / 0.5  # read and written, four bytes a number


def test_the_shortest_of_several_runs_is_no_shorter_than_the_work():
    assert roofline.shortest(lambda: time.sleep(0.01), torch.device("cpu"), repeats=3) >= 0.01
