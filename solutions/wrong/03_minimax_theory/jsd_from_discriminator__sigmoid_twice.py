# hint: A sigmoid was taken twice
import math

import torch
from torch.nn.functional import logsigmoid


def jsd_from_discriminator(scores_real, scores_fake):
    d_real, d_fake = torch.sigmoid(scores_real), torch.sigmoid(scores_fake)
    return (logsigmoid(d_real).mean() + logsigmoid(-d_fake).mean() + math.log(4)) / 2
