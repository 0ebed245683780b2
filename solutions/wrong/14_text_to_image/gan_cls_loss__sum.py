# hint: Those are sums
def gan_cls_loss(real_right, real_wrong, fake_right):
    return softplus(-real_right).sum() + (softplus(real_wrong) + softplus(fake_right)).sum() / 2
