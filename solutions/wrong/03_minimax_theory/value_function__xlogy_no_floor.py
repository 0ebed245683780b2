# hint: Both logarithms stop at -100
import torch


def same_shape(*tensors):
    if len({tensor.shape for tensor in tensors}) > 1:
        raise ValueError("the shapes differ")


def value_function(d, p_data, p_g, dx):
    same_shape(d, p_data, p_g)
    return ((torch.xlogy(p_data, d) + torch.xlogy(p_g, 1 - d)) * dx).sum()
