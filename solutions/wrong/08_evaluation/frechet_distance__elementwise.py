# hint: roots of its *eigenvalues*


def frechet_distance(mu0, cov0, mu1, cov1):
    shift = (mu0 - mu1).square().sum()
    cross = (cov0 @ cov1).sqrt().trace()
    return shift + cov0.trace() + cov1.trace() - 2 * cross
