"""BLEU, the score that compares a text with the texts that people wrote for the same purpose (Papineni et al. 2002)."""

import math
from collections import Counter
from collections.abc import Sequence

Words = Sequence[str]


def modified_precision(candidate: Words, references: Sequence[Words], n: int) -> tuple[int, int]:
    """How many of the candidate's runs of n words a reference has, and how many runs there are (section 2.1).

    A run that occurs more often than in any one reference counts only as often as there. A candidate of fewer than n
    words has no such run: (0, 0).
    """
    counts = n_grams(candidate, n)
    allowed = Counter()
    for reference in references:
        allowed |= n_grams(reference, n)  # the larger count of the two
    return (counts & allowed).total(), counts.total()


def brevity_penalty(candidate: Words, references: Sequence[Words]) -> float:
    """exp(1 - r/c) where the candidate's c words are fewer than r, those of the reference nearest in length; else 1.

    Of two references that are equally near, the shorter one counts. An empty candidate gets 0.
    """
    c = len(candidate)
    r = min((len(reference) for reference in references), key=lambda length: (abs(length - c), length))
    if c >= r:
        return 1.0
    return math.exp(1 - r / c) if c else 0.0


def bleu(candidate: Words, references: Sequence[Words], n: int) -> float:
    """BLEU of one text, in [0, 1]: the geometric mean of its modified precisions of 1 to n words, times its penalty.

    Texts are sequences of words, split and in lower case already. The score is 0 where one of the precisions is: where
    no run of n words is in a reference, and so for every candidate of fewer than n words, the empty one too. (Published
    figures are over a whole corpus, with n = 4, where this hardly happens; nothing is smoothed here.)
    """
    if any(isinstance(text, str) for text in (candidate, *references)):
        raise TypeError("got a text as one string: split it into words first, a string would be read letter by letter")
    if not references:
        raise ValueError("there are no references: give at least one")
    if n < 1:
        raise ValueError(f"n is {n}: it must be at least 1")
    precisions = [modified_precision(candidate, references, length) for length in range(1, n + 1)]
    if any(matched == 0 for matched, _ in precisions):
        return 0.0
    mean_log = sum(math.log(matched / total) for matched, total in precisions) / n
    return brevity_penalty(candidate, references) * math.exp(mean_log)


def n_grams(words: Words, n: int) -> Counter:
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))
