# hint: That is always the default weight
def perceptual_loss(content, fake_scores, weight=1e-3):
    return content + 1e-3 * softplus(-fake_scores).mean()
