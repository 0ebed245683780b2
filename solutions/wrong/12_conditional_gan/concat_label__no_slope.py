# hint: `backward` finds no way through it
import torch
from torch.nn.functional import one_hot


def concat_label(x, label, n_classes):
    if label.min() < 0 or label.max() >= n_classes:
        raise ValueError("labels")

    code = one_hot(label, n_classes).to(x.dtype)
    if x.dim() == 4:
        code = code[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x.data, code], 1)
