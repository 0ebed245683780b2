# hint: That is the root of it
def content_loss(features, sr, hr):
    return (features(sr) - features(hr).detach()).square().mean().sqrt()
