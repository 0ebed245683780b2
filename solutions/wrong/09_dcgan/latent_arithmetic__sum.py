# hint: Those are sums
def latent_arithmetic(a, b, c):
    return a.sum(0) - b.sum(0) + c.sum(0)
