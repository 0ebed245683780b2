# hint: That is the inner product
import torch


def generate_tags(samples, vectors, n_nearest, n_tags):
    votes = torch.bincount(
        (samples @ vectors.T).topk(n_nearest).indices.flatten(), minlength=len(vectors)
    )
    return votes.sort(descending=True, stable=True).indices[:n_tags]
