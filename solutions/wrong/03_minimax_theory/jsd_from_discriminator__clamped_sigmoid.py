# hint: Large scores count in full
import math

import torch


def jsd_from_discriminator(scores_real, scores_fake):
    log_d = torch.sigmoid(scores_real).log().clamp(min=-100)
    log_not_d = (1 - torch.sigmoid(scores_fake)).log().clamp(min=-100)
    return (log_d.mean() + log_not_d.mean() + math.log(4)) / 2
