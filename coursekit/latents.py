"""Ways through a generator's latent space: the arc between two codes, and sums of mean codes."""

import torch
from torch import Tensor

TOO_STRAIGHT = 1e-6  # sin(omega) below which the arc's weights are a rounding error over a rounding error


def slerp(z0: Tensor, z1: Tensor, t: float) -> Tensor:
    """The point t on the arc from z0 to z1: (d,) or (n, d), row by row, of the same shape (Shoemake 1985).

    sin((1 - t) omega) / sin(omega) z0 + sin(t omega) / sin(omega) z1, where omega is the angle between the two and t
    a number in [0, 1]. Codes of one norm keep it on the way, and turn by t omega: Gaussian codes live near a sphere,
    which a straight line leaves (White 2016, sec. 2.1). Where the two point the same way or opposite ways, or one is
    zero, there is no one arc, and the result is (1 - t) z0 + t z1.
    """
    u, v = (z / z.norm(dim=-1, keepdim=True).clamp(min=torch.finfo(z.dtype).tiny) for z in (z0, z1))
    # Kahan's formula: the arc cosine would lose half of the digits at small angles.
    omega = 2 * torch.atan2((u - v).norm(dim=-1, keepdim=True), (u + v).norm(dim=-1, keepdim=True))
    no_arc = (omega.sin() < TOO_STRAIGHT) | ((u == 0).all(-1, keepdim=True) | (v == 0).all(-1, keepdim=True))
    sine = torch.where(no_arc, 1.0, omega.sin())
    back = torch.where(no_arc, 1 - t, ((1 - t) * omega).sin() / sine)
    forth = torch.where(no_arc, t, (t * omega).sin() / sine)
    return back * z0 + forth * z1


def latent_arithmetic(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """mean(a) - mean(b) + mean(c) over the rows: codes (n, d) each, where n may differ -> (d,).

    "Smiling woman - neutral woman + neutral man": a single code a concept is unstable, the paper averages three
    (Radford et al. 2016, sec. 6.3.2).
    """
    return a.mean(0) - b.mean(0) + c.mean(0)
