"""Nets that write and judge sentences, and the two functions that let a gradient pass through the choice of a word."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot


def gumbel(*size: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Noise of the Gumbel(0, 1) law, -log(-log(u)) with u uniform, float32; a draw for `Latent`.

    u is drawn in float64 and kept off 0 and 1, so that every value is finite.
    """
    u = torch.rand(*size, generator=generator, device=device, dtype=torch.float64).clamp(1e-300, 1 - 1e-16)
    return -(-u.log()).log().float()


def gumbel_softmax(logits: Tensor, tau: float, noise: Tensor) -> Tensor:
    """softmax((logits + noise) / tau) over the last dimension: a word drawn softly (Jang et al. 2017, eq. 2).

    `noise` of the shape of `logits` is Gumbel(0, 1). The largest entry is at the word k with probability
    softmax(logits)_k, whatever tau > 0; as tau falls to 0 the vector becomes the one-hot of that word.
    """
    if not tau > 0:
        raise ValueError(f"the temperature tau is {tau}: it must be greater than 0")
    return ((logits + noise) / tau).softmax(-1)


def straight_through(probs: Tensor) -> Tensor:
    """Forward the one-hot of the largest entry of the last dimension, backward the identity on `probs`.

    The gradient is that of another function than the one computed: biased (Bengio et al. 2013; Jang et al. 2017,
    sec. 2.2).
    """
    hard = one_hot(probs.argmax(-1), probs.shape[-1]).to(probs)
    return probs + (hard - probs).detach()  # in this order what should be 0 is 0 exactly


class GRUGenerator(nn.Module):
    """Writes sentences of `length` out of `n_words` words, each word given all before it.

    `G(z)` with Gumbel noise z (N, length * n_words) gives sentences as vectors (N, length, n_words) with a gradient:
    each word is `discrete(gumbel_softmax(logits, tau, noise))`, by default its one-hot vector with the straight-through
    gradient. `sample` and `complete` give word numbers without a gradient, `log_probs` scores sentences of any origin.
    """

    def __init__(
        self,
        n_words: int,
        length: int,
        width: int = 48,
        tau: float = 1.0,
        discrete: Callable[[Tensor], Tensor] = straight_through,
    ):
        super().__init__()
        self.n_words, self.length, self.tau, self.discrete = n_words, length, tau, discrete
        self.embed = nn.Linear(n_words, width, bias=False)  # of one-hot vectors, and of what lies between them
        self.gru = nn.GRU(width, width, batch_first=True)
        self.head = nn.Linear(width, n_words)

    def logits(self, vectors: Tensor) -> Tensor:
        """The logits of every word given those before it: (N, L, V) -> (N, L, V); the first word is given nothing."""
        before = torch.cat([torch.zeros_like(vectors[:, :1]), vectors[:, :-1]], 1)
        return self.head(self.gru(self.embed(before))[0])

    def log_probs(self, sentences: Tensor, temperature: float = 1.0) -> Tensor:
        """log p(word | words before) in nats of given sentences: (N, L) int64 -> (N, L), at logits / temperature."""
        logits = self.logits(one_hot(sentences, self.n_words).to(self.head.weight))
        return (logits / temperature).log_softmax(2).gather(2, sentences[..., None])[..., 0]

    def forward(self, z: Tensor) -> Tensor:
        noise = z.view(len(z), self.length, self.n_words)
        word, state, words = torch.zeros_like(noise[:, 0]), None, []
        for position in range(self.length):
            logits, state = self._next(word, state)
            word = self.discrete(gumbel_softmax(logits, self.tau, noise[:, position]))
            words.append(word)
        return torch.stack(words, 1)

    @torch.no_grad()
    def complete(self, prefix: Tensor, generator: torch.Generator | None = None, temperature: float = 1.0) -> Tensor:
        """Sentences (N, length) that begin with `prefix` (N, t), the rest drawn word by word, by softmax."""
        vectors = one_hot(prefix, self.n_words).to(self.head.weight)
        nothing = vectors.new_zeros(len(prefix), 1, self.n_words)  # what the first word is given
        hidden, state = self.gru(self.embed(torch.cat([nothing, vectors], 1)))
        words, logits = [prefix], self.head(hidden[:, -1])
        for position in range(prefix.shape[1], self.length):
            probs = (logits / temperature).softmax(1)
            words.append(torch.multinomial(probs, 1, generator=generator))
            if position < self.length - 1:
                logits, state = self._next(one_hot(words[-1][:, 0], self.n_words).to(probs), state)
        return torch.cat(words, 1)

    def sample(self, n: int, generator: torch.Generator | None = None, temperature: float = 1.0) -> Tensor:
        """n sentences as word numbers, int64 (n, length)."""
        nothing = torch.empty(n, 0, dtype=torch.int64, device=self.head.weight.device)
        return self.complete(nothing, generator, temperature)

    def _next(self, word: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """The logits (N, V) after one more word (N, V), and the state to go on from."""
        hidden, state = self.gru(self.embed(word)[:, None], state)
        return self.head(hidden[:, 0]), state


class SequenceDiscriminator(nn.Module):
    """Scores sentences given as vectors (N, L, V) -> (N, 1): two convolutions along the words, one layer over all."""

    def __init__(self, n_words: int, length: int, width: int = 64, reach: int = 3):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(n_words, width, reach, padding=reach // 2),
            nn.LeakyReLU(0.2),
            nn.Conv1d(width, width, reach, padding=reach // 2),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(width * length, 1),
        )

    def forward(self, vectors: Tensor) -> Tensor:
        return self.layers(vectors.transpose(1, 2))
