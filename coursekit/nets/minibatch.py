"""A discriminator that sees how varied its batch is: two layers that look across samples.

Give D real and fake samples in separate batches, as every step of the course does: a mixed batch has one variety.
"""

import torch
from torch import Tensor, nn


def minibatch_stddev(x: Tensor) -> Tensor:
    """`x` (N, C, ...) with one channel more that holds the batch's spread, the same number everywhere: (N, C + 1, ...).

    The number is the standard deviation over the batch (divided by N, not N - 1) of each entry, averaged over all
    entries (Karras et al. 2018, sec. 3). A batch of copies gives 0 (up to the 1e-8 below the root).
    """
    variance = x.var(0, correction=0)
    spread = (variance + 1e-8).sqrt().mean()  # sqrt has no slope at 0
    return torch.cat([x, spread.expand(len(x), 1, *x.shape[2:])], 1)


class MinibatchStddev(nn.Module):
    """The same as a layer: (N, C, ...) -> (N, C + 1, ...), without parameters."""

    def forward(self, x: Tensor) -> Tensor:
        return minibatch_stddev(x)


class MinibatchDiscrimination(nn.Module):
    """Features (N, n_features) -> (N, n_features + n_kernels): beside each sample's features, how close the others are.

    A learned tensor maps a sample's features f_i to a matrix M_i of n_kernels rows of length kernel_dim. Closeness in
    row b is c_b(i, j) = exp(-|M_ib - M_jb|_1), and the b-th new feature of sample i is the sum of c_b(i, j) over all j
    of the batch, itself included: from 1 (nothing alike) to N (all the same) (Salimans et al. 2016, sec. 3.2). The sum
    grows with N: keep one batch size.
    """

    def __init__(self, n_features: int, n_kernels: int, kernel_dim: int):
        super().__init__()
        # Rows of M then differ by about kernel_dim * 0.1 for features of size 1: every sample is in sight at first.
        self.kernels = nn.Parameter(torch.randn(n_features, n_kernels, kernel_dim) * 0.1 / n_features**0.5)

    def forward(self, features: Tensor) -> Tensor:
        matrices = torch.einsum("nf,fkd->nkd", features, self.kernels)
        distances = (matrices[:, None] - matrices[None]).abs().sum(3)  # (N, N, n_kernels)
        return torch.cat([features, torch.exp(-distances).sum(1)], 1)
