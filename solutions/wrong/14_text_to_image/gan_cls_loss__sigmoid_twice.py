# hint: A sigmoid was taken twice
def gan_cls_loss(real_right, real_wrong, fake_right):
    rest = softplus(real_wrong.sigmoid()).mean() + softplus(fake_right.sigmoid()).mean()
    return softplus(-real_right.sigmoid()).mean() + rest / 2
