"""Word vectors from counts: which words stand together, how much more often than by chance, in a few numbers a word."""

import torch
from torch import Tensor


def cooccurrence(documents: Tensor, n_words: int) -> Tensor:
    """How often two words stand together, float64 (n_words, n_words), symmetric.

    `documents` int64 (N, L) are the ids of the words of N texts, from 0 to n_words - 1; 0 is padding and counts as no
    word. Every ordered pair of two different places in one text is counted once; a word meets itself only where a text
    has it twice. Raises ValueError for ids out of range.
    """
    if len(documents) and not 0 <= documents.min() <= documents.max() < n_words:
        raise ValueError(
            f"ids go from {documents.min()} to {documents.max()}, n_words={n_words} has 0 to {n_words - 1}: count the "
            "padding as a word"
        )
    counts = torch.zeros(len(documents), n_words, dtype=torch.float64)
    counts.scatter_add_(1, documents, torch.ones_like(documents, dtype=torch.float64))
    counts[:, 0] = 0
    return counts.T @ counts - counts.sum(0).diag()  # less every place with itself


def ppmi(counts: Tensor) -> Tensor:
    """max(0, log P(a, b) / (P(a) P(b))) in nats of a symmetric table of counts, same shape; 0 where a count is 0.

    P(a) is the share of pairs that hold a, the row's sum. (Church and Hanks 1990; Levy and Goldberg 2014 show that
    skip-gram factorises a shifted table of the unclipped values.)
    """
    joint = counts / counts.sum().clamp(min=1)
    alone = joint.sum(1)
    expected = (alone[:, None] * alone[None, :]).clamp(min=torch.finfo(joint.dtype).tiny)
    return (joint / expected).clamp(min=1).log()


def word_vectors(documents: Tensor, n_words: int, size: int) -> Tensor:
    """Vectors float32 (n_words, size) by the singular values of PPMI: U sqrt(S), of the `size` largest.

    Inner products of two rows approximate PPMI, up to the sign of directions that PPMI counts as negative. The sign of
    each column is fixed: its largest entry is positive. Raises ValueError where size is above n_words.
    """
    if not 1 <= size <= n_words:
        raise ValueError(f"size is {size}: it must be from 1 to the number of words, {n_words}")
    left, values, _ = torch.linalg.svd(ppmi(cooccurrence(documents, n_words)))
    vectors = left[:, :size] * values[:size].sqrt()
    largest = vectors.gather(0, vectors.abs().argmax(0, keepdim=True))
    return (vectors * torch.where(largest < 0, -1.0, 1.0)).float()
