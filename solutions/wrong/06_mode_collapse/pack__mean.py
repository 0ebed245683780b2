# hint: is to see each
def pack(x, m):
    if len(x) % m:
        raise ValueError("m must divide N")
    return x.unflatten(0, (-1, m)).mean(1)
