# hint: the second derivative of V
import torch


def dirac_jacobian(theta, psi, r1_weight):
    t = torch.tensor(theta * psi, dtype=torch.float64)
    s = torch.sigmoid(-t)
    bend = s * (1 - s)
    entries = [-(psi**2) * bend, s - t * bend, s - t * bend, -(theta**2) * bend - r1_weight]
    return torch.stack([torch.as_tensor(e, dtype=torch.float64) for e in entries]).reshape(2, 2)
