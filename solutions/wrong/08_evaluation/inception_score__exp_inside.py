# hint: first the mean over the images
import torch


def inception_score(probs):
    marginal = probs.mean(0)
    return (torch.xlogy(probs, probs) - torch.xlogy(probs, marginal)).sum(1).exp().mean()
