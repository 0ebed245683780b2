# hint: The borders fall off to 0
import torch
from torch.nn.functional import conv_transpose2d


def upsample(x):
    n, channels, height, width = x.shape
    row = torch.tensor([0.25, 0.75, 0.75, 0.25], dtype=x.dtype)
    kernel = torch.outer(row, row)[None, None]
    out = conv_transpose2d(x.reshape(-1, 1, height, width), kernel, stride=2, padding=1)
    return out.view(n, channels, 2 * height, 2 * width)
