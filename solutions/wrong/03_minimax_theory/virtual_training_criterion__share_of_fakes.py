# hint: D* has p_data on top


def virtual_training_criterion(p_data, p_g, dx):
    d = p_g / (p_data + p_g)
    return ((p_data * d.log() + p_g * (1 - d).log()) * dx).sum()
