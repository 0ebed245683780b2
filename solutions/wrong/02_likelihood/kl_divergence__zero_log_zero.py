# hint: nan for the machine, and 0 here


def kl_divergence(p, q):
    return (p * (p / q).log()).sum()
