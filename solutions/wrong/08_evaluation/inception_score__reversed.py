# hint: turned round
import torch


def inception_score(probs):
    marginal = probs.mean(0)
    kl = (torch.xlogy(marginal, marginal) - torch.xlogy(marginal, probs)).sum(1)
    return kl.mean().exp()
