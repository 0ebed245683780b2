# hint: An odd side has no whole number of blocks
from torch.nn.functional import avg_pool2d


def downsample(x):
    return avg_pool2d(x, 2)
