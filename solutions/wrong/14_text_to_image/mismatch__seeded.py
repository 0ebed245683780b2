# hint: Draw anew in each call
def mismatch(captions, generator=None):
    differs = (captions[:, None] != captions[None]).any(2)
    if not differs.any():
        raise ValueError("all the same")
    torch.manual_seed(0)
    return torch.multinomial(differs.double(), 1, generator=generator)[:, 0]
