"""The Inception score of class probabilities (Salimans et al. 2016): sure of each image, and even over the classes."""

from torch import Tensor
from torch.special import entr


def inception_score(probs: Tensor) -> float:
    """exp E KL(p(y|x) || p(y)) of probabilities (n, K), each row summing to 1: a number in [1, K], in float64.

    As exp(H(p(y)) - E H(p(y|x))), over all n at once: published figures are the mean and the spread of ten splits. The
    classifier is the caller's, so the figure compares only with those of the same classifier. It sees no real image.
    Raises ValueError where rows do not sum to 1: logits need a softmax first.
    """
    probs = probs.double()
    if probs.dim() != 2 or not len(probs):
        raise ValueError(f"probs have shape {tuple(probs.shape)}: give (n, K), one row an image")
    if probs.min() < 0 or (probs.sum(1) - 1).abs().max() > 1e-4:
        raise ValueError("the rows of probs are no probabilities, which sum to 1: pass logits.softmax(1)")
    return (entr(probs.mean(0)).sum() - entr(probs).sum(1).mean()).exp().item()
