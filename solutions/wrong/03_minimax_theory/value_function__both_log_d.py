# hint: Both kinds earn log d


def same_shape(*tensors):
    if len({tensor.shape for tensor in tensors}) > 1:
        raise ValueError("the shapes differ")


def value_function(d, p_data, p_g, dx):
    same_shape(d, p_data, p_g)
    log_d = d.log().clamp(min=-100)
    return ((p_data * log_d + p_g * log_d) * dx).sum()
