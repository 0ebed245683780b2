# hint: a small number was added inside a logarithm


def js_divergence(p, q):
    m = (p + q) / 2 + 1e-6
    return (p * ((p + 1e-6) / m).log() + q * ((q + 1e-6) / m).log()).sum() / 2
