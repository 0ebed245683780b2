# hint: The code is not brought to a length
def interpolate_captions(a, b, beta):
    mixed = beta * a + (1 - beta) * b
    return mixed / mixed.norm(dim=1, keepdim=True)
