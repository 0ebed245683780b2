"""Precision of ranked tags against a count by hand."""

import pytest
import torch

from coursekit.metrics.tagging import precision_at_k

TAGS = torch.tensor([[0, 3, 1], [2, 0, 3]])
TRUTH = torch.tensor([[True, False, False, True], [False, True, False, True]])


@pytest.mark.parametrize(("k", "expected"), [(1, (1 + 0) / 2), (2, (1 + 0) / 2), (3, (2 / 3 + 1 / 3) / 2)])
def test_precision_counts_true_tags_among_the_first_k(k, expected):
    assert precision_at_k(TAGS, TRUTH, k) == pytest.approx(expected)


def test_k_beyond_the_tags_and_other_images_are_refused():
    with pytest.raises(ValueError, match="there are 3 tags an image"):
        precision_at_k(TAGS, TRUTH, 4)
    with pytest.raises(ValueError, match="must be from 1"):
        precision_at_k(TAGS, TRUTH, 0)
    with pytest.raises(ValueError, match="must be the same images"):
        precision_at_k(TAGS, TRUTH[:1], 2)
