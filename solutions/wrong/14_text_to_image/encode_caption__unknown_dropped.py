# hint: Unknown words are dropped in silence
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    if len(found) > length:
        raise ValueError("too long")
    ids = [vocabulary[word] for word in found if word in vocabulary]
    return torch.tensor(ids + [0] * (length - len(ids)))
