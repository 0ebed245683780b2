# hint: one code is unstable
def latent_arithmetic(a, b, c):
    return a[0] - b[0] + c[0]
