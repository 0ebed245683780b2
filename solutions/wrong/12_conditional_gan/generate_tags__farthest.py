# hint: The nearest words have the *largest* cosine
import torch
from torch.nn.functional import normalize


def generate_tags(samples, vectors, n_nearest, n_tags):
    cosines = normalize(samples, dim=1) @ normalize(vectors, dim=1).T
    votes = torch.bincount((-cosines).topk(n_nearest).indices.flatten(), minlength=len(vectors))
    return votes.sort(descending=True, stable=True).indices[:n_tags]
