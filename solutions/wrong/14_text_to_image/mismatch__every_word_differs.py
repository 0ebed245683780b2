# hint: Captions that differ in one word are different
def mismatch(captions, generator=None):
    differs = (captions[:, None] != captions[None]).all(2)
    if (captions == captions[0]).all():
        raise ValueError("all the same")
    return torch.multinomial(differs.double(), 1, generator=generator)[:, 0]
