# hint: mean over the images, axis 0
import torch


def inception_score(probs):
    marginal = probs.mean(1, keepdim=True)
    kl = (torch.xlogy(probs, probs) - torch.xlogy(probs, marginal)).sum(1)
    return kl.mean().exp()
