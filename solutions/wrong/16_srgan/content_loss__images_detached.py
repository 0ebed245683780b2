# hint: Detach features(hr), not hr
def content_loss(features, sr, hr):
    return (features(sr) - features(hr.detach())).square().mean()
