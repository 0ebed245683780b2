# hint: one PSNR for each channel
def psnr(a, b):
    return (10 * torch.log10(4 / (a - b).square().mean((2, 3)))).mean(1)
