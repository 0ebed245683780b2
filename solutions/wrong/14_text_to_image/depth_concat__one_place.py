# hint: The code stands at every place
def depth_concat(features, code):
    n, _, h, w = features.shape
    planes = code.new_zeros(n, code.shape[1], h, w)
    planes[:, :, 0, 0] = code
    return torch.cat([features, planes], 1)
