# hint: The quotient is upside down
def psnr(a, b):
    return 10 * torch.log10((a - b).square().mean((1, 2, 3)) / 4)
