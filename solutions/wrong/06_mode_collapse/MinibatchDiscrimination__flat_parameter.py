# hint: One parameter holds it all
import torch
from torch import nn


class MinibatchDiscrimination(nn.Module):
    def __init__(self, n_features, n_kernels, kernel_dim):
        super().__init__()
        self.map = nn.Linear(n_features, n_kernels * kernel_dim, bias=False)
        self.shape = n_kernels, kernel_dim

    def forward(self, features):
        matrices = self.map(features).unflatten(1, self.shape)
        apart = matrices[:, None] - matrices[None]
        return torch.cat([features, torch.exp(-apart.abs().sum(3)).sum(1)], 1)
