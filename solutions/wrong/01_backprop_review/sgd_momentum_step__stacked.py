# hint: Each parameter has its own shape
import torch


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    v = momentum * torch.stack(velocities) + torch.stack(grads)
    p = torch.stack(params) - lr * v
    return list(p), list(v)
