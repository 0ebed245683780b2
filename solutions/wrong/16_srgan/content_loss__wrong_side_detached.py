# hint: no slope goes to sr
def content_loss(features, sr, hr):
    return (features(sr).detach() - features(hr)).square().mean()
