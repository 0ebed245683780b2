# hint: Euclidean distance
import torch
from torch import nn


class MinibatchDiscrimination(nn.Module):
    def __init__(self, n_features, n_kernels, kernel_dim):
        super().__init__()
        self.kernels = nn.Parameter(torch.randn(n_features, n_kernels, kernel_dim))

    def forward(self, features):
        matrices = torch.einsum("nf,fkd->nkd", features, self.kernels)
        apart = matrices[:, None] - matrices[None]
        return torch.cat([features, torch.exp(-apart.norm(dim=3)).sum(1)], 1)
