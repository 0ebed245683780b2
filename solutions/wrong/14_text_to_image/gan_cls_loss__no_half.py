# hint: The half is missing
def gan_cls_loss(real_right, real_wrong, fake_right):
    return softplus(-real_right).mean() + softplus(real_wrong).mean() + softplus(fake_right).mean()
