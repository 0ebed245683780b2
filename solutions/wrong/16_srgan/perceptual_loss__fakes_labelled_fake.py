# hint: The fakes are labelled fake
def perceptual_loss(content, fake_scores, weight=1e-3):
    return content + weight * softplus(fake_scores).mean()
