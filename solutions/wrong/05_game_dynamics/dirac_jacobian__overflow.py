# hint: exp of a large number overflows
import math

import torch


def dirac_jacobian(theta, psi, r1_weight):
    t = theta * psi
    s = 1 / (1 + math.exp(t))
    bend = s * (1 - s)
    row_theta = [psi**2 * bend, -s + t * bend]
    row_psi = [s - t * bend, -(theta**2) * bend - r1_weight]
    return torch.tensor([row_theta, row_psi], dtype=torch.float64)
