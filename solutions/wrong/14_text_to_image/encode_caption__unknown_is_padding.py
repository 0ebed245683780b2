# hint: Unknown words are dropped in silence, or get an id
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    if len(found) > length:
        raise ValueError("too long")
    return torch.tensor([vocabulary.get(word, 0) for word in found] + [0] * (length - len(found)))
