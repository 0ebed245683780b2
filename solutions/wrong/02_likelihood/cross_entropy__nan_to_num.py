# hint: what q calls impossible does happen


def cross_entropy(p, q):
    return -(p * q.log()).nan_to_num().sum()
