"""The probe of lesson 15: it notes who asks for which completions."""


def watch_rollouts(student, sequences, n_rollouts, weights, seed):
    """A probe: the rewards of sequences (N, L), and every row that was to be completed with what it became.

    `weights` (L, V) make the score: the tanh of the sum of those of the words, times a parameter. The words of the
    completions are drawn from `seed`.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    length, n_words = weights.shape
    strength = torch.ones((), dtype=torch.float64, requires_grad=True)
    prefixes, completions = [], []

    def score(x):
        if not isinstance(x, torch.Tensor) or x.dim() != 2 or x.shape[1] != length:
            raise ValueError(f"score takes sequences (N, {length}), it got {getattr(x, 'shape', type(x))}")
        return strength * torch.tanh(weights[torch.arange(length), x].sum(1))

    def rollout(prefix):
        if not isinstance(prefix, torch.Tensor) or prefix.dim() != 2 or prefix.shape[1] > length:
            raise ValueError(f"rollout takes prefixes (N, t), it got {getattr(prefix, 'shape', type(prefix))}")
        rest = torch.randint(n_words, (len(prefix), length - prefix.shape[1]), generator=generator)
        whole = torch.cat([prefix, rest], 1)
        prefixes.append(prefix.clone())
        completions.append(whole.clone())
        return whole

    out = student.rollout_reward(sequences, rollout, score, n_rollouts)
    graph = isinstance(out, torch.Tensor) and out.requires_grad
    return {"out": out, "graph": graph, "prefixes": prefixes, "completions": completions}
