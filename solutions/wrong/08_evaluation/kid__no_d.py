# hint: divides the product by d


def kid(x, y):
    def kernel(a, b):
        return (a @ b.T + 1) ** 3

    def within(a):
        pairs = kernel(a, a)
        return (pairs.sum() - pairs.trace()) / (len(a) * (len(a) - 1))

    return within(x) + within(y) - 2 * kernel(x, y).mean()
