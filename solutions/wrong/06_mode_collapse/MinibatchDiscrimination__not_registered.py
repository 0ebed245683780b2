# hint: only if it is an `nn.Parameter`
import torch
from torch import nn


class MinibatchDiscrimination(nn.Module):
    def __init__(self, n_features, n_kernels, kernel_dim):
        super().__init__()
        self.kernels = torch.randn(n_features, n_kernels, kernel_dim, requires_grad=True)

    def forward(self, features):
        matrices = torch.einsum("nf,fkd->nkd", features, self.kernels)
        apart = matrices[:, None] - matrices[None]
        return torch.cat([features, torch.exp(-apart.abs().sum(3)).sum(1)], 1)
