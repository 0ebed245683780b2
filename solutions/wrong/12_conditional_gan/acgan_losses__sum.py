# hint: You summed over the batch
from torch.nn.functional import cross_entropy, softplus


def acgan_losses(real_scores, real_logits, fake_scores, fake_logits, label):
    on_real = cross_entropy(real_logits, label, reduction="sum")
    on_fake = cross_entropy(fake_logits, label, reduction="sum")
    source = softplus(-real_scores).sum() + softplus(fake_scores).sum()
    return source + on_real + on_fake, softplus(-fake_scores).sum() + on_fake
