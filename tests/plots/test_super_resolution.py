"""The plane of distortion and perception shows each run, the means, and the weights."""

import matplotlib.pyplot
import pytest

from coursekit.plots.super_resolution import trade_off

ROWS = [
    {"arm": arm, "weight": weight, "psnr": psnr + seed / 10, "perceptual": distance - seed / 10}
    for arm, weight, psnr, distance in (
        ("bicubic", 0.0, 31.0, 3.0),
        ("SRResNet", 0.0, 33.0, 1.5),
        ("SRGAN", 0.1, 32.0, 1.0),
        ("SRGAN", 0.4, 31.5, 0.6),
    )
    for seed in (0, 1, 2)
]


def test_every_run_has_a_small_mark_and_every_arm_its_means():
    axis = trade_off(ROWS).axes[0]
    small = [line for line in axis.lines if line.get_markersize() == 4]
    assert sorted(x for line in small for x in line.get_xdata()) == pytest.approx(sorted(r["psnr"] for r in ROWS))
    means = {line.get_label(): line for line in axis.lines if line.get_markersize() == 9}
    assert list(means) == ["bicubic", "SRResNet", "SRGAN"]
    assert means["SRGAN"].get_xdata().tolist() == pytest.approx([32.1, 31.6])
    assert means["SRGAN"].get_ydata().tolist() == pytest.approx([0.9, 0.5])
    assert len({line.get_marker() for line in means.values()}) == 3
    assert matplotlib.pyplot.get_fignums() == []


def test_srgans_means_carry_their_weight():
    axis = trade_off(ROWS).axes[0]
    assert [text.get_text().strip() for text in axis.texts] == ["0.1", "0.4"]
