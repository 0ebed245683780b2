"""What generated sentences are worth where the language is known: quality by its likelihood, diversity by the model's.

Each figure alone can be bought: one perfect sentence for ever has an excellent oracle NLL, and a model that smears over
everything loses little test NLL. So they are printed side by side (Caccia et al. 2018).
"""

from collections.abc import Callable

import torch
from torch import Tensor

from coursekit.data.text import Grammar, MarkovChain
from coursekit.metrics.bleu import bleu


def oracle_nll(oracle: MarkovChain, sentences: Tensor) -> float:
    """-log p_oracle a word, in nats, over generated sentences (N, L): quality (Yu et al. 2017, eq. 10).

    For samples of the oracle itself it is about its entropy; below that lie models that prefer the likely sentences.
    """
    return -oracle.log_probs(sentences.cpu()).mean().item()


@torch.no_grad()
def test_nll(log_probs: Callable[[Tensor], Tensor], sentences: Tensor) -> float:
    """-log p_model a word, in nats, over real sentences (N, L) that it was not trained on: quality and diversity.

    `log_probs(sentences) -> (N, L)` is the model's. On the model's own samples the same mean is its entropy.
    """
    return -log_probs(sentences).double().mean().item()


test_nll.__test__ = False  # a metric by the literature's name, not a test for pytest to collect


def share_grammatical(grammar: Grammar, sentences: Tensor) -> float:
    """The share of sentences (N, L) that the grammar can make, in [0, 1]: exact membership."""
    return grammar.log_probability(sentences).isfinite().double().mean().item()


def share_distinct(sentences: Tensor) -> float:
    """How many different sentences there are among N, over N: in (0, 1]; compare with real ones at the same N."""
    return len(sentences.unique(dim=0)) / len(sentences)


def self_bleu(sentences: Tensor, n: int) -> float:
    """The mean BLEU-n of each sentence (N, L) against all others, in [0, 1]; of copies it is 1 (Zhu et al. 2018).

    It grows with N, as there are more references: compare at the same N only. A hundred sentences take a second.
    """
    texts = [[str(word) for word in sentence] for sentence in sentences.tolist()]
    scores = [bleu(text, texts[:i] + texts[i + 1 :], n) for i, text in enumerate(texts)]
    return sum(scores) / len(scores)
