"""Ways through latent space, against rotations and hand-made sums."""

import math

import pytest
import torch

from coursekit.latents import latent_arithmetic, slerp

TIMES = [0.0, 0.1, 0.5, 0.75, 1.0]


def sphere(n, d, radius, seed):
    z = torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return radius * z / z.norm(dim=1, keepdim=True)


@pytest.mark.parametrize("t", TIMES)
def test_between_codes_of_one_norm_the_norm_stays(t):
    z = slerp(sphere(50, 64, 8.0, 0), sphere(50, 64, 8.0, 1), t)
    torch.testing.assert_close(z.norm(dim=1), torch.full((50,), 8.0, dtype=torch.float64))


@pytest.mark.parametrize("t", TIMES)
def test_between_codes_of_one_norm_the_angle_is_t_omega(t):
    z0, z1 = sphere(50, 3, 2.0, 2), sphere(50, 3, 2.0, 3)
    omega = torch.acos((z0 * z1).sum(1) / 4)
    cosine = (z0 * slerp(z0, z1, t)).sum(1) / 4
    torch.testing.assert_close(cosine, (t * omega).cos())


@pytest.mark.parametrize("t", TIMES)
@pytest.mark.parametrize("omega", [1e-5, 0.3, math.pi / 2, 3.0])
def test_slerp_follows_the_great_circle_that_a_rotation_makes(t, omega):
    z0 = torch.tensor([math.cos(0.4), math.sin(0.4)], dtype=torch.float64)

    def turned(angle):
        c, s = math.cos(angle), math.sin(angle)
        return torch.tensor([[c, -s], [s, c]], dtype=torch.float64) @ z0

    torch.testing.assert_close(slerp(z0, turned(omega), t), turned(t * omega), rtol=0, atol=1e-11)


def test_the_end_points_are_the_codes_whatever_their_norms():
    z0, z1 = sphere(9, 5, 2.0, 4), sphere(9, 5, 7.0, 5)
    torch.testing.assert_close(slerp(z0, z1, 0), z0)
    torch.testing.assert_close(slerp(z0, z1, 1), z1)


def test_half_way_between_orthogonal_codes_both_have_the_weight_one_over_root_two():
    torch.testing.assert_close(
        slerp(torch.tensor([2.0, 0.0]), torch.tensor([0.0, 6.0]), 0.5), torch.tensor([2.0, 6.0]) / 2**0.5
    )


@pytest.mark.parametrize("factor", [1.0, 3.0, -1.0, -0.5, 0.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_where_there_is_no_arc_the_way_is_a_straight_line(factor, dtype):
    z0 = torch.randn(4, 7, generator=torch.Generator().manual_seed(0)).to(dtype)
    torch.testing.assert_close(slerp(z0, factor * z0, 0.3), (0.7 + 0.3 * factor) * z0)
    torch.testing.assert_close(slerp(factor * z0, z0, 0.3), (0.7 * factor + 0.3) * z0)


def test_each_row_goes_its_own_way():
    z0, z1 = sphere(6, 4, 1.0, 6), sphere(6, 4, 3.0, 7)
    z1[2] = z0[2]
    rows = [slerp(a, b, 0.4) for a, b in zip(z0, z1, strict=True)]
    torch.testing.assert_close(slerp(z0, z1, 0.4), torch.stack(rows))


def test_sums_of_mean_codes_take_any_number_of_rows():
    a, b, c = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[10.0, 0.0]]), torch.tensor([[0.0, 3.0]] * 5)
    torch.testing.assert_close(latent_arithmetic(a, b, c), torch.tensor([2.0 - 10.0 + 0.0, 3.0 - 0.0 + 3.0]))
