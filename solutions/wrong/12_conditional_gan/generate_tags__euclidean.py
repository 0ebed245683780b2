# hint: That is the Euclidean distance
import torch


def generate_tags(samples, vectors, n_nearest, n_tags):
    votes = torch.bincount(
        (-torch.cdist(samples, vectors)).topk(n_nearest).indices.flatten(), minlength=len(vectors)
    )
    return votes.sort(descending=True, stable=True).indices[:n_tags]
