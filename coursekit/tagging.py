"""Image tagging after Mirza and Osindero 2014, section 4.2, on captioned scenes: a GAN that draws word vectors.

Several tags hold for one picture. Each training pair is a picture and the vector of one tag that somebody gave it; the
generator draws vectors for a picture, and the words nearest to many draws become its tags.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss, normalize

from coursekit.data.captions import ATTRIBUTES, SYNONYMS, Scenes, caption, scenes, words_of
from coursekit.data.streams import Batches, Latent, turned
from coursekit.data.word_vectors import word_vectors
from coursekit.fit import fit
from coursekit.metrics.tagging import precision_at_k
from coursekit.nets.average import Average
from coursekit.nets.mlp import leaky_relu, mlp
from coursekit.penalties import r1
from coursekit.recipes import falling
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.steps.supervised import supervised

VALUES = tuple((kind, value) for kind, values in ATTRIBUTES.items() for value in values)
TAGS = tuple(word for _, value in VALUES for word in SYNONYMS.get(value, (value,)))  # every word that says something
LATENT = 16  # numbers of noise
N_FEATURES = 64  # of a picture
N_DRAWS = 100  # samples a picture; the paper's number
N_STEPS, BATCH = 600, 128


@dataclass(frozen=True)
class Tagged:
    """Scenes, the tags that a user gave each (N, V) bool, and all tags that hold (N, V) bool; V words of `TAGS`."""

    scenes: Scenes
    user: Tensor
    truth: Tensor

    def __len__(self) -> int:
        return len(self.user)

    @property
    def pictures(self) -> Tensor:
        """The pictures as rows of numbers in [-1, 1], (N, 768)."""
        return self.scenes.floats().flatten(1)

    def batches(self, inputs: Tensor, vectors: Tensor, batch_size: int, seed: int = 0) -> Batches:
        """An endless stream of (vector of a tag, inputs of its picture): a picture, then one of its user's tags.

        `inputs` (N, p) has a row for each picture, its pixels or features; `vectors` (V, d) one for each tag.
        """

        def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
            index = torch.randint(len(self), (n,), generator=generator)
            word = torch.multinomial(self.user[index].float(), 1, generator=generator)[:, 0]
            return vectors[word], inputs[index]

        return Batches(draw, batch_size, seed)


def true_tags(attributes: Tensor) -> Tensor:
    """Which words of TAGS hold, bool (N, V), for attributes (N, 5): each value's own word and its synonyms."""
    columns = []
    for k, (_kind, values) in enumerate(ATTRIBUTES.items()):
        for number, value in enumerate(values):
            columns += [attributes[:, k] == number] * len(SYNONYMS.get(value, (value,)))
    return torch.stack(columns, 1)


def said(text: str) -> list[int]:
    """The indices in TAGS of the words of a caption that are tags, in order."""
    return [TAGS.index(word) for word in words_of(text) if word in TAGS]


def tagged_scenes(n: int, seed: int = 0, n_tags: int = 2, combos: Tensor | None = None) -> Tagged:
    """`n` scenes, each with `n_tags` of the five tags in its caption as its user's tags."""
    drawn, chance = scenes(n, seed, combos), random.Random(seed)
    user = torch.zeros(n, len(TAGS), dtype=torch.bool)
    for row, text in zip(user, drawn.captions, strict=True):
        row[chance.sample(said(text), n_tags)] = True
    return Tagged(drawn, user, true_tags(drawn.attributes))


def tag_documents(data: Tagged, n_captions: int, seed: int = 0) -> Tensor:
    """The tags in `n_captions` captions of each scene as one text, int64 (N, 5 n_captions); ids from 1."""
    chance = random.Random(seed)
    several = [
        [k + 1 for _ in range(n_captions) for k in said(caption(one, chance))]
        for one in data.scenes.attributes.tolist()
    ]
    return torch.tensor(several)


def tag_vectors(data: Tagged, size: int, n_captions: int = 3) -> Tensor:
    """Vectors of length 1 for the words of TAGS, (V, size), from `n_captions` captions of each scene."""
    return normalize(word_vectors(tag_documents(data, n_captions), len(TAGS) + 1, size)[1:], dim=1)


class TagGenerator(nn.Module):
    """G(z, features of a picture) -> a word vector (N, size): noise and picture each through a layer, then joined."""

    def __init__(self, size: int, n_features: int = N_FEATURES, width: int = 128):
        super().__init__()
        self.noise = nn.Sequential(nn.Linear(LATENT, width), nn.ReLU())
        self.picture = nn.Sequential(nn.Linear(n_features, width), nn.ReLU())
        self.joint = mlp((2 * width, width, size), nn.ReLU)

    def forward(self, z: Tensor, picture: Tensor) -> Tensor:
        return self.joint(torch.cat([self.noise(z), self.picture(picture)], 1))


class TagDiscriminator(nn.Module):
    """D(word vector, features of a picture) -> scores (N, 1): each through a layer, then joined."""

    def __init__(self, size: int, n_features: int = N_FEATURES, width: int = 128):
        super().__init__()
        self.word = nn.Sequential(nn.Linear(size, width), leaky_relu())
        self.picture = nn.Sequential(nn.Linear(n_features, width), leaky_relu())
        self.joint = mlp((2 * width, width, 1), leaky_relu)

    def forward(self, vector: Tensor, picture: Tensor) -> Tensor:
        return self.joint(torch.cat([self.word(vector), self.picture(picture)], 1))


