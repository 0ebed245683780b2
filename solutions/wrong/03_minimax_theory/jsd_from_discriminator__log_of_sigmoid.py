# hint: in floating point: use `logsigmoid`
import math

import torch


def jsd_from_discriminator(scores_real, scores_fake):
    log_d = torch.sigmoid(scores_real).log()
    log_not_d = (1 - torch.sigmoid(scores_fake)).log()
    return (log_d.mean() + log_not_d.mean() + math.log(4)) / 2
