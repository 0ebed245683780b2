# hint: changed its argument pyramid in place
from torch.nn.functional import interpolate


def reconstruct(pyramid):
    x = pyramid.pop()
    while pyramid:
        x = interpolate(x, scale_factor=2, mode="bilinear") + pyramid.pop()
    return x
