# hint: what q calls impossible does happen


def kl_divergence(p, q):
    both = (p > 0) & (q > 0)
    return (p[both] * (p[both] / q[both]).log()).sum()
