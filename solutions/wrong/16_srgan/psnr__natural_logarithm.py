# hint: That is the natural logarithm
def psnr(a, b):
    return 10 * torch.log(4 / (a - b).square().mean((1, 2, 3)))
