# hint: is below 0: do not cut it off
import math

from torch.nn.functional import logsigmoid


def jsd_from_discriminator(scores_real, scores_fake):
    value = logsigmoid(scores_real).mean() + logsigmoid(-scores_fake).mean()
    return ((value + math.log(4)) / 2).clamp(min=0)
