# hint: Where a side cannot be halved n_levels times
from torch.nn.functional import avg_pool2d, interpolate


def laplacian_pyramid(x, n_levels):
    pyramid = []
    for _ in range(n_levels):
        coarse = avg_pool2d(x, 2)
        pyramid.append(x - interpolate(coarse, size=x.shape[2:], mode="bilinear"))
        x = coarse
    return [*pyramid, x]
