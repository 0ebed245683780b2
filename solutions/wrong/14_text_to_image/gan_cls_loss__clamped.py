# hint: rounded or clamped sigmoid
def gan_cls_loss(real_right, real_wrong, fake_right):
    def log(p):
        return p.clamp(1e-7, 1).log().mean()

    right, wrong, fake = real_right.sigmoid(), real_wrong.sigmoid(), fake_right.sigmoid()
    return -log(right) - (log(1 - wrong) + log(1 - fake)) / 2
