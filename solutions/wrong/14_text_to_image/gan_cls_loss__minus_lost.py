# hint: A minus was lost
def gan_cls_loss(real_right, real_wrong, fake_right):
    rest = softplus(real_wrong).mean() + softplus(fake_right).mean()
    return -softplus(-real_right).mean() - rest / 2
