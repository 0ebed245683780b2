# hint: nan for the machine, and 0 here


def cross_entropy(p, q):
    return -(p * q.log()).sum()
