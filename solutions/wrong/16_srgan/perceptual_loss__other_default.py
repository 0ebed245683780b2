# hint: keep the default of the stub
def perceptual_loss(content, fake_scores, weight=1.0):
    return content + weight * softplus(-fake_scores).mean()
