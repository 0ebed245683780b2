# hint: each number of the code becomes a plane
import torch
from torch.nn.functional import one_hot


def concat_label(x, label, n_classes):
    if label.min() < 0 or label.max() >= n_classes:
        raise ValueError("labels")

    return torch.cat([x, one_hot(label, n_classes).to(x.dtype)], 1)
