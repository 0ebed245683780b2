# hint: Those are the features of the difference
def content_loss(features, sr, hr):
    return features(sr - hr.detach()).square().mean()
