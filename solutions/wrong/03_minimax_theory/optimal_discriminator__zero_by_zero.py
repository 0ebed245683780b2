# hint: 0 / 0 is nan


def optimal_discriminator(p_data, p_g):
    return p_data / (p_data + p_g)
