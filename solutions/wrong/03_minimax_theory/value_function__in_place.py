# hint: in place


def same_shape(*tensors):
    if len({tensor.shape for tensor in tensors}) > 1:
        raise ValueError("the shapes differ")


def value_function(d, p_data, p_g, dx):
    same_shape(d, p_data, p_g)
    log_not_d = (1 - d).log().clamp(min=-100)
    return ((p_data * d.log_().clamp_(min=-100) + p_g * log_not_d) * dx).sum()
