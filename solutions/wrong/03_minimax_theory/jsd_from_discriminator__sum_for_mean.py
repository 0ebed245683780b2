# hint: summed over the samples
import math

from torch.nn.functional import logsigmoid


def jsd_from_discriminator(scores_real, scores_fake):
    return (logsigmoid(scores_real).sum() + logsigmoid(-scores_fake).sum() + math.log(4)) / 2
