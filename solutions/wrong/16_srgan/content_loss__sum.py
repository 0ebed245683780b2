# hint: That is the sum
def content_loss(features, sr, hr):
    return (features(sr) - features(hr).detach()).square().sum()
