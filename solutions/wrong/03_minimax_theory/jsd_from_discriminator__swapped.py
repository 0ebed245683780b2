# hint: Real and fake have changed places
import math

from torch.nn.functional import logsigmoid


def jsd_from_discriminator(scores_real, scores_fake):
    return (logsigmoid(scores_fake).mean() + logsigmoid(-scores_real).mean() + math.log(4)) / 2
