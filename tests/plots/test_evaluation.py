"""The pictures of lecture 08 show what was counted."""

import torch
from matplotlib.patches import Circle

from coursekit.metrics.precision_recall import precision_recall
from coursekit.plots.evaluation import balls, distance_histograms


def test_filled_points_are_precision_on_the_left_and_recall_on_the_right():
    generator = torch.Generator().manual_seed(0)
    real, fake = torch.randn(30, 2, generator=generator), 0.5 + 0.6 * torch.randn(20, 2, generator=generator)
    panels = balls(real.double(), fake.double(), k=3).axes
    shares = []
    for axis, n in zip(panels, (30, 20), strict=True):
        assert sum(isinstance(patch, Circle) for patch in axis.patches) == n
        filled, hollow = (len(line.get_xdata()) for line in axis.lines)
        shares.append(filled / (filled + hollow))
    assert tuple(shares) == precision_recall(real, fake, k=3)


def test_histograms_count_every_image_and_share_their_bins():
    figure = distance_histograms({"held out": torch.tensor([1.0, 2, 2]), "copies": torch.zeros(5)}, "distance", 4)
    heights = [patch.get_xy()[:, 1].max() for patch in figure.axes[0].patches]
    assert heights == [2, 5]
    assert figure.axes[0].get_legend().get_texts()[1].get_text() == "copies"
