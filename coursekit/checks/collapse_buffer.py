"""How the replay buffer of lesson 06 is checked: by properties of many exchanges of numbered samples.

The caller spoils its own batch and what came back after each exchange, as training does: a buffer that shares memory
with either gives the spoilt numbers back.
"""

import torch
from torch import Tensor

from coursekit.checks.judging import Mistake

SENT, RETURNED = -1.0, -2.0  # what the caller writes over its tensors
STORES_YOURS = "The buffer keeps the caller's tensor, or a view of it: store a copy, `clone()`."
SHARES = "The buffer and what it returned share memory: return a copy, and store another, `clone()`."
ITSELF = "What comes back must be a new tensor: `clone()` the fakes first."
CHANGED = "The caller's fakes were changed: work on a copy, `clone()`."
GRAPH = "The batch still hangs on the graph of G: `detach()` the fakes first."
REPEATED = "A sample is there twice: draw slots without repetition, with `randperm` and not `randint`."
GIVEN_AWAY = "It came back before: an old sample that leaves the buffer is replaced by the new one that it leaves for."
FILLING = "While there is room the batch comes back as it is, and the first fakes that fit are copied."
ALL = "All of the batch was swapped: only N // 2 rows are, the others stay."
NONE = "The buffer is full, and no old sample came back: N // 2 rows change places with old ones."
COUNT = (
    "Once the buffer is full, N // 2 different rows are swapped (`randperm`, not `randint`), but no more than capacity."
)
ORDER = "Rows that are not swapped stay in their places."
NOT_RANDOM = "Some rows of the batch were never swapped in 40 exchanges: draw the rows at random."
GLOBAL = "Equal generators give different batches: draw every random number with `generator=generator`."
ALWAYS = "Different generators always give the same old samples: draw the slots at random."
METHOD = "The class needs `exchange(self, fakes, generator)`, and returns one tensor."


def exchanges(student, capacity, batches, seed, noise):
    """A probe: what comes back for each batch, and what happened to the batch; afterwards both are overwritten."""
    import torch

    torch.manual_seed(noise)
    buffer, generator = student.ReplayBuffer(capacity), torch.Generator().manual_seed(seed)
    facts = []
    for batch in batches:
        sent = batch.clone().requires_grad_()
        fakes = sent * 1.0
        got = buffer.exchange(fakes, generator)
        if not isinstance(got, torch.Tensor):
            facts.append({"got": None})
            continue
        same = got.data_ptr() == fakes.data_ptr()
        changed = not torch.equal(fakes.detach(), batch)
        facts.append({"got": got.detach().clone(), "itself": same, "changed": changed, "graph": got.requires_grad})
        fakes.data.fill_(-1.0)
        got.data.fill_(-2.0)
    return facts


def ask(student, capacity: int, batches: list[Tensor], seed: int, noise: int = 0) -> list[dict]:
    """The facts of the probe, with a hint if the student's code stops."""
    try:
        return student.probe(exchanges, capacity=capacity, batches=batches, seed=seed, noise=noise)
    except Exception as error:
        if not hasattr(error, "kind"):
            raise
        raise Mistake(f"{error}\n{METHOD} {GRAPH}") from None


def numbered(sizes: list[int], width: int) -> list[Tensor]:
    """Batches (n, width) of samples that all differ, each with its number in all columns."""
    numbers = torch.arange(1.0, sum(sizes) + 1, dtype=torch.float64)[:, None].expand(-1, width).contiguous()
    return list(numbers.split(sizes))


def compare_exchanges(student, capacity: int, sizes: list[int], width: int) -> None:
    """Follow each sample through exchanges of batches of these sizes; the first that is out of place is a Mistake."""
    batches, inside, swapped_rows = numbered(sizes, width), set(), set()
    facts = ask(student, capacity, batches, seed=int(torch.randint(1 << 30, ())))
    for i, (batch, fact) in enumerate(zip(batches, facts, strict=True)):
        where = f"ReplayBuffer({capacity}), exchange {i + 1} with batches of {sizes[: i + 1]}"
        if fact["got"] is None or fact["got"].shape != batch.shape:
            raise Mistake(f"{where}: expected a tensor of shape {tuple(batch.shape)}.\n{METHOD}")
        sent, got = batch[:, 0].tolist(), fact["got"][:, 0].tolist()
        n, room = len(sent), capacity - len(inside)
        hint = fault(sent, got, inside, room, min(n // 2, capacity), fact)
        if hint:
            raise Mistake(f"{where}: samples {words(sent)} went in, {words(got)} came out.\n{hint}")
        if room:
            inside |= set(sent[:room])
            continue
        swapped_rows |= {row for row in range(n) if got[row] != sent[row]}
        inside = (inside | set(sent)) - set(got)
    if len(sizes) > 40 and len(swapped_rows & set(range(6))) < 6:
        raise Mistake(f"ReplayBuffer({capacity}), 40 exchanges of batches of 6\n{NOT_RANDOM}")


def fault(sent: list, got: list, inside: set, room: int, n_old: int, fact: dict) -> str:
    """What is wrong with one exchange, or nothing."""
    old = [number for number in got if number not in sent]
    known = inside | set(sent)
    everywhere = [
        (fact["graph"], GRAPH),
        (fact["changed"], CHANGED),
        (fact["itself"], ITSELF),
        (SENT in got, STORES_YOURS),
        (RETURNED in got, SHARES),
        (len(set(got)) < len(got), REPEATED),
    ]
    filling = [(got != sent, FILLING)]
    full = [
        (not old and n_old > 0, NONE),
        (not set(got) <= known, GIVEN_AWAY),
        (len(old) > n_old and len(old) == min(len(sent), len(inside)), ALL),
        (len(old) != n_old, COUNT),
        (any(a != b and b in sent for a, b in zip(sent, got, strict=True)), ORDER),
    ]
    faults = everywhere + (filling if room else full)
    return next((hint for is_so, hint in faults if is_so), "")


def compare_seeds(student) -> None:
    """The same state of the generator gives the same batches, another one others."""
    batches = numbered([6, 8, 8, 8], 1)

    def old(seed, noise):
        return [fact["got"] for fact in ask(student, 6, batches, seed, noise)]

    first, again = old(7, 1), old(7, 2)
    if not all(map(torch.equal, first, again)):
        raise Mistake(f"ReplayBuffer(6), the same exchanges twice\n{GLOBAL}")
    taken = {tuple(sorted(x for x in old(seed, 1)[1][:, 0].tolist() if x <= 6)) for seed in range(8)}
    if len(taken) == 1:
        raise Mistake(f"ReplayBuffer(6), the same exchanges with eight generators\n{ALWAYS}")


def words(numbers: list) -> str:
    return "[" + ", ".join(f"{number:g}" for number in numbers) + "]"
