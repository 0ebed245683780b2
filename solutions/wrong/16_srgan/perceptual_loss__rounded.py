# hint: the logarithm of a rounded or clamped sigmoid is not
def perceptual_loss(content, fake_scores, weight=1e-3):
    return content - weight * torch.log(torch.sigmoid(fake_scores)).mean()
