"""The Inception score against torchmetrics, scipy and the cases that can be done by hand."""

import pytest
import torch
from scipy.stats import entropy

from coursekit.metrics.inception import inception_score


def probabilities(n: int = 200, k: int = 7) -> torch.Tensor:
    logits = 3 * torch.randn(n, k, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return logits.softmax(1)


def test_the_score_is_the_exponential_of_scipys_mean_divergence_from_the_marginal():
    probs = probabilities()
    divergences = entropy(probs.numpy(), probs.numpy().mean(0, keepdims=True), axis=1)
    assert inception_score(probs) == pytest.approx(torch.tensor(divergences).mean().exp().item(), rel=1e-12)


def test_the_score_agrees_with_torchmetrics_on_the_same_logits():
    from torchmetrics.image.inception import InceptionScore

    logits = 3 * torch.randn(400, 5, generator=torch.Generator().manual_seed(1))
    with pytest.warns(UserWarning, match="save all extracted features"):
        theirs = InceptionScore(feature=torch.nn.Identity(), splits=1)
    theirs.update(logits)
    with pytest.warns(UserWarning, match="degrees of freedom"):  # the spread of one split
        mean, _ = theirs.compute()
    assert inception_score(logits.softmax(1)) == pytest.approx(mean.item(), rel=1e-6)


def test_sure_and_even_is_the_number_of_classes_and_anything_constant_is_1():
    assert inception_score(torch.eye(10).repeat(3, 1)) == pytest.approx(10, rel=1e-12)
    assert inception_score(torch.eye(10)[[4, 4, 4]]) == pytest.approx(1, rel=1e-12)
    assert inception_score(torch.full((6, 10), 0.1)) == pytest.approx(1, rel=1e-6)


def test_classes_that_never_occur_cost_nothing():
    assert inception_score(torch.eye(10)[:5]) == pytest.approx(5, rel=1e-12)


@pytest.mark.parametrize("x", [torch.randn(4, 3), torch.ones(4, 3), torch.zeros(0, 3), torch.ones(3) / 3])
def test_what_is_no_table_of_probabilities_is_refused(x):
    with pytest.raises(ValueError, match="probs"):
        inception_score(x)
