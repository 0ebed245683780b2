# hint: you took the last k


def precision_at_k(tags, truth, k):
    return truth.gather(1, tags[:, -k:]).double().mean().item()
