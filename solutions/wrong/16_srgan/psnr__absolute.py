# hint: PSNR takes squares
def psnr(a, b):
    return 10 * torch.log10(4 / (a - b).abs().mean((1, 2, 3)))
