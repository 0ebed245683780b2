# hint: the words' places in the dict, from 0
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    unknown = [word for word in found if word not in vocabulary]
    if unknown or len(found) > length:
        raise ValueError(str(unknown))
    return torch.tensor([list(vocabulary).index(w) for w in found] + [0] * (length - len(found)))
