# hint: you divided the columns
import torch
from torch.nn.functional import normalize


def generate_tags(samples, vectors, n_nearest, n_tags):
    votes = torch.bincount(
        (normalize(samples, dim=0) @ normalize(vectors, dim=0).T).topk(n_nearest).indices.flatten(),
        minlength=len(vectors),
    )
    return votes.sort(descending=True, stable=True).indices[:n_tags]
