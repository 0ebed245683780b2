# hint: A softmax was taken of the probabilities
import torch.nn.functional as F


def cross_entropy(p, q):
    return F.cross_entropy(q, p)
