# hint: is a table of all pairs


def projection_score(features, label_embedding, base_score):
    return base_score + features @ label_embedding.T
