# hint: That is always the middle
def interpolate_captions(a, b, beta):
    return (a + b) / 2
