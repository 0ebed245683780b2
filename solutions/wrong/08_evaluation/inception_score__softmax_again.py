# hint: leave out the softmax
import torch


def inception_score(probs):
    probs = probs.softmax(1)
    kl = (torch.xlogy(probs, probs) - torch.xlogy(probs, probs.mean(0))).sum(1)
    return kl.mean().exp()
