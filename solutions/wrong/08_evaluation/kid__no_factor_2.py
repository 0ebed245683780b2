# hint: factor 2 before the pairs across


def kid(x, y):
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a):
        pairs = kernel(a, a)
        return (pairs.sum() - pairs.trace()) / (len(a) * (len(a) - 1))

    return within(x) + within(y) - kernel(x, y).mean()
