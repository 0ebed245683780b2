# hint: sum over the classes
import torch


def inception_score(probs):
    marginal = probs.mean(0)
    return (torch.xlogy(probs, probs) - torch.xlogy(probs, marginal)).mean().exp()
