"""Streams and toys: private randomness, exact resume, and modes where they are said to be."""

import math

import pytest
import torch

from coursekit.data.streams import Batches, Latent, turned, uniform
from coursekit.data.toys import grid, line, ring, spiral, two_moons


def numbers(n, generator):
    return (torch.rand(n, 2, generator=generator),)


def test_a_stream_is_decided_by_its_seed_and_not_by_the_global_generator():
    torch.manual_seed(1)
    first = next(Batches(numbers, 5, seed=7))[0]
    torch.manual_seed(2)
    assert torch.equal(first, next(Batches(numbers, 5, seed=7))[0])
    assert not torch.equal(first, next(Batches(numbers, 5, seed=8))[0])


def test_streams_leave_the_global_generator_where_it_was():
    before = torch.get_rng_state()
    next(Batches(numbers, 5)), next(ring().batches(5)), Latent(3)(4)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("make", [lambda: Batches(numbers, 5), lambda: ring().batches(5)])
def test_a_restored_stream_goes_on_where_it_was(make):
    stream, other = make(), make()
    next(stream)
    other.load_state_dict(stream.state_dict())
    assert torch.equal(next(stream)[0], next(other)[0])


def test_a_stream_turned_round_gives_the_same_tuples_last_first():
    def pairs(n, generator):
        return torch.rand(n, 2, generator=generator), torch.rand(n, 3, generator=generator)

    plain, other = Batches(pairs, 5, seed=7), turned(Batches(pairs, 5, seed=7))
    for _ in range(2):
        assert all(torch.equal(a, b) for a, b in zip(next(plain), next(other)[::-1], strict=True))
    assert torch.equal(plain.state_dict()["generator"], other.state_dict()["generator"])


def test_a_restored_latent_goes_on_where_it_was():
    latent, other = Latent(3, seed=1), Latent(3, seed=2)
    latent(10)
    other.load_state_dict(latent.state_dict())
    assert torch.equal(latent(4), other(4))


def test_a_bare_tensor_is_refused_with_the_cure():
    with pytest.raises(TypeError, match=r"return \(x,\)"):
        next(Batches(lambda n, generator: torch.zeros(n, 2), 5))


def test_latent_is_standard_normal_and_uniform_spans_minus_one_to_one():
    z = Latent(50, seed=0)(2000)
    assert z.shape == (2000, 50) and abs(z.mean()) < 0.02 and abs(z.std() - 1) < 0.02
    u = Latent(50, seed=0, draw=uniform)(2000)
    assert u.min() >= -1 and u.max() < 1 and abs(u.var() - 1 / 3) < 0.01


@pytest.mark.parametrize("toy", [ring(), ring(5, radius=1.0, sd=0.02), grid()], ids=lambda toy: toy.name)
def test_toys_put_equal_shares_on_distinct_modes_with_the_stated_spread(toy):
    points = toy.draw(20_000, torch.Generator().manual_seed(0))
    distances = torch.cdist(toy.centers, toy.centers) + torch.eye(len(toy.centers)) * 9
    assert distances.min() > 6 * toy.sd  # the linspace mistake would put two modes on one spot
    nearest = torch.cdist(points, toy.centers).argmin(1)
    shares = torch.bincount(nearest, minlength=len(toy.centers)) / len(points)
    assert (shares * len(toy.centers) - 1).abs().max() < 0.2
    assert (points - toy.centers[nearest]).std().item() == pytest.approx(toy.sd, rel=0.03)


def test_ring_modes_lie_at_equal_angles_on_the_circle():
    centers = ring(8, radius=2.0).centers
    assert torch.allclose(centers.norm(dim=1), torch.full((8,), 2.0))
    assert torch.allclose(centers[1], torch.full((2,), math.sqrt(2.0)), atol=1e-6)


def test_toys_without_modes_keep_their_shape():
    generator = torch.Generator().manual_seed(0)
    on_line = line(sd=0.0).draw(100, generator)
    assert torch.allclose(on_line[:, 0], 2 * on_line[:, 1])
    assert spiral(sd=0.0).draw(100, generator).norm(dim=1).max() <= 2
    moons = two_moons(sd=0.0).draw(1000, generator)
    upper, lower = torch.tensor([-0.5, -0.25]), torch.tensor([0.5, 0.25])
    radii = torch.stack([(moons - upper).norm(dim=1), (moons - lower).norm(dim=1)])
    assert (radii - 1).abs().min(0).values.max() < 1e-5  # every point on one of two circles of radius 1
