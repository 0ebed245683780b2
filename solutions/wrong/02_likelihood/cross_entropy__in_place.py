# hint: in place


def cross_entropy(p, q):
    q[p == 0] = 1
    return -(p * q.log()).sum()
