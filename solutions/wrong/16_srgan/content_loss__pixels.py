# hint: That compares pixels
def content_loss(features, sr, hr):
    return (sr - hr.detach()).square().mean()
