# hint: A sigmoid was taken twice
def perceptual_loss(content, fake_scores, weight=1e-3):
    return content + weight * softplus(-torch.sigmoid(fake_scores)).mean()
