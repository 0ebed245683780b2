# hint: tear the code apart
def depth_concat(features, code):
    n, _, h, w = features.shape
    return torch.cat([features, code.repeat(1, h * w).view(n, -1, h, w)], 1)
