# hint: Where both densities are zero the answer is 1/2


def smoothed_optimal_discriminator(p_data, p_g, alpha, beta):
    return (alpha * p_data + beta * p_g) / (p_data + p_g + 1e-12)
