# hint: along the last axis
import torch


def pack(x, m):
    if len(x) % m:
        raise ValueError("m must divide N")
    return torch.cat([x[i::m] for i in range(m)], -1)
