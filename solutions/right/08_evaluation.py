"""Right answers to the exercises of lesson 08, made in another way than the solution: the checks must pass them."""

import torch


def frechet_distance(mu0, cov0, mu1, cov1):
    """By the eigenvalues of the product, which is not symmetric, as a tensor."""
    roots = torch.linalg.eigvals(cov0 @ cov1).real.clamp(min=0).sqrt()
    return torch.dist(mu0, mu1) ** 2 + torch.diagonal(cov0 + cov1).sum() - 2 * roots.sum()


def inception_score(probs):
    """exp(H(p(y)) - mean H(p(y|x)))."""
    entropy = torch.special.entr
    return torch.exp(entropy(probs.mean(dim=0)).sum() - entropy(probs).sum(dim=1).mean())


def kid(x, y):
    """With sums and a mask, one pair of sets after the other."""

    def total(a, b, mask):
        return (
            torch.where(mask, (a.matmul(b.t()) / a.size(1)).add(1).pow(3), 0.0).sum() / mask.sum()
        )

    apart_x, apart_y = (~torch.eye(len(a), dtype=torch.bool) for a in (x, y))
    across = torch.ones(len(x), len(y), dtype=torch.bool)
    return total(x, x, apart_x) + total(y, y, apart_y) - 2 * total(x, y, across)


def precision_recall(real, fake, k):
    """One point after the other, with sorted distances, as tensors in a list."""

    def radii(points):
        sizes = []
        for i in range(len(points)):
            others = torch.cat([points[:i], points[i + 1 :]])
            sizes.append((others - points[i]).norm(dim=1).sort().values[k - 1])
        return torch.stack(sizes)

    def share(points, centers, sizes):
        hits = [bool(((point - centers).norm(dim=1) <= sizes).any()) for point in points]
        return torch.tensor(hits).double().mean()

    return [share(fake, real, radii(real)), share(real, fake, radii(fake))]


def memorised(samples, train, heldout):
    """By ranks: a loop over the samples."""

    def nearest(images):
        rows = train.reshape(len(train), -1)
        return torch.stack([(rows - image.reshape(1, -1)).norm(dim=1).min() for image in images])

    theirs = nearest(heldout)
    wins = sum(
        float((theirs > d).sum()) + 0.5 * float((theirs == d).sum()) for d in nearest(samples)
    )
    return wins / (len(samples) * len(heldout))
