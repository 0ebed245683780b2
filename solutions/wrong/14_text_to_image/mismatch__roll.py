# hint: compare the captions themselves
def mismatch(captions, generator=None):
    if (captions == captions[0]).all():
        raise ValueError("all the same")
    shift = torch.randint(1, len(captions), (1,), generator=generator).item()
    return torch.arange(len(captions)).roll(shift)
