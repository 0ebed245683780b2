# hint: a verdict, real or fake


def optimal_discriminator(p_data, p_g):
    return (p_data > p_g).to(p_data.dtype)
