# hint: nan for the machine, and 0 here


def virtual_training_criterion(p_data, p_g, dx):
    d = p_data / (p_data + p_g)
    return ((p_data * d.log() + p_g * (1 - d).log()) * dx).sum()
