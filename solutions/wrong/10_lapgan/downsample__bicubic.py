# hint: reaches beyond the block
from torch.nn.functional import interpolate


def downsample(x):
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("odd")
    return interpolate(x, scale_factor=0.5, mode="bicubic")
