# hint: yours runs over all rows


def projection_score(features, label_embedding, base_score):
    return base_score + (features * label_embedding).sum()
