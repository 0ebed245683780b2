# hint: The case does not count
def encode_caption(caption, vocabulary, length):
    found = caption.replace(",", " ").replace(".", " ").split()
    unknown = [word for word in found if word not in vocabulary]
    if unknown or len(found) > length:
        raise ValueError(str(unknown))
    return torch.tensor([vocabulary[w] for w in found] + [0] * (length - len(found)))
