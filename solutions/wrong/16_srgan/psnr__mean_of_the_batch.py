# hint: return one number for each image
def psnr(a, b):
    return (10 * torch.log10(4 / (a - b).square().mean((1, 2, 3)))).mean()
