# hint: what q calls impossible does happen
import math


def kl_divergence(p, q):
    pairs = zip(p.tolist(), q.tolist(), strict=True)
    return sum(a * math.log(a / b) for a, b in pairs if a > 0)
