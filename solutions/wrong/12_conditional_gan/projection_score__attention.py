# hint: not divided by a root


def projection_score(features, label_embedding, base_score):
    inner = (features * label_embedding).sum(1, keepdim=True)
    return base_score + inner / features.shape[1] ** 0.5
