# hint: pairs i = j are still in


def kid(x, y):
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3

    def within(a):
        pairs = kernel(a, a)
        return pairs.mean()

    return within(x) + within(y) - 2 * kernel(x, y).mean()
