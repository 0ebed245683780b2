# hint: `backward` finds no way through it
def content_loss(features, sr, hr):
    with torch.no_grad():
        difference = features(sr) - features(hr)
    return difference.square().mean()
