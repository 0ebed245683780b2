"""Captions to pictures (Reed et al. 2016): text encoders, and the pair that meets the text's code."""

import torch
from torch import Tensor, nn

from coursekit.nets.dcgan import levels


def depth_concat(features: Tensor, code: Tensor) -> Tensor:
    """Features (N, C, H, W) with the code (N, T) repeated at every place: (N, C + T, H, W) (Reed et al., sec. 4.1)."""
    n, _, height, width = features.shape
    if len(code) != n:
        raise ValueError(f"got {n} feature maps and {len(code)} codes: give one code (N, T) for each")
    return torch.cat([features, code[:, :, None, None].expand(-1, -1, height, width)], 1)


def interpolate_captions(a: Tensor, b: Tensor, beta: float) -> Tensor:
    """beta a + (1 - beta) b, of codes (N, T): the code of no caption, between two of them (Reed et al., eq. 5)."""
    return beta * a + (1 - beta) * b


class CaptionEncoder(nn.Module):
    """Ids of words (N, L), 0 behind the last one -> codes (N, code): a GRU that reads word after word.

    The code is a linear map of the GRU's state after the last word, so padding changes nothing; each of its numbers
    is standardised over the captions.
    """

    def __init__(self, n_words: int, code: int = 32, embedding: int = 32, hidden: int = 64):
        super().__init__()
        self.words = nn.Embedding(n_words + 1, embedding, padding_idx=0)
        self.reader = nn.GRU(embedding, hidden, batch_first=True)
        self.code = nn.Sequential(nn.Linear(hidden, code), nn.BatchNorm1d(code, affine=False))

    def forward(self, tokens: Tensor) -> Tensor:
        states, _ = self.reader(self.words(tokens))
        last = (tokens != 0).sum(1).clamp(min=1) - 1
        return self.code(states[torch.arange(len(tokens), device=tokens.device), last])


class BagOfWords(nn.Module):
    """Ids of words (N, L) -> codes (N, code): the sum of one vector a word, standardised; their order is lost."""

    def __init__(self, n_words: int, code: int = 32):
        super().__init__()
        self.words = nn.Embedding(n_words + 1, code, padding_idx=0)
        self.scale = nn.BatchNorm1d(code, affine=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.scale(self.words(tokens).sum(1))


class PictureEncoder(nn.Module):
    """Pictures (N, channels, size, size) -> codes (N, code), for matching with those of captions."""

    def __init__(self, size: int = 16, channels: int = 3, code: int = 32, width: int = 32):
        super().__init__()
        smallest, n = levels(size)
        layers: list[nn.Module] = []
        for k in range(n):
            n_in, n_out = (width << (k - 1) if k else channels), width << k
            layers += [nn.Conv2d(n_in, n_out, 4, 2, 1, bias=False), nn.BatchNorm2d(n_out), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, nn.Flatten(), nn.Linear((width << (n - 1)) * smallest**2, code))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class TextGenerator(nn.Module):
    """(z, code) -> pictures (N, channels, size, size) in [-1, 1].

    The code goes through a linear layer with leaky ReLU and is joined to the noise (Reed et al. 2016, sec. 4.1). The
    rest is a DCGAN's generator in which every transposed convolution meets the two again, at every place. z is
    (N, latent), code (N, T).
    """

    def __init__(
        self, size: int = 16, channels: int = 3, latent: int = 16, code: int = 32, width: int = 32, text: int = 64
    ):
        super().__init__()
        smallest, n = levels(size)
        self.text = nn.Sequential(nn.Linear(code, text), nn.LeakyReLU(0.2))
        wanted, widths = latent + text, [*(width << k for k in reversed(range(n))), width]
        self.first = nn.ConvTranspose2d(wanted, widths[0], smallest, bias=False)
        pairs = zip(widths, widths[1:], strict=False)
        self.ups = nn.ModuleList(nn.ConvTranspose2d(a + wanted, b, 4, 2, 1, bias=False) for a, b in pairs)
        self.norms = nn.ModuleList(nn.BatchNorm2d(n) for n in widths)
        self.last = nn.Conv2d(width, channels, 3, padding=1)

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        wanted = torch.cat([z, self.text(code)], 1)
        x = self.norms[0](self.first(wanted[:, :, None, None])).relu()
        for up, norm in zip(self.ups, self.norms[1:], strict=True):
            x = norm(up(depth_concat(x, wanted))).relu()
        return torch.tanh(self.last(x))


class TextDiscriminator(nn.Module):
    """(pictures, code) -> scores (N, 1): does the picture look real, and does it show what the code says?

    Strided convolutions down to 4 x 4; there the code, after a linear layer with leaky ReLU, is repeated at every place
    and joined (Reed et al. 2016, sec. 4.1); a convolution over one pixel mixes the two, one over all that is left
    scores. Batch normalisation after all but the first and the last.
    """

    def __init__(self, size: int = 16, channels: int = 3, code: int = 32, width: int = 64, text: int = 64):
        super().__init__()
        smallest, n = levels(size)
        self.text = nn.Sequential(nn.Linear(code, text), nn.LeakyReLU(0.2))
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for k in range(1, n):
            n_in, n_out = width << (k - 1), width << k
            layers += [nn.Conv2d(n_in, n_out, 4, 2, 1, bias=False), nn.BatchNorm2d(n_out), nn.LeakyReLU(0.2)]
        self.features = nn.Sequential(*layers)
        wide = width << (n - 1)
        mix = nn.Conv2d(wide + text, wide, 1, bias=False)
        self.mixed = nn.Sequential(mix, nn.BatchNorm2d(wide), nn.LeakyReLU(0.2))
        self.score = nn.Conv2d(wide, 1, smallest)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        return self.score(self.mixed(depth_concat(self.features(x), self.text(code)))).flatten(1)
