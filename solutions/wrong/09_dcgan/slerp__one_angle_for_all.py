# hint: Each row has its own angle
import torch


def slerp(z0, z1, t):
    cosine = (z0 * z1).sum() / (z0.norm() * z1.norm())
    omega = torch.acos(cosine.clamp(-1, 1))
    sine = omega.sin()
    arc = (((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1) / sine
    return torch.where(sine < 1e-6, (1 - t) * z0 + t * z1, arc)
