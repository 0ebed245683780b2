# hint: Each image has a code of its own
def depth_concat(features, code):
    n, _, h, w = features.shape
    planes = code[0, :, None, None].expand(n, -1, h, w)
    return torch.cat([features, planes], 1)
