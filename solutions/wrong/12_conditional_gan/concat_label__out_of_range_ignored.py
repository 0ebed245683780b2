# hint: raise a ValueError
import torch


def concat_label(x, label, n_classes):
    code = (label[:, None] == torch.arange(n_classes)).to(x.dtype)
    if x.dim() == 4:
        code = code[:, :, None, None].expand(-1, -1, *x.shape[2:])
    return torch.cat([x, code], 1)
