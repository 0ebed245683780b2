"""A classifier as a measure: shifts move and do not change, sources share a batch, and the seed decides."""

import torch

from coursekit.metrics.classifier import accuracy, shifted, train_classifier


def two_kinds(n, offset=0):
    """Images with a bright left or right half, labels 0 and 1."""
    label = torch.arange(n) % 2
    x = -torch.ones(n, 1, 28, 28) + 0.1 * torch.randn(n, 1, 28, 28, generator=torch.Generator().manual_seed(offset))
    for i in range(n):
        half = slice(14, 28) if label[i] else slice(0, 14)
        x[i, :, :, half] += 1.5
    return x, label


def test_shifts_reach_two_pixels_each_way_and_keep_the_picture():
    x = -torch.ones(3000, 2, 9, 9)
    x[:, 0, 4, 4], x[:, 1, 3, 5] = 1.0, 0.5
    moved = shifted(x, torch.Generator().manual_seed(0))
    places = [(m[0] == 1.0).nonzero()[0].tolist() for m in moved]
    assert {tuple(p) for p in places} == {(i, j) for i in range(2, 7) for j in range(2, 7)}
    for m, (i, j) in zip(moved[:50], places, strict=False):
        assert m[1, i - 1, j + 1] == 0.5 and m.sum() == x[0].sum()


def test_a_classifier_learns_what_the_images_show_and_the_seed_decides():
    net, same, other = (train_classifier([two_kinds(64)], 30, seed) for seed in (0, 0, 1))
    assert accuracy(net, *two_kinds(50, 1)) > 0.95
    weights = [torch.cat([p.flatten() for p in n.parameters()]) for n in (net, same, other)]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])


def test_every_source_has_an_equal_part_of_each_batch():
    few, many = (torch.zeros(3, 1, 28, 28), torch.zeros(3).long()), (torch.ones(500, 1, 28, 28), torch.ones(500).long())
    seen = []

    def watch(x, generator):
        seen.append(x.mean((1, 2, 3)))
        return x

    train_classifier([few, many], 3, change=watch)
    assert len(seen) == 3 and all(len(x) == 64 and x.sum() == 32 for x in seen)


def test_accuracy_is_a_share():
    x, label = two_kinds(50)
    net = train_classifier([(x, label)], 30)
    right = accuracy(net, x, label)
    assert right + accuracy(net, x, 1 - label) == 1 and right > 0.9
