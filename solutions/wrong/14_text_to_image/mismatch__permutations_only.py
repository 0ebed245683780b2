# hint: A row may be taken more than once
def mismatch(captions, generator=None):
    if (captions == captions[0]).all():
        raise ValueError("all the same")
    for _ in range(3000):
        index = torch.randperm(len(captions), generator=generator)
        if (captions[index] != captions).any(1).all():
            return index
    raise RuntimeError("no permutation found")
