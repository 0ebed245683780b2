"""Two languages whose probabilities are known exactly: a random Markov chain, and a small grammar of English.

A sentence is a row of word numbers, int64 (length,). The grammar's word 0 is the full stop, which fills the rest of the
row. A generator of text can be held against these exactly, which no real language allows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from coursekit.data.streams import Batches


@dataclass(frozen=True)
class MarkovChain:
    """The first word by `start` (V,), each other by the row of `transition` (V, V) of the word before; float64."""

    start: Tensor
    transition: Tensor
    length: int

    @property
    def n_words(self) -> int:
        return len(self.start)

    def log_probs(self, sentences: Tensor) -> Tensor:
        """log p(word | words before it) in nats: (N, L) int64 -> (N, L) float64; a row's sum is log p(sentence)."""
        first = self.start.log()[sentences[:, :1]]
        return torch.cat([first, self.transition.log()[sentences[:, :-1], sentences[:, 1:]]], 1)

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """n independent sentences, int64 (n, length)."""
        words = [torch.multinomial(self.start, n, replacement=True, generator=generator)]
        while len(words) < self.length:
            words.append(torch.multinomial(self.transition[words[-1]], 1, generator=generator)[:, 0])
        return torch.stack(words, 1)

    def entropy(self) -> float:
        """The entropy of its sentences in nats a word: the sum over positions by the chain rule, over the length."""
        of_rows = -torch.xlogy(self.transition, self.transition).sum(1)
        share, total = self.start, -torch.xlogy(self.start, self.start).sum()
        for _ in range(self.length - 1):
            total, share = total + share @ of_rows, share @ self.transition
        return total.item() / self.length

    def most_likely(self) -> Tensor:
        """The one most probable sentence, int64 (length,), by dynamic programming (Viterbi 1967)."""
        best, came_from = self.start.log(), []
        for _ in range(self.length - 1):
            best, before = (best[:, None] + self.transition.log()).max(0)
            came_from.append(before)
        words = [int(best.argmax())]
        for before in reversed(came_from):
            words.append(int(before[words[-1]]))
        return torch.tensor(words[::-1])


