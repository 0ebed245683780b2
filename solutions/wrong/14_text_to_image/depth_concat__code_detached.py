# hint: no `item`, `data` or `detach` of code
def depth_concat(features, code):
    planes = code.detach()[:, :, None, None].expand(-1, -1, *features.shape[2:])
    return torch.cat([features, planes], 1)
