# hint: any shape may come
import torch


def optimal_discriminator(p_data, p_g):
    pairs = zip(p_data.flatten().tolist(), p_g.flatten().tolist(), strict=True)
    return torch.tensor([p / (p + q) if p + q else 0.5 for p, q in pairs], dtype=p_data.dtype)
