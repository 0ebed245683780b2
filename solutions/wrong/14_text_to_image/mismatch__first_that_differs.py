# hint: Draw anew in each call
def mismatch(captions, generator=None):
    differs = (captions[:, None] != captions[None]).any(2)
    if not differs.any():
        raise ValueError("all the same")
    return differs.int().argmax(1)
