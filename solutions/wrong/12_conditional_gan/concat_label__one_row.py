# hint: Yours stands in one row
import torch
from torch.nn.functional import one_hot


def concat_label(x, label, n_classes):
    if label.min() < 0 or label.max() >= n_classes:
        raise ValueError("labels")

    code = one_hot(label, n_classes).to(x.dtype)
    if x.dim() == 4:
        planes = torch.zeros(len(x), n_classes, *x.shape[2:], dtype=x.dtype)
        planes[:, :, 0] = code[:, :, None]
        code = planes
    return torch.cat([x, code], 1)
