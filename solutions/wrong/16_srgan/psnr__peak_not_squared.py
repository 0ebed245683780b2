# hint: The peak is squared
def psnr(a, b):
    return 10 * torch.log10(2 / (a - b).square().mean((1, 2, 3)))
