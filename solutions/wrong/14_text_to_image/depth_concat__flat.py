# hint: Features stay maps
def depth_concat(features, code):
    return torch.cat([features.flatten(1), code], 1)
