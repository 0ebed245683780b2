# hint: The densities have changed places


def same_shape(*tensors):
    if len({tensor.shape for tensor in tensors}) > 1:
        raise ValueError("the shapes differ")


def value_function(d, p_data, p_g, dx):
    same_shape(d, p_data, p_g)
    return ((p_g * d.log().clamp(min=-100) + p_data * (1 - d).log().clamp(min=-100)) * dx).sum()
