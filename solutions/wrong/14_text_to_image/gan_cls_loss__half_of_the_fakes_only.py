# hint: Only one half is there
def gan_cls_loss(real_right, real_wrong, fake_right):
    half = softplus(fake_right).mean() / 2
    return softplus(-real_right).mean() + softplus(real_wrong).mean() + half
