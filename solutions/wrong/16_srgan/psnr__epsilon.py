# hint: no small number is added to the error
def psnr(a, b):
    return 10 * torch.log10(4 / ((a - b).square().mean((1, 2, 3)) + 1e-12))
