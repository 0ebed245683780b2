# hint: Large scores count in full


def conditional_discriminator_loss(D, real, fake, label):
    on_real, on_fake = D(real, label).sigmoid(), D(fake, label).sigmoid()
    return -on_real.clamp(min=1e-12).log().mean() - (1 - on_fake).clamp(min=1e-12).log().mean()
