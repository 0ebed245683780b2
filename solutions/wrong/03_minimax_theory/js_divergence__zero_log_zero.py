# hint: nan for the machine, and 0 here


def js_divergence(p, q):
    m = (p + q) / 2
    return (p * (p / m).log() + q * (q / m).log()).sum() / 2
