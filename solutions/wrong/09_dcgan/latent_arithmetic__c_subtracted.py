# hint: c is added, not subtracted
def latent_arithmetic(a, b, c):
    return a.mean(0) - b.mean(0) - c.mean(0)
