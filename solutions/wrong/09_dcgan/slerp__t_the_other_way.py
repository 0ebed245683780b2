# hint: your t runs the other way
import torch


def slerp(z0, z1, t):
    u, v = (z / z.norm(dim=-1, keepdim=True) for z in (z0, z1))
    omega = torch.acos((u * v).sum(-1, keepdim=True).clamp(-1, 1))
    sine = omega.sin()
    arc = ((t * omega).sin() * z0 + ((1 - t) * omega).sin() * z1) / sine
    return torch.where(sine < 1e-6, t * z0 + (1 - t) * z1, arc)
