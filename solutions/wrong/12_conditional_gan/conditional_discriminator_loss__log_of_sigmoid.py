# hint: never take its logarithm


def conditional_discriminator_loss(D, real, fake, label):
    on_real, on_fake = D(real, label).sigmoid(), D(fake, label).sigmoid()
    return -on_real.log().mean() - (1 - on_fake).log().mean()
