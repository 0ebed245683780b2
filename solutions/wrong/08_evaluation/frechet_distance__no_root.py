# hint: root of the product is missing


def frechet_distance(mu0, cov0, mu1, cov1):
    shift = (mu0 - mu1).square().sum()
    cross = (cov0 @ cov1).trace()
    return shift + cov0.trace() + cov1.trace() - 2 * cross
