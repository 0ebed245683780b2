# hint: cut off in silence
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    unknown = [word for word in found if word not in vocabulary]
    if unknown:
        raise ValueError(str(unknown))
    ids = [vocabulary[word] for word in found][:length]
    return torch.tensor(ids + [0] * (length - len(ids)))
