# hint: Its message names every unknown word
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    for word in found:
        if word not in vocabulary:
            raise ValueError(f"unknown word {word!r}")
    if len(found) > length:
        raise ValueError("too long")
    return torch.tensor([vocabulary[word] for word in found] + [0] * (length - len(found)))
