# hint: what is beyond [-1, 1] half-way
from torch.nn.functional import interpolate


def reconstruct(pyramid):
    *residuals, x = pyramid
    for residual in reversed(residuals):
        x = interpolate(x, scale_factor=2, mode="bilinear", align_corners=False) + residual
        x = x.clamp(-1, 1)
    return x