def random_chain(n_words: int = 12, length: int = 8, sharpness: float = 2.0, seed: int = 0) -> MarkovChain:
    """A chain whose probabilities are softmaxes of normal numbers times `sharpness`: 0 is uniform, larger is surer."""
    numbers = torch.randn(n_words + 1, n_words, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    first, *rows = (sharpness * numbers).softmax(1)
    return MarkovChain(first, torch.stack(rows), length)


Rules = Mapping[str, Sequence[tuple[float, str]]]  # symbol -> its alternatives: a weight, and symbols or words

ENGLISH: Rules = {
    "S": [(1, "ONE DOES"), (1, "MANY DO")],
    "ONE": [(2, "NOUN"), (1, "NOUN near SOME")],
    "MANY": [(2, "NOUNS"), (1, "NOUNS near SOME")],
    "DOES": [(1, "sleeps"), (1, "sings"), (2, "sees SOME"), (2, "likes SOME")],
    "DO": [(1, "sleep"), (1, "sing"), (2, "see SOME"), (2, "like SOME")],
    "SOME": [(1, "NOUN"), (1, "NOUNS")],
    "NOUN": [(1, "a BEAST"), (1, "the BEAST")],
    "NOUNS": [(1, "the BEASTS"), (1, "two BEASTS")],
    "BEAST": [(3, "cat"), (2, "dog"), (1, "bird")],
    "BEASTS": [(3, "cats"), (2, "dogs"), (1, "birds")],
}


class Grammar:
    """The sentences of a grammar without recursion, all of them, each with its exact probability.

    `rules` maps a symbol to weighted alternatives; what is no symbol is a word. A derivation starts at "S" and chooses
    among alternatives by weight; a sentence's probability is the sum over its derivations. Raises ValueError where a
    rule leads back to itself.
    """

    def __init__(self, rules: Rules = ENGLISH):
        found = _expansions(rules, "S", ())
        self.words = (".", *sorted({word for sentence in found for word in sentence}))
        self.length = max(len(sentence) for sentence in found) + 1  # room for a full stop behind the longest
        self.n_words = len(self.words)
        if self.length * math.log2(self.n_words) >= 63:
            raise ValueError(
                f"sentences of {self.length} out of {self.n_words} words have more than 2^63 combinations, too many "
                "for one number each: take shorter ones"
            )
        sentences = torch.stack([self.encode(" ".join(sentence)) for sentence in found])
        order = self._keys(sentences).argsort()
        self.sentences = sentences[order]
        self.probabilities = torch.tensor(list(found.values()), dtype=torch.float64)[order]

    @cached_property
    def _sorted_keys(self) -> Tensor:
        return self._keys(self.sentences)

    def _keys(self, sentences: Tensor) -> Tensor:
        """One number for each sentence: its words as digits."""
        return (sentences * self.n_words ** torch.arange(self.length)).sum(1)

    def encode(self, text: str) -> Tensor:
        """The word numbers of a text in lower case without a stop, int64 (length,), filled up with 0."""
        words = text.split()
        unknown = sorted(set(words) - set(self.words))
        if unknown or len(words) > self.length:
            raise ValueError(f"unknown: {', '.join(unknown) or 'none'}; {len(words)} words, at most {self.length}")
        numbers = [self.words.index(word) for word in words]
        return torch.tensor(numbers + [0] * (self.length - len(words)))

    def text(self, sentence: Tensor) -> str:
        """The words of one sentence (length,); the stops that fill the row are left away, stops between words stay."""
        return " ".join(self.words[number] for number in sentence.tolist()).rstrip(". ")

    def log_probability(self, sentences: Tensor) -> Tensor:
        """log p(sentence) in nats, (N, length) -> (N,) float64; -inf for what is no sentence of the grammar."""
        keys = self._keys(sentences.cpu())
        place = torch.searchsorted(self._sorted_keys, keys).clamp(max=len(self.sentences) - 1)
        known = self._sorted_keys[place] == keys
        return torch.where(known, self.probabilities[place], 0).log()

    def entropy(self) -> float:
        """The entropy of its sentences in nats a position, stops included."""
        return -torch.xlogy(self.probabilities, self.probabilities).sum().item() / self.length

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """n independent sentences, int64 (n, length)."""
        return self.sentences[torch.multinomial(self.probabilities, n, replacement=True, generator=generator)]


def _expansions(rules: Rules, symbol: str, inside: tuple[str, ...]) -> dict[tuple[str, ...], float]:
    """Every row of words that `symbol` can become, with its probability."""
    if symbol in inside:
        raise ValueError(f"{symbol} leads back to itself: its sentences have no end, write rules without recursion")
    if symbol not in rules:
        return {(symbol,): 1.0}
    found, total = {}, sum(weight for weight, _ in rules[symbol])
    for weight, text in rules[symbol]:
        parts = [_expansions(rules, part, (*inside, symbol)).items() for part in text.split()]
        for chosen in product(*parts):
            row = tuple(word for words, _ in chosen for word in words)
            found[row] = found.get(row, 0.0) + weight / total * math.prod(p for _, p in chosen)
    return found


def one_hot_batches(
    sentences: Tensor, n_words: int, batch_size: int, seed: int = 0, device: torch.device | str = "cpu"
) -> Batches:
    """An endless stream of tuples (x,): x float32 (batch_size, L, n_words), rows of `sentences` (N, L) at random.

    A one-hot vector is how D is shown a word: what a generator makes may lie between words, a number may not.
    """
    sentences = sentences.to(device)

    def draw(n: int, generator: torch.Generator) -> tuple[Tensor]:
        index = torch.randint(len(sentences), (n,), generator=generator, device=sentences.device)
        return (one_hot(sentences[index], n_words).float(),)

    return Batches(draw, batch_size, seed, device)
