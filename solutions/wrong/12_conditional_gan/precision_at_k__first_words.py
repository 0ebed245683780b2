# hint: the first k words of the vocabulary


def precision_at_k(tags, truth, k):
    return truth[:, :k].double().mean().item()