def train_regression(data: Tagged, vectors: Tensor, n_steps: int = N_STEPS, seed: int = 0) -> nn.Sequential:
    """Pictures (N, 768) -> the mean vector (N, d) of a user's tags, by least squares; 64 features before the end."""
    torch.manual_seed(seed)
    net = mlp((data.pictures.shape[1], 128, N_FEATURES, vectors.shape[1]), nn.ReLU)
    step = supervised(net, torch.optim.Adam(net.parameters(), 1e-3), mse_loss)
    fit(step, turned(data.batches(data.pictures, vectors, BATCH, seed)), n_steps, progress=False)
    return net.requires_grad_(False).eval()


def reader_of(net: nn.Sequential, data: Tagged) -> Callable[[Tensor], Tensor]:
    """pictures (n, 768) -> features (n, 64): what the regression's last layer sees, standardised over `data`."""
    seen = net[:-1](data.pictures)
    mean, sd = seen.mean(0), seen.std(0) + 1e-3
    return lambda pictures: (net[:-1](pictures) - mean) / sd


def train_tagger(data: Tagged, features: Tensor, vectors: Tensor, n_steps: int = N_STEPS, seed: int = 0) -> nn.Module:
    """The averaged G(z, features) of a conditional GAN on pairs of a tag's vector and its picture's features (N, 64).

    Non-saturating loss, R1 of weight 0.2, Adam 1e-3 (0, 0.9) with a falling rate.
    """
    torch.manual_seed(seed)
    G, D = TagGenerator(vectors.shape[1]), TagDiscriminator(vectors.shape[1])
    adams = [torch.optim.Adam(net.parameters(), 1e-3, (0.0, 0.9)) for net in (G, D)]
    rates = [torch.optim.lr_scheduler.LambdaLR(a, partial(falling, n_steps, 0.05)) for a in adams]
    average = Average(G, 0.99)
    follow = (average, lambda n, losses: [rate.step() for rate in rates])
    step = adversarial(Game(G, D, *adams, Latent(LATENT, seed + 1)), penalty=partial(r1, weight=0.2))
    fit(step, data.batches(features, vectors, BATCH, seed + 2), n_steps, follow, progress=False)
    return average.net.eval()


def generate_tags(samples: Tensor, vectors: Tensor, n_nearest: int, n_tags: int) -> Tensor:
    """The `n_tags` words with the most votes, most first, int64 (n_tags,), from samples (S, d) for one picture.

    Each sample votes for its `n_nearest` words by cosine among vectors (V, d); ties go to the lower index (Mirza and
    Osindero 2014, sec. 4.2: 100 samples, 20 nearest, 10 tags). Raises ValueError where more words are asked for than
    there are.
    """
    if not 1 <= n_nearest <= len(vectors) or not 1 <= n_tags <= len(vectors):
        raise ValueError(
            f"n_nearest={n_nearest} and n_tags={n_tags} must be from 1 to the number of words, {len(vectors)}"
        )
    cosine = normalize(samples, dim=1) @ normalize(vectors, dim=1).T
    votes = torch.bincount(cosine.topk(n_nearest).indices.flatten(), minlength=len(vectors))
    return votes.argsort(descending=True, stable=True)[:n_tags]


@torch.no_grad()
def draws(G: nn.Module, features: Tensor, seed: int = 0) -> Tensor:
    """100 word vectors for each picture, (N, 100, d)."""
    z = Latent(LATENT, seed)(N_DRAWS * len(features))
    return G(z, features.repeat_interleave(N_DRAWS, 0)).unflatten(0, (-1, N_DRAWS))


def nearest_tags(predicted: Tensor, vectors: Tensor, n_tags: int) -> Tensor:
    """The `n_tags` words nearest by cosine to one vector a picture (N, d), nearest first, int64 (N, n_tags)."""
    return (normalize(predicted, dim=1) @ normalize(vectors, dim=1).T).topk(n_tags).indices


def popular_tags(data: Tagged, n: int, n_tags: int) -> Tensor:
    """The tags that users gave most often, the same for each of `n` pictures, int64 (n, n_tags)."""
    return data.user.sum(0).argsort(descending=True, stable=True)[:n_tags].expand(n, -1)


def tagging_figures(size: int, seed: int, n_nearest: int = 2) -> dict[str, float]:
    """Precision at 1, 3 and 5 of three taggers on 500 new scenes, and the share of draws whose nearest word holds."""
    train, test = tagged_scenes(3000, seed), tagged_scenes(500, 1000 + seed)
    vectors = tag_vectors(train, size)
    net = train_regression(train, vectors, seed=seed)
    read = reader_of(net, train)
    samples = draws(train_tagger(train, read(train.pictures), vectors, seed=seed), read(test.pictures))
    tags = {
        "gan": torch.stack([generate_tags(one, vectors, n_nearest, 5) for one in samples]),
        "regression": nearest_tags(net(test.pictures), vectors, 5),
        "popularity": popular_tags(train, len(test), 5),
    }
    found = {f"{name}_{k}": precision_at_k(t, test.truth, k) for name, t in tags.items() for k in (1, 3, 5)}
    hit = nearest_tags(samples.flatten(0, 1), vectors, 1).view(len(test), -1)
    found["draws_right"] = precision_at_k(hit, test.truth, N_DRAWS)
    return {name: round(value, 4) for name, value in found.items()}
