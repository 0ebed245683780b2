# hint: fill up with zeros
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    unknown = [word for word in found if word not in vocabulary]
    if unknown or len(found) > length:
        raise ValueError(str(unknown))
    return torch.tensor([vocabulary[w] for w in found])
