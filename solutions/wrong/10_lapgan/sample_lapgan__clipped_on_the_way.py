# hint: Nothing is clipped between the levels
import torch
from torch.nn.functional import interpolate


def sample_lapgan(coarse, levels, latents, n):
    for net in (coarse, *levels):
        net.eval()
    with torch.no_grad():
        x = coarse(latents[0](n))
        for level, latent in zip(levels, latents[1:], strict=True):
            low = interpolate(x, scale_factor=2, mode="bilinear")
            x = (low + level(latent(n), low)).clamp(-1, 1)
    return x
