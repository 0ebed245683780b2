# hint: whether any of the k tags is true


def precision_at_k(tags, truth, k):
    return truth.gather(1, tags[:, :k]).any(1).double().mean().item()
