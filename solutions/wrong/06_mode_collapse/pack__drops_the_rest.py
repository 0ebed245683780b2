# hint: cutting the rest off
def pack(x, m):
    n = len(x) // m
    return x[: n * m].reshape(n, m * x.shape[1], *x.shape[2:])
