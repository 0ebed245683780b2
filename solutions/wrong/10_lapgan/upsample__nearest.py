# hint: That repeats each pixel
from torch.nn.functional import interpolate


def upsample(x):
    return interpolate(x, scale_factor=2)
