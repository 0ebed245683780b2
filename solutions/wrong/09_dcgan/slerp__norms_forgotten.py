# hint: divide by both norms
import torch


def slerp(z0, z1, t):
    omega = torch.acos((z0 * z1).sum(-1, keepdim=True).clamp(-1, 1))
    sine = omega.sin()
    arc = (((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1) / sine
    return torch.where(sine < 1e-6, (1 - t) * z0 + t * z1, arc)
