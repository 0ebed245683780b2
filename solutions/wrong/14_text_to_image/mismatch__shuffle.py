# hint: A shuffle leaves some captions where they are
def mismatch(captions, generator=None):
    if (captions == captions[0]).all():
        raise ValueError("all the same")
    return torch.randperm(len(captions), generator=generator)
