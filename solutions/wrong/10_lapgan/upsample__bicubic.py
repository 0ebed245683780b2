# hint: That is bicubic
from torch.nn.functional import interpolate


def upsample(x):
    return interpolate(x, scale_factor=2, mode="bicubic")
