# hint: one mean over both halves it
import math

import torch
from torch.nn.functional import logsigmoid


def jsd_from_discriminator(scores_real, scores_fake):
    together = torch.cat([logsigmoid(scores_real), logsigmoid(-scores_fake)])
    return (together.mean() + math.log(4)) / 2
