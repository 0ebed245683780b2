# hint: they are whole numbers
def encode_caption(caption, vocabulary, length):
    found = caption.lower().replace(",", " ").replace(".", " ").split()
    unknown = [word for word in found if word not in vocabulary]
    if unknown or len(found) > length:
        raise ValueError(str(unknown))
    ids = torch.zeros(length)
    for k, word in enumerate(found):
        ids[k] = vocabulary[word]
    return ids
