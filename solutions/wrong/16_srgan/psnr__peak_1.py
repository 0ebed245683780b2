# hint: That is a peak of 1
def psnr(a, b):
    return 10 * torch.log10(1 / (a - b).square().mean((1, 2, 3)))
