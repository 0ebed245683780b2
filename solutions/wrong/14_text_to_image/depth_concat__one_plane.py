# hint: Every number of the code gets a plane
def depth_concat(features, code):
    plane = code.mean(1)[:, None, None, None].expand(-1, 1, *features.shape[2:])
    return torch.cat([features, plane], 1)
