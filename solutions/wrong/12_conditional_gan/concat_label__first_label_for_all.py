# hint: you gave all rows that of the first
import torch
from torch.nn.functional import one_hot


def concat_label(x, label, n_classes):
    if label.min() < 0 or label.max() >= n_classes:
        raise ValueError("labels")

    code = one_hot(label[:1].expand(len(x)), n_classes).to(x.dtype)
    if x.dim() == 4:
        code = code[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, code], 1)
