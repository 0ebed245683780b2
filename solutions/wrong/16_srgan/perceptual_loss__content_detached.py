# hint: its slope by content is not
def perceptual_loss(content, fake_scores, weight=1e-3):
    return content.item() + weight * softplus(-fake_scores).mean()
