# hint: also where fewer than k tags are true


def precision_at_k(tags, truth, k):
    found = truth.gather(1, tags[:, :k]).double().sum(1)
    return (found / truth.sum(1).clamp(1, k)).mean().item()
