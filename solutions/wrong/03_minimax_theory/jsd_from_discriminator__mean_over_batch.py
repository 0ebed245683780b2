# hint: the mean is over all entries
import math

from torch.nn.functional import logsigmoid


def jsd_from_discriminator(scores_real, scores_fake):
    return (logsigmoid(scores_real).mean(0) + logsigmoid(-scores_fake).mean(0) + math.log(4)) / 2
