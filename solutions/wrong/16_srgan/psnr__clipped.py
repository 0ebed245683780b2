# hint: nothing is clipped
def psnr(a, b):
    return 10 * torch.log10(4 / (a.clamp(-1, 1) - b.clamp(-1, 1)).square().mean((1, 2, 3)))
