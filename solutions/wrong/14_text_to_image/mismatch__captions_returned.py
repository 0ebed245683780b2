# hint: Return the index, not the captions
def mismatch(captions, generator=None):
    differs = (captions[:, None] != captions[None]).any(2)
    if not differs.any():
        raise ValueError("all the same")
    return captions[torch.multinomial(differs.double(), 1, generator=generator)[:, 0]]
