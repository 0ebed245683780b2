# hint: Those are the scores themselves


def conditional_discriminator_loss(D, real, fake, label):
    return D(fake, label).mean() - D(real, label).mean()
