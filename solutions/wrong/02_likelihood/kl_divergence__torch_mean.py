# hint: You took the mean over the entries
import torch.nn.functional as F


def kl_divergence(p, q):
    return F.kl_div(q.log(), p, reduction="none").mean()
