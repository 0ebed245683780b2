# hint: (n, 1) times (n,) is an n x n table


def value_function(d, p_data, p_g, dx):
    log_d, log_not_d = d.log().clamp(min=-100), (1 - d).log().clamp(min=-100)
    return ((p_data * log_d + p_g * log_not_d) * dx).sum()
