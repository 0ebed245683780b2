# hint: The factor is 10 for squares
def psnr(a, b):
    return 20 * torch.log10(4 / (a - b).square().mean((1, 2, 3)))
