# hint: the k-th tag alone


def precision_at_k(tags, truth, k):
    return truth.gather(1, tags[:, k - 1 : k]).double().mean().item()
