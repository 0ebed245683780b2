# hint: The base score is missing


def projection_score(features, label_embedding, base_score):
    return (features * label_embedding).sum(1, keepdim=True)
