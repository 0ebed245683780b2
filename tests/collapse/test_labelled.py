"""The ring with labels: which points share one, and what the counts say of generators that are known."""

import pytest
import torch

from coursekit.collapse.labelled import (
    group_of,
    labelled_batches,
    ring_figures,
    ring_samples,
    train_on_labelled_ring,
)
from coursekit.data.toys import ring


@pytest.mark.parametrize("n_labels", [1, 2, 4, 8])
def test_labels_cut_the_ring_into_groups_of_neighbours(n_labels):
    toy = ring()
    labels = group_of(toy.centers, toy, n_labels)
    assert labels.tolist() == [i // (8 // n_labels) for i in range(8)]
    points, label = next(labelled_batches(toy, n_labels, 500, 0))
    assert torch.equal(label, group_of(points, toy, n_labels)) and len(label.unique()) == n_labels


class Known(torch.nn.Module):
    """A generator that puts each label on the first mode of its group."""

    def __init__(self, n_classes):
        super().__init__()
        self.n_classes = n_classes

    def forward(self, z, label):
        return ring().centers[label * (8 // self.n_classes)]


@pytest.mark.parametrize("n_labels", [1, 4, 8])
def test_a_generator_that_collapses_within_each_label_holds_one_mode_a_label(n_labels):
    assert ring_figures(Known(n_labels))["modes"] == n_labels
    assert ring_figures(Known(n_labels))["good"] == 1.0
    assert len(ring_samples(Known(n_labels), 16).unique(dim=0)) == n_labels


def test_training_is_decided_by_the_seed_and_reaches_both_nets_input():
    G, same, other = (train_on_labelled_ring(4, seed, 3) for seed in (0, 0, 1))
    assert torch.equal(ring_samples(G, 20), ring_samples(same, 20))
    assert not torch.equal(ring_samples(G, 20), ring_samples(other, 20))
    z = torch.randn(5, 32)
    assert not torch.allclose(G(z, torch.zeros(5).long()), G(z, torch.ones(5).long()))


def test_labels_that_cannot_share_the_modes_are_refused():
    with pytest.raises(ValueError, match="3 labels cannot share 8 modes evenly"):
        train_on_labelled_ring(3)
