# hint: there is no fight over it
from torch.nn.functional import cross_entropy, softplus


def acgan_losses(real_scores, real_logits, fake_scores, fake_logits, label):
    source = softplus(-real_scores).mean() + softplus(fake_scores).mean()
    on_real, on_fake = cross_entropy(real_logits, label), cross_entropy(fake_logits, label)
    return source + on_real - on_fake, softplus(-fake_scores).mean() + on_fake
