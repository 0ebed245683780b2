# hint: Each net has its own noise
import torch
from torch.nn.functional import interpolate


def sample_lapgan(coarse, levels, latents, n):
    for net in (coarse, *levels):
        net.eval()
    with torch.no_grad():
        x = coarse(latents[0](n))
        for level in levels:
            low = interpolate(x, scale_factor=2, mode="bilinear")
            x = low + level(torch.randn_like(low[:, 0]).flatten(1), low)
    return x
