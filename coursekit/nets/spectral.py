"""Spectral normalisation (Miyato et al. 2018): every weight divided by its largest singular value."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils import parametrize


class SpectralNorm(nn.Module):
    """W -> W / sigma(W), sigma estimated by power iteration on W reshaped to (n_out, everything else).

    One iteration runs in each training forward and none in `eval()`, where the estimate stays as it is (Miyato et al.
    2018, alg. 1). Gradients flow through sigma; the vectors u and v are constants.
    """

    def __init__(self, weight: Tensor, n_iterations: int = 1):
        super().__init__()
        self.n_iterations = n_iterations
        matrix = weight.detach().flatten(1)
        self.register_buffer("u", normalize(torch.randn(matrix.shape[0], device=weight.device), dim=0))
        self.register_buffer("v", normalize(matrix.T @ self.u, dim=0))
        self.power_iteration(matrix, 15)  # a good start: one iteration a step then only has to keep up

    @torch.no_grad()
    def power_iteration(self, matrix: Tensor, n_iterations: int) -> None:
        """Move u and v, in place, towards the first singular vectors of `matrix`."""
        for _ in range(n_iterations):
            self.u.copy_(normalize(matrix @ self.v, dim=0))
            self.v.copy_(normalize(matrix.T @ self.u, dim=0))

    def forward(self, weight: Tensor) -> Tensor:
        matrix = weight.flatten(1)
        if self.training:
            self.power_iteration(matrix.detach(), self.n_iterations)
        # Clones: the next forward moves the buffers in place, this graph must keep what it saw.
        sigma = self.u.clone() @ (matrix @ self.v.clone())
        return weight / sigma


def spectral_norm(layer: nn.Module) -> nn.Module:
    """Give the layer's weight spectral normalisation, in place, and return the layer."""
    parametrize.register_parametrization(layer, "weight", SpectralNorm(layer.weight))
    return layer
