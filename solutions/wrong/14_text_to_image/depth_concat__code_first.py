# hint: The features come first
def depth_concat(features, code):
    planes = code[:, :, None, None].expand(-1, -1, *features.shape[2:])
    return torch.cat([planes, features], 1)
