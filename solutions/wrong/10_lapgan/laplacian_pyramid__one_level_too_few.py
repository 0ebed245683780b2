# hint: That is one level too few
from torch.nn.functional import avg_pool2d, interpolate


def laplacian_pyramid(x, n_levels):
    if any(side % 2**n_levels for side in x.shape[2:]):
        raise ValueError("cannot be halved so often")
    pyramid = []
    for _ in range(n_levels - 1):
        coarse = avg_pool2d(x, 2)
        low = interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False)
        pyramid.append(x - low)
        x = coarse
    return [*pyramid, x]
