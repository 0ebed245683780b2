# hint: divided by the number of tags in the list


def precision_at_k(tags, truth, k):
    return truth.gather(1, tags[:, :k]).sum().item() / tags.numel()
