# hint: value in bits


def same_shape(*tensors):
    if len({tensor.shape for tensor in tensors}) > 1:
        raise ValueError("the shapes differ")


def value_function(d, p_data, p_g, dx):
    same_shape(d, p_data, p_g)
    return ((p_data * d.log2().clamp(min=-100) + p_g * (1 - d).log2().clamp(min=-100)) * dx).sum()
