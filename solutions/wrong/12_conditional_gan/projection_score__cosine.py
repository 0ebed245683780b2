# hint: That is the cosine
from torch.nn.functional import cosine_similarity


def projection_score(features, label_embedding, base_score):
    return base_score + cosine_similarity(features, label_embedding)[:, None]
