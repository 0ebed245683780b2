# hint: The wrong pairs are missing
def gan_cls_loss(real_right, real_wrong, fake_right):
    return softplus(-real_right).mean() + softplus(fake_right).mean()
