# hint: That is align_corners=True
from torch.nn.functional import interpolate


def upsample(x):
    return interpolate(x, scale_factor=2, mode="bilinear", align_corners=True)
