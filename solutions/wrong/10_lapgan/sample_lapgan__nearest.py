# hint: The image is enlarged with repeated pixels
import torch
from torch.nn.functional import interpolate


def sample_lapgan(coarse, levels, latents, n):
    for net in (coarse, *levels):
        net.eval()
    with torch.no_grad():
        x = coarse(latents[0](n))
        for level, latent in zip(levels, latents[1:], strict=True):
            low = interpolate(x, scale_factor=2)
            x = low + level(latent(n), low)
    return x
