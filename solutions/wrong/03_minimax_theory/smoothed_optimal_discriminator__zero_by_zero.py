# hint: 0 / 0 is nan


def smoothed_optimal_discriminator(p_data, p_g, alpha, beta):
    return (alpha * p_data + beta * p_g) / (p_data + p_g)
