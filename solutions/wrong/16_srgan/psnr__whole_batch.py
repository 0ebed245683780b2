# hint: the whole batch at once
def psnr(a, b):
    return 10 * torch.log10(4 / (a - b).square().mean()).expand(len(a))
