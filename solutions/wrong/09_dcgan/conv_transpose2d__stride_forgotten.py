# hint: The stride is not used
import torch


def conv_transpose2d(x, weight, stride, padding):
    n, _, height, width = x.shape
    k = weight.shape[-1]
    stamps = torch.einsum("ncij,couv->noijuv", x, weight)
    out = x.new_zeros(n, weight.shape[1], height - 1 + k, width - 1 + k)
    for i in range(height):
        for j in range(width):
            out[:, :, i : i + k, j : j + k] += stamps[:, :, i, j]
    return out[:, :, padding : out.shape[2] - padding, padding : out.shape[3] - padding]
