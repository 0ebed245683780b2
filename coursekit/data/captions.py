"""Captioned scenes: pictures of shapes, their exact attributes, and sentences from a small grammar (lesson 14)."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coursekit.data.images import to_float
from coursekit.data.shapes import ATTRIBUTES, REACH, held_out_combos, render, seen_combos
from coursekit.data.streams import Batches

__all__ = ["ATTRIBUTES", "VOCABULARY", "Scenes", "caption", "encode_caption", "mismatch", "scenes"]
__all__ += ["held_out_combos", "seen_combos"]

NOISE = 6.0  # standard deviation of a pixel's noise, of 255
LENGTH = 12  # words of the longest caption of one object
SYNONYMS = {  # a value that has more than one word
    "circle": ("circle", "disc"),
    "small": ("small", "tiny"),
    "large": ("large", "big"),
    "top": ("top", "upper"),
    "bottom": ("bottom", "lower"),
}
TEMPLATES = (  # in brackets: said half of the time
    "[a] {size} {colour} {shape} [at the] {row} {column}",
    "[a] {size} {colour} {shape} in the {row} {column} [corner]",
    "[there is] a {colour} {shape}, {size}, [at the] {row} {column}",
    "[at the] {row} {column} [there is] a {size} {colour} {shape}",
    "the {shape} in the {row} {column} [corner] is {size} and {colour}",
)
CORRECTED = (  # here the order of the words decides: which of two colours was meant?
    "[a] {size} {colour} not {other} {shape} {row} {column}",
    "[a] {size} {shape}, not {other} [but] {colour}, {row} {column}",
)
OTHER_WORDS = ["a", "the", "at", "in", "corner", "there", "is", "and", "but", "not"]


def _words() -> list[str]:
    meant = [word for values in ATTRIBUTES.values() for value in values for word in SYNONYMS.get(value, (value,))]
    return meant + OTHER_WORDS


VOCABULARY: dict[str, int] = {word: k for k, word in enumerate(_words(), 1)}  # 0 is padding


def caption(attributes: Sequence[int], chance: random.Random, templates: Sequence[str] = TEMPLATES) -> str:
    """One sentence about one object with these five attributes, by a template drawn with `chance`."""
    names = {kind: values[k] for (kind, values), k in zip(ATTRIBUTES.items(), attributes, strict=True)}
    words = {kind: chance.choice(SYNONYMS.get(value, (value,))) for kind, value in names.items()}
    words["other"] = chance.choice([c for c in ATTRIBUTES["colour"] if c != names["colour"]])
    parts = chance.choice(templates).replace("]", "[").split("[")  # every second part was in brackets
    kept = [part for k, part in enumerate(parts) if k % 2 == 0 or chance.random() < 0.5]
    return " ".join("".join(kept).format(**words).replace(" ,", ",").split())


def plainly(attributes: Sequence[int]) -> str:
    """The five values as a caption without synonyms: "small red circle top left"."""
    names = {kind: values[k] for (kind, values), k in zip(ATTRIBUTES.items(), attributes, strict=True)}
    return "{size} {colour} {shape} {row} {column}".format(**names)


def words_of(text: str) -> list[str]:
    """The words of a caption in lower case, without commas and full stops."""
    return text.lower().replace(",", " ").replace(".", " ").split()


def encode_caption(caption: str, vocabulary: Mapping[str, int] = VOCABULARY, length: int = LENGTH) -> Tensor:
    """The ids of a caption's words, int64 (length,), with 0 behind the last one.

    Upper case, commas and full stops do not count. Raises ValueError that names every word which `vocabulary` lacks,
    and for a caption of more than `length` words.
    """
    words = words_of(caption)
    if unknown := [word for word in dict.fromkeys(words) if word not in vocabulary]:
        raise ValueError(f"unknown words: {', '.join(unknown)}. The vocabulary has: {', '.join(vocabulary)}")
    if len(words) > length:
        raise ValueError(f"the caption has {len(words)} words, there is room for {length}: say it shorter")
    ids = torch.zeros(length, dtype=torch.int64)
    ids[: len(words)] = torch.tensor([vocabulary[word] for word in words], dtype=torch.int64)
    return ids


def mismatch(captions: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """For each row of `captions`, int64 (N, L), the index of a random row that differs from it: int64 (N,).

    Every row that differs is as likely as any other. Raises ValueError where a row has no different one. (Two captions
    may still mean the same: "small" and "tiny".)
    """
    kind = torch.unique(captions, dim=0, return_inverse=True)[1]
    differs = kind[:, None] != kind[None, :]
    if len(captions) == 0 or not differs.any(1).all():
        raise ValueError(
            f"all {len(captions)} captions are the same, so none can be paired with a wrong one: give at least two "
            "different captions"
        )
    return torch.multinomial(differs.float(), 1, generator=generator)[:, 0]


@dataclass(frozen=True)
class Scenes:
    """Pictures uint8 (N, 3, size, size), attributes int64 (N, 5), or (N, n, 5) for n objects, captions and their ids.

    `tokens` is int64 (N, L), padded with 0. All tensors are on one device.
    """

    images: Tensor
    attributes: Tensor
    captions: list[str]
    tokens: Tensor

    def __len__(self) -> int:
        return len(self.images)

    def floats(self, index: Tensor | slice | None = None) -> Tensor:
        """The pictures at `index`, or all of them, as float32 (n, 3, size, size) in [-1, 1]."""
        return to_float(self.images if index is None else self.images[index])

    def draw(self, n: int, generator: torch.Generator, near: float = 0.0) -> tuple[Tensor, Tensor]:
        """Indices (n,) of scenes, and for each the index of one whose caption is wrong for it.

        A share `near` of the wrong ones are near misses: of scenes that differ in one attribute, each of the five in
        turn. The others differ in their words.
        """
        index = torch.randint(len(self), (n,), generator=generator, device=self.images.device)
        wrong = index[mismatch(self.tokens[index], generator)]
        n_near = round(near * n)
        if n_near:
            wrong[:n_near] = self.near_misses(index[:n_near], generator)
        return index, wrong

    def near_misses(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """For each scene at `index` (n,), of one object, a random other one that differs in one attribute.

        The attribute is any of the five, evenly; where no scene differs in it alone, any other scene does.
        """
        mine = self.attributes[index]
        differs = mine[:, None] != self.attributes[None]
        kind = torch.randint(differs.shape[2], (len(index),), generator=generator, device=index.device)
        only = differs[torch.arange(len(index), device=index.device), :, kind] & (differs.sum(2) == 1)
        only = torch.where(only.any(1, keepdim=True), only, differs.any(2))
        return torch.multinomial(only.float(), 1, generator=generator)[:, 0]

    def batches(self, batch_size: int, seed: int = 0, near: float = 0.0) -> Batches:
        """An endless stream of (picture in [-1, 1], its caption's ids, the ids of a wrong caption); `near` as above."""

        def draw(n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
            index, wrong = self.draw(n, generator, near)
            return self.floats(index), self.tokens[index], self.tokens[wrong]

        return Batches(draw, batch_size, seed, self.images.device)


def scenes(
    n: int,
    seed: int = 0,
    combos: Tensor | None = None,
    size: int = 16,
    n_objects: int = 1,
    templates: Sequence[str] = TEMPLATES,
    device: torch.device | str = "cpu",
) -> Scenes:
    """`n` scenes of `size` pixels with a caption each; combinations of attributes are drawn evenly from `combos`.

    `combos` int64 (K, 5) are those of `seen_combos()` unless given. Objects are shifted to the left or the right by up
    to a sixteenth of the picture, pixels have noise. Two objects lie in different quadrants, and their captions are
    joined by "and". The same seed gives the same scenes.
    """
    combos = seen_combos() if combos is None else combos.cpu()
    if n_objects not in (1, 2):
        raise ValueError(f"n_objects is {n_objects}: a scene has 1 or 2")
    generator, chance = torch.Generator().manual_seed(seed), random.Random(seed)
    attributes = _draw_attributes(n, combos, n_objects, generator)
    across = torch.randint(-REACH, REACH + 1, (n, n_objects), generator=generator)
    shift = torch.stack([torch.zeros_like(across), across], -1)
    noise = NOISE * torch.randn(n, 3, size, size, generator=generator)
    images = (render(attributes, shift, size) + noise).round().clamp(0, 255).to(torch.uint8)
    texts = [" and ".join(caption(one, chance, templates) for one in several) for several in attributes.tolist()]
    room = LENGTH * n_objects + n_objects - 1
    tokens = torch.stack([encode_caption(text, VOCABULARY, room) for text in texts])
    attributes = attributes[:, 0] if n_objects == 1 else attributes
    return Scenes(images.to(device), attributes.to(device), texts, tokens.to(device))


def _draw_attributes(n: int, combos: Tensor, n_objects: int, generator: torch.Generator) -> Tensor:
    """Combinations (n, n_objects, 5), drawn again until two objects of a scene are in different quadrants."""
    chosen = combos[torch.randint(len(combos), (n, n_objects), generator=generator)]
    if n_objects == 1:
        return chosen
    quadrant = combos[:, 3:]
    if (quadrant == quadrant[0]).all():
        raise ValueError("all combinations lie in one quadrant: two objects need two")
    while (same := (chosen[:, 0, 3:] == chosen[:, 1, 3:]).all(1)).any():
        again = torch.randint(len(combos), (int(same.sum()),), generator=generator)
        chosen[same, 1] = combos[again]
    return chosen
