# hint: over the rows, axis 0
def latent_arithmetic(a, b, c):
    return a.mean(0, keepdim=True) - b.mean(0, keepdim=True) + c.mean(0, keepdim=True)
