# hint: The sigmoid was held fixed
import torch


def dirac_jacobian(theta, psi, r1_weight):
    t = torch.tensor(theta * psi, dtype=torch.float64)
    s = torch.sigmoid(-t)
    entries = [0.0, -s, s, -r1_weight]
    return torch.stack([torch.as_tensor(e, dtype=torch.float64) for e in entries]).reshape(2, 2)
