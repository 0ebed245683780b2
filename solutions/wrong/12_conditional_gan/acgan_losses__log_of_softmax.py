# hint: never take its logarithm
from torch.nn.functional import softplus


def acgan_losses(real_scores, real_logits, fake_scores, fake_logits, label):
    def read(logits):
        return -logits.softmax(1).log().gather(1, label[:, None]).mean()

    source = softplus(-real_scores).mean() + softplus(fake_scores).mean()
    on_fake = read(fake_logits)
    return source + read(real_logits) + on_fake, softplus(-fake_scores).mean() + on_fake
