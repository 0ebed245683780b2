"""How the rewards of words are checked: against the completions that the student's own calls have drawn."""

from collections import defaultdict

import torch
from torch import Tensor

from coursekit.checks.judging import Mistake, close

PREFIX = "At position t the first t words are completed, `sequences[:, :t]`, for t = 1 to L - 1."
NOTHING = "Nothing is completed without a first word: t starts at 1, and `sequences[:, :1]` holds one word."
WHOLE = "The whole sequence has nothing left to complete: its last reward is its own score."
NO_ROLLOUT = "Words before the last are judged by completions of the first t words: call `rollout`."
ONE = "n_rollouts completions are drawn for each t, each by a new call of `rollout`: one completion says little."
COUNT = "For each t from 1 to L - 1, and each sequence, n_rollouts completions are drawn."
GRAPH = "Rewards are plain numbers: work inside `torch.no_grad()`, or `detach` them."

Drawn = dict[tuple[int, int], list[Tensor]]  # (sequence, t) -> the completions of its first t words


def draw_sequences(n: int, length: int, n_words: int) -> Tensor:
    """Sequences (n, length) of int64 words, no two with the same first one: a prefix says whose it is."""
    sequences = torch.randint(n_words, (n, length))
    sequences[:, 0] = torch.randperm(n_words)[:n]
    return sequences


def score(x: Tensor, weights: Tensor) -> Tensor:
    """The probe's score of sequences (n, L): (n,)."""
    return torch.tanh(weights[torch.arange(len(weights)), x].sum(1))


def sorted_out(call: str, sequences: Tensor, facts: dict) -> Drawn:
    """Whose completions the recorded ones are; a Mistake where a prefix is not the start of a sequence."""
    length, drawn = sequences.shape[1], defaultdict(list)
    owner = {first: i for i, first in enumerate(sequences[:, 0].tolist())}
    for prefix, whole in zip(facts["prefixes"], facts["completions"], strict=True):
        t = prefix.shape[1]
        if t in (0, length):
            raise Mistake(f"{call}: rollout was given {t} of {length} words.\n{WHOLE if t else NOTHING}")
        for row, completed in zip(prefix, whole, strict=True):
            i = owner.get(row[0].item())
            if i is None or not torch.equal(row, sequences[i, :t]):
                raise Mistake(f"{call}: rollout was given {t} words that no sequence starts with.\n{PREFIX}")
            drawn[i, t].append(completed)
    return drawn


def check_counts(call: str, drawn: Drawn, n: int, length: int, n_rollouts: int) -> None:
    """Raise a Mistake unless each prefix of each sequence was completed n_rollouts times."""
    for t in range(1, length):
        for i in range(n):
            came = len(drawn.get((i, t), []))
            if came != n_rollouts:
                words = f"{call}: {came} completions of the first {t} words of sequence {i + 1}"
                why = {0: COUNT if drawn else NO_ROLLOUT, 1: ONE}.get(came, COUNT)
                raise Mistake(f"{words}, where n_rollouts = {n_rollouts}.\n{why}")


def check_rewards(student, probe, sequences: Tensor, n_rollouts: int, weights: Tensor) -> None:
    """Ask `student` for the rewards of sequences; the first thing that is wrong with them is a Mistake."""
    n, length = sequences.shape
    seed = int(torch.randint(1 << 40, (1,)))
    play = {"sequences": sequences, "n_rollouts": n_rollouts, "weights": weights, "seed": seed}
    facts = student.probe(probe, **play)
    call = "rollout_reward(sequences, rollout, score, n_rollouts)"
    drawn = sorted_out(call, sequences, facts)
    check_counts(call, drawn, n, length, n_rollouts)
    scores = torch.empty(n_rollouts, n, length, dtype=torch.float64)  # one for each completion
    scores[:, :, -1] = score(sequences, weights)
    for (i, t), completed in drawn.items():
        scores[:, i, t - 1] = score(torch.stack(completed), weights)
    arguments = {"sequences": sequences, "n_rollouts": n_rollouts}
    close(facts["out"], scores.mean(0), call, reward_mistakes(scores), arguments)
    if facts["graph"]:
        raise Mistake(f"{call}: the rewards are right, and still need a gradient.\n{GRAPH}")


def reward_mistakes(scores: Tensor) -> dict[str, object]:
    """The rewards of plausible mistakes, from the scores (M, N, L) of all completions."""
    right, own = scores.mean(0), scores[0, :, -1:]
    total = scores.sum(0)
    mixed = torch.cat([total[:, :-1], own], 1)
    return {
        "The mean over the completions is asked for, not their sum.": mixed,
        "The mean over the completions is asked for, not their sum.\nAnd the last column is the score itself.": total,
        "The mean over the completions is asked for, not the best.": scores.amax(0),
        "The mean over the completions is asked for, not the last of them alone.": scores[-1],
        "The mean over the completions is asked for, not the first of them alone.": scores[0],
        "The last column is missing: at L the reward is the score of the sequence itself.": right[:, :-1],
        "The score of the whole comes last, behind the completions of the first 1, 2, ... words.": torch.cat(
            [own, right[:, :-1]], 1
        ),
        "The columns run from short prefixes to long ones: yours are in reverse.": right.flip(1),
        "That is what each word adds: the reward is the mean score itself.": torch.diff(
            right, dim=1, prepend=torch.zeros_like(own)
        ),
        "A row is a sequence and a column is a position: `torch.stack(columns, 1)`.": right.T,
        "Each sequence has rewards of its own: you took the mean over the batch.": right.mean(0).expand_as(right),
        "Each sequence has rewards of its own: you took the mean over the batch, too.": right.mean(0),
        "Rewards of later words are not added up: column t is the mean score of its own completions.": (
            right.flip(1).cumsum(1).flip(1)
        ),
    }
