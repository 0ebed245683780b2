# hint: Both players make the product small
import torch


def xy_alternating(x, y, lr, n_steps):
    path = [(x, y)]
    for _ in range(n_steps):
        x = x - lr * y
        y = y - lr * x
        path.append((x, y))
    return torch.tensor(path, dtype=torch.float64)
