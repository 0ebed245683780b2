# hint: compare the captions themselves
def mismatch(captions, generator=None):
    if (captions == captions[0]).all():
        raise ValueError("all the same")
    return torch.arange(len(captions)).roll(1)
