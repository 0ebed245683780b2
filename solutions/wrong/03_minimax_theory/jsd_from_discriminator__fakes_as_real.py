# hint: in yours with log sigmoid(s)
import math

from torch.nn.functional import logsigmoid


def jsd_from_discriminator(scores_real, scores_fake):
    return (logsigmoid(scores_real).mean() + logsigmoid(scores_fake).mean() + math.log(4)) / 2
