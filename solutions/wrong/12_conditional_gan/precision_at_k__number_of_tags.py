# hint: That is a number of tags: divide by k


def precision_at_k(tags, truth, k):
    return truth.gather(1, tags[:, :k]).double().sum(1).mean().item()
