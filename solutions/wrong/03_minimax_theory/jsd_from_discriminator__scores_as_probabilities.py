# hint: Scores are no probabilities
import math


def jsd_from_discriminator(scores_real, scores_fake):
    return (scores_real.log().mean() + (1 - scores_fake).log().mean() + math.log(4)) / 2
