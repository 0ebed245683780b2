# hint: kernel of the mean features


def kid(x, y):
    def kernel(a, b):
        return (a.mean(0) @ b.mean(0) / a.shape[1] + 1) ** 3

    return kernel(x, x) + kernel(y, y) - 2 * kernel(x, y)
