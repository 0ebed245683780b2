# hint: A minus was lost
def perceptual_loss(content, fake_scores, weight=1e-3):
    return content + weight * torch.nn.functional.logsigmoid(fake_scores).mean()
