# hint: Those are thirds
def gan_cls_loss(real_right, real_wrong, fake_right):
    parts = [softplus(-real_right), softplus(real_wrong), softplus(fake_right)]
    return torch.cat(parts).mean()
