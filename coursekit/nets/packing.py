"""A discriminator that judges m samples at once (PacGAN, Lin et al. 2018): a pack of copies gives itself away."""

from torch import Tensor, nn


def pack(x: Tensor, m: int) -> Tensor:
    """Groups of m consecutive samples, joined along the channels: (N, C, ...) -> (N / m, m C, ...).

    Row i holds the samples i m to i m + m - 1, in order. Raises ValueError unless m divides N: cutting the rest off
    would silently train on fewer samples (Lin et al. 2018, sec. 3).
    """
    if m < 1 or len(x) % m:
        raise ValueError(f"{len(x)} samples cannot be packed by {m}: choose a batch size that {m} divides")
    return x.unflatten(0, (-1, m)).flatten(1, 2)


class Packed(nn.Module):
    """`net` on packs of m samples: (N, C, ...) -> (N / m, 1) scores. Its first layer takes m C channels."""

    def __init__(self, net: nn.Module, m: int):
        super().__init__()
        self.net = net
        self.m = m

    def forward(self, x: Tensor, *cond: Tensor) -> Tensor:
        return self.net(pack(x, self.m), *(pack(c, self.m) for c in cond))
