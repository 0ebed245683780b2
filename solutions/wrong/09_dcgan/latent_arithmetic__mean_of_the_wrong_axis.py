# hint: over the rows, axis 0
def latent_arithmetic(a, b, c):
    return a.mean(1) - b.mean(1) + c.mean(1)
