# hint: Padding 0 cuts nothing off
import torch


def conv_transpose2d(x, weight, stride, padding):
    n, _, height, width = x.shape
    k = weight.shape[-1]
    stamps = torch.einsum("ncij,couv->noijuv", x, weight)
    out = x.new_zeros(n, weight.shape[1], (height - 1) * stride + k, (width - 1) * stride + k)
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            out[:, :, top : top + k, left : left + k] += stamps[:, :, i, j]
    return out[:, :, padding:-padding, padding:-padding]
