# hint: Scores are no probabilities
def discriminator_loss(real_scores, fake_scores):
    return -real_scores.log().mean() - (1 - fake_scores).log().mean()
