# hint: square them
def content_loss(features, sr, hr):
    return (features(sr) - features(hr).detach()).abs().mean()
