# hint: no caption is wrong: raise a ValueError
def mismatch(captions, generator=None):
    differs = (captions[:, None] != captions[None]).any(2).double() + 1e-30
    return torch.multinomial(differs, 1, generator=generator)[:, 0]
