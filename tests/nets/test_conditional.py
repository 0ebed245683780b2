"""Nets that are told a class: what the label does to each score, and what it does not."""

import pytest
import torch

from coursekit.nets.conditional import (
    AuxiliaryDiscriminator,
    ProjectionDiscriminator,
    concat_discriminator,
    concat_label,
    conditional_generator,
    projection_score,
)
from coursekit.nets.spectral import spectral_norm

LABEL = torch.tensor([2, 0, 1])


def test_a_label_becomes_a_one_hot_vector_behind_the_features():
    joined = concat_label(torch.tensor([[5.0, 6.0], [7.0, 8.0], [9.0, 1.0]]), LABEL, 3)
    assert joined.tolist() == [[5, 6, 0, 0, 1], [7, 8, 1, 0, 0], [9, 1, 0, 1, 0]]


def test_a_label_becomes_constant_planes_behind_the_channels():
    x = torch.randn(3, 2, 4, 5, dtype=torch.float64)
    joined = concat_label(x, LABEL, 4)
    assert joined.shape == (3, 6, 4, 5) and joined.dtype == torch.float64
    assert torch.equal(joined[:, :2], x)
    for row, label in zip(joined[:, 2:], LABEL.tolist(), strict=True):
        for k, plane in enumerate(row):
            assert (plane == float(k == label)).all()


@pytest.mark.parametrize("label", [[0, 1, 3], [-1, 0, 1]])
def test_labels_out_of_range_are_refused(label):
    with pytest.raises(ValueError, match="n_classes=3 has 0 to 2"):
        concat_label(torch.zeros(3, 2), torch.tensor(label), 3)


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match="one label for each row"):
        concat_label(torch.zeros(3, 2), LABEL[:2], 3)
    with pytest.raises(ValueError, match=r"\(N, d\) or \(N, C, H, W\)"):
        concat_label(torch.zeros(3, 2, 2), LABEL, 3)
    with pytest.raises(ValueError, match="look the labels up"):
        projection_score(torch.zeros(3, 2), torch.zeros(1, 2), torch.zeros(3, 1))


def test_the_projection_adds_an_inner_product_a_row():
    score = projection_score(
        torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[5.0, 6.0], [0.0, 1.0]]), torch.ones(2, 1)
    )
    assert score.tolist() == [[18.0], [5.0]]


@pytest.mark.parametrize("make", [concat_discriminator, ProjectionDiscriminator, AuxiliaryDiscriminator])
def test_a_score_depends_on_its_own_image_and_label_alone(make):
    D, x = make(28, 1, 4, 3, spectral_norm).eval(), torch.randn(3, 1, 28, 28)
    alone = torch.cat([D(x[i : i + 1], LABEL[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(D(x, LABEL), alone)
    assert (D(x, LABEL) - D(x, (LABEL + 1) % 3)).abs().amax(1).min() > 1e-6


def test_two_labels_of_an_image_differ_by_the_projection_on_the_difference_of_their_rows():
    D, x = ProjectionDiscriminator(28, 1, 4, 3).eval(), torch.randn(3, 1, 28, 28)
    rows, features = D.classes.weight, D.base.features(x).flatten(1)
    expected = torch.einsum("nd,nd->n", features, rows[LABEL] - rows[(LABEL + 1) % 3])
    torch.testing.assert_close((D(x, LABEL) - D(x, (LABEL + 1) % 3))[:, 0], expected)


def test_the_auxiliary_column_is_a_distribution_over_labels_and_the_score_does_not_see_the_label():
    D, x = AuxiliaryDiscriminator(28, 1, 4, 3).eval(), torch.randn(5, 1, 28, 28)
    columns = torch.stack([D(x, torch.full((5,), k)) for k in range(3)])
    torch.testing.assert_close(columns[:, :, 1].exp().sum(0), torch.ones(5))
    assert torch.equal(columns[0, :, 0], columns[1, :, 0]) and columns[0, :, 0].std() > 0
    torch.testing.assert_close(columns[0, :, :1], D.base(x))


def test_the_generator_draws_another_image_for_another_label():
    G = conditional_generator(width=4, n_classes=3).eval()
    z = torch.randn(3, 64)
    x = G(z, LABEL)
    assert x.shape == (3, 1, 28, 28) and x.abs().max() <= 1
    assert ((x - G(z, (LABEL + 1) % 3)).abs().flatten(1).amax(1) > 1e-4).all()
