# hint: the mean of the precisions at 1 to k
import torch


def precision_at_k(tags, truth, k):
    found = truth.gather(1, tags[:, :k]).double().cumsum(1)
    return (found / torch.arange(1, k + 1)).mean().item()
