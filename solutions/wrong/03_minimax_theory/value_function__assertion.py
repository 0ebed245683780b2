# hint: compare the shapes before you multiply


def value_function(d, p_data, p_g, dx):
    assert d.shape == p_data.shape == p_g.shape
    log_d, log_not_d = d.log().clamp(min=-100), (1 - d).log().clamp(min=-100)
    return ((p_data * log_d + p_g * log_not_d) * dx).sum()
