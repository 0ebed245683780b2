# hint: cubic


def kid(x, y):
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 2

    def within(a):
        pairs = kernel(a, a)
        return (pairs.sum() - pairs.trace()) / (len(a) * (len(a) - 1))

    return within(x) + within(y) - 2 * kernel(x, y).mean()
