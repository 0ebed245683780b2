# hint: every N/m-th sample
import torch


def pack(x, m):
    if len(x) % m:
        raise ValueError("m must divide N")
    return torch.cat(x.chunk(m) if m < len(x) else x.split(1), 1)
