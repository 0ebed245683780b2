"""Animations: read back with pillow, frame by frame."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from coursekit.plots import animate
from coursekit.plots.style import D_COLOR, D_LINE, FAKE_COLOR, FAKE_LINE, REAL_COLOR, REAL_LINE, new_figure, pixels


def bars(n, size=40):
    """Frame i is white with a black bar of i + 1 columns."""
    frames = np.full((n, size, size, 3), 255, np.uint8)
    for i in range(n):
        frames[i, :, : i + 1] = 0
    return frames


def read(data):
    film = Image.open(io.BytesIO(data))
    for i in range(film.n_frames):
        film.seek(i)
        yield np.asarray(film.convert("RGB")), film.info["duration"]


def test_a_gif_holds_every_frame_in_order_and_holds_the_last():
    frames = bars(5)
    pictures, durations = zip(*read(animate.gif(frames, seconds=0.1, hold=1.5)), strict=True)
    assert np.array_equal(np.stack(pictures), frames)
    assert durations == (100, 100, 100, 100, 1500)
    assert Image.open(io.BytesIO(animate.gif(frames))).info["loop"] == 0


def test_equal_frames_give_equal_bytes():
    assert animate.gif(bars(4)) == animate.gif(bars(4))


def test_the_colours_with_a_meaning_survive():
    figure = new_figure(6.5, 4)
    axis = figure.subplots()
    for height, style in enumerate((REAL_LINE, FAKE_LINE, D_LINE)):
        axis.plot([0, 1], [height, height + 1], **style)
    [(picture, _)] = read(animate.gif([pixels(figure)]))
    for color in (REAL_COLOR, FAKE_COLOR, D_COLOR):
        wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        assert np.abs(picture.astype(int) - wanted).max(axis=2).min() <= 3


def test_a_gif_over_200_kB_is_refused_with_its_size():
    noise = np.random.default_rng(0).integers(0, 256, (12, 300, 300, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"bytes and may have 200,000: use fewer than 12 frames"):
        animate.gif(noise)


def test_no_frames_is_an_error():
    with pytest.raises(ValueError, match="no frames"):
        animate.gif([])


def test_an_animation_is_shown_as_an_image_with_the_caption_as_its_name_and_below_it(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    animate.show_animation([new_figure(1, 1)], 'D moves, "slowly"')
    picture, text = shown
    assert 'alt="D moves, &quot;slowly&quot;"' in picture["text/html"]
    data = base64.b64decode(re.search(r"base64,([^\"]+)", picture["text/html"])[1])
    assert Image.open(io.BytesIO(data)).format == "GIF"
    assert text["text/plain"] == 'D moves, "slowly"'
