# hint: Each net has its own noise
import torch
from torch.nn.functional import interpolate


def sample_lapgan(coarse, levels, latents, n):
    for net in (coarse, *levels):
        net.eval()
    with torch.no_grad():
        noise = latents[-1](n)
        x = coarse(noise[:, :5])
        for level in levels:
            low = interpolate(x, scale_factor=2, mode="bilinear")
            x = low + level(noise[:, : low[0, 0].numel()], low)
    return x
