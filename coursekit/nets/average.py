"""The average of a generator's weights over training."""

import copy

import torch
from torch import Tensor, nn


class Average:
    """An exponential moving average of `net`'s parameters, in `average.net`; a callback of `fit`.

    After each step, average += (1 - d) * (net - average) with d = min(decay, (1 + k) / (10 + k)) after k updates, so
    that the first steps are forgotten fast (Yazici et al. 2019 for GANs; the warm-up is TensorFlow's). Buffers (batch
    statistics) are copied as they are.
    """

    def __init__(self, net: nn.Module, decay: float = 0.999):
        self.source = net
        self.decay = decay
        self.net = copy.deepcopy(net).requires_grad_(False)
        device = next(net.parameters()).device
        self.n_updates = torch.zeros((), device=device)  # a tensor: a step that a CUDA graph replays goes on counting

    @torch.no_grad()
    def __call__(self, n: int, losses: dict[str, Tensor]) -> None:
        k = self.n_updates
        weight = 1 - ((1 + k) / (10 + k)).clamp(max=self.decay)
        for mine, theirs in zip(self.net.parameters(), self.source.parameters(), strict=True):
            mine.lerp_(theirs, weight.to(mine.dtype))
        for mine, theirs in zip(self.net.buffers(), self.source.buffers(), strict=True):
            mine.copy_(theirs)
        self.n_updates += 1

    def state_dict(self) -> dict:
        return {"net": self.net.state_dict(), "n_updates": self.n_updates}

    def load_state_dict(self, state: dict) -> None:
        self.net.load_state_dict(state["net"])
        self.n_updates.fill_(float(state["n_updates"]))
