# hint: at twice its size
import torch


def sample_lapgan(coarse, levels, latents, n):
    for net in (coarse, *levels):
        net.eval()
    with torch.no_grad():
        x = coarse(latents[0](n))
        for level, latent in zip(levels, latents[1:], strict=True):
            low = x
            x = low + level(latent(n), low)
    return x
