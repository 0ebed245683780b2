# hint: raise a ValueError that names them
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    if len(found) > length:
        raise ValueError("too long")
    return torch.tensor([vocabulary[word] for word in found] + [0] * (length - len(found)))
