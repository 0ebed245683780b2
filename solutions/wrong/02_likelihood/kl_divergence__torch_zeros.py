# hint: nan for the machine, and 0 here
import torch.nn.functional as F


def kl_divergence(p, q):
    return F.kl_div(q.log(), p, reduction="sum")
