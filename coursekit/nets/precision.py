"""Autocast inside a net: float32 in, float32 out, the arithmetic between them in another precision."""

import torch
from torch import Tensor, nn


class InPrecision(nn.Module):
    """`net` computed in `dtype` (bfloat16, or float32 for no change) on its device, with a float32 result.

    The cast lives in forward, not around a training step: there, autocast would keep the cast copy of D's weights from
    before an update and use it afterwards.
    """

    def __init__(self, net: nn.Module, dtype: torch.dtype):
        super().__init__()
        self.net = net
        self.dtype = dtype

    def forward(self, x: Tensor, *cond: Tensor) -> Tensor:
        with torch.autocast(x.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return self.net(x, *cond).float()
