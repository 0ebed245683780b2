# hint: The zeros stand behind the last word
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    unknown = [word for word in found if word not in vocabulary]
    if unknown or len(found) > length:
        raise ValueError(str(unknown))
    return torch.tensor([0] * (length - len(found)) + [vocabulary[w] for w in found])
