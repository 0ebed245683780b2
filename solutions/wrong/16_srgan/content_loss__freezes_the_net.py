# hint: no `requires_grad_`
def content_loss(features, sr, hr):
    if isinstance(features, nn.Module):
        features.requires_grad_(False)
    return (features(sr) - features(hr).detach()).square().mean()
