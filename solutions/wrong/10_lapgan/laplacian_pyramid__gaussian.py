# hint: Those are the images themselves
from torch.nn.functional import avg_pool2d


def laplacian_pyramid(x, n_levels):
    if any(side % 2**n_levels for side in x.shape[2:]):
        raise ValueError("cannot be halved so often")
    pyramid = []
    for _ in range(n_levels):
        coarse = avg_pool2d(x, 2)
        pyramid.append(x)
        x = coarse
    return [*pyramid, x]
