"""Text encoders, and the pair that meets the text's code at 4 x 4."""

import pytest
import torch

from coursekit.nets.text_to_image import (
    BagOfWords,
    CaptionEncoder,
    PictureEncoder,
    TextDiscriminator,
    TextGenerator,
    depth_concat,
    interpolate_captions,
)


def test_depth_concat_keeps_the_features_and_repeats_the_code_at_every_place():
    features, code = torch.randn(3, 5, 4, 2), torch.randn(3, 6)
    joined = depth_concat(features, code)
    assert joined.shape == (3, 11, 4, 2) and torch.equal(joined[:, :5], features)
    for y in range(4):
        for x in range(2):
            assert torch.equal(joined[:, 5:, y, x], code)


def test_a_code_for_another_number_of_pictures_is_refused():
    with pytest.raises(ValueError, match="3 feature maps and 1 codes"):
        depth_concat(torch.randn(3, 5, 4, 4), torch.randn(1, 6))


def test_interpolation_begins_at_b_and_ends_at_a():
    a, b = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 4.0]])
    assert torch.equal(interpolate_captions(a, b, 0.25), torch.tensor([[0.25, 3.0]]))
    assert torch.equal(interpolate_captions(a, b, 1.0), a) and torch.equal(interpolate_captions(a, b, 0.0), b)


@pytest.mark.parametrize("encoder", [CaptionEncoder(9, code=4), BagOfWords(9, code=4)])
def test_padding_does_not_change_a_code(encoder):
    encoder.eval()
    short, padded = torch.tensor([[3, 1, 2]]), torch.tensor([[3, 1, 2, 0, 0, 0]])
    torch.testing.assert_close(encoder(short), encoder(padded))


def test_the_order_of_words_counts_for_the_recurrent_encoder_only():
    red_not_blue, blue_not_red = torch.tensor([[1, 5, 3]]), torch.tensor([[3, 5, 1]])
    gru, bag = CaptionEncoder(9, code=4).eval(), BagOfWords(9, code=4).eval()
    assert (gru(red_not_blue) - gru(blue_not_red)).abs().max() > 1e-3
    torch.testing.assert_close(bag(red_not_blue), bag(blue_not_red))


def test_the_recurrent_code_is_that_of_torchs_gru_after_the_last_word():
    encoder = CaptionEncoder(9, code=4, embedding=6, hidden=8).eval()
    words = torch.tensor([[2, 7, 1, 0], [4, 0, 0, 0]])
    for row, n in zip(words, (3, 1), strict=True):
        state = encoder.reader(encoder.words(row[None, :n]))[1][0]
        torch.testing.assert_close(encoder(row[None]), encoder.code(state))


@pytest.mark.parametrize("size", [16, 32])
def test_the_nets_take_16_and_32_pixels(size):
    code, z = torch.randn(2, 32), torch.randn(2, 16)
    pictures = TextGenerator(size, width=8)(z, code)
    assert pictures.shape == (2, 3, size, size) and pictures.abs().max() <= 1
    assert TextDiscriminator(size, width=8)(pictures, code).shape == (2, 1)
    assert PictureEncoder(size, width=8)(pictures).shape == (2, 32)


def test_the_generator_hears_the_noise_and_the_code_and_the_discriminator_both_its_inputs():
    torch.manual_seed(0)
    G, D = TextGenerator(width=8).eval(), TextDiscriminator(width=8).eval()
    code, z, x = torch.randn(1, 32), torch.randn(1, 16), torch.randn(1, 3, 16, 16)
    assert (G(z, code) - G(z, -code)).abs().max() > 1e-3 and (G(z, code) - G(-z, code)).abs().max() > 1e-3
    assert (D(x, code) - D(x, -code)).abs() > 1e-4 and (D(x, code) - D(-x, code)).abs() > 1e-4
