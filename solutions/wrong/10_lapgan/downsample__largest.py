# hint: That is the largest pixel
from torch.nn.functional import max_pool2d


def downsample(x):
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("odd")
    return max_pool2d(x, 2)
