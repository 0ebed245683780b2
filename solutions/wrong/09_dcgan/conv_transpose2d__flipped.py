# hint: The kernel is flipped
import torch


def conv_transpose2d(x, weight, stride, padding):
    n, _, height, width = x.shape
    k = weight.shape[-1]
    stamps = torch.einsum("ncij,couv->noijuv", x, weight)
    full = [(length - 1) * stride + k for length in (height, width)]
    out = x.new_zeros(n, weight.shape[1], *full)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            out[:, :, top : top + k, left : left + k] += stamps[:, :, i, j].flip(2, 3)
    return out[:, :, padding : full[0] - padding, padding : full[1] - padding]
