# hint: Those are sums
from torch.nn.functional import avg_pool2d


def downsample(x):
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError("odd")
    return 4 * avg_pool2d(x, 2)
