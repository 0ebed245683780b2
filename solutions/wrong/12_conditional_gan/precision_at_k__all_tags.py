# hint: k is not used


def precision_at_k(tags, truth, k):
    return truth.gather(1, tags).double().mean().item()
