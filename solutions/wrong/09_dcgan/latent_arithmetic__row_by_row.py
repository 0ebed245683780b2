# hint: different numbers of rows
def latent_arithmetic(a, b, c):
    return (a - b + c).mean(0)
