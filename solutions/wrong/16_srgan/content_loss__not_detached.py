# hint: features(hr) is a target, detach it
def content_loss(features, sr, hr):
    return (features(sr) - features(hr)).square().mean()
