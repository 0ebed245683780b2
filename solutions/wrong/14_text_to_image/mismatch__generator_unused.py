# hint: Hand it on to each random function
def mismatch(captions, generator=None):
    differs = (captions[:, None] != captions[None]).any(2)
    if not differs.any():
        raise ValueError("all the same")
    return torch.multinomial(differs.double(), 1)[:, 0]
