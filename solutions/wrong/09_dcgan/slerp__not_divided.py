# hint: not divided by sin(omega)
import torch


def slerp(z0, z1, t):
    u, v = (z / z.norm(dim=-1, keepdim=True) for z in (z0, z1))
    omega = torch.acos((u * v).sum(-1, keepdim=True).clamp(-1, 1))
    sine = omega.sin()
    arc = ((1 - t) * omega).sin() * z0 + (t * omega).sin() * z1
    return torch.where(sine < 1e-6, (1 - t) * z0 + t * z1, arc)
