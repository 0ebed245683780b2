# hint: w may have any shape
import torch


def extragradient_step(velocity, w, lr):
    ahead = w + lr * velocity(w)
    moved = velocity(ahead)
    entries = [w[i].item() + lr * moved[i].item() for i in range(len(w))]
    return torch.tensor(entries, dtype=w.dtype)
