"""How one turn of a GAN is checked: a probe plays it on two small nets, with the student's step and with the library's.

A probe travels to the student as source: it stands alone, and takes and returns plain data. Samples have three numbers,
noise has two, and all weights of a net are one vector. The nets are float32, as in training.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import SimpleNamespace

import torch
from torch import Tensor

from coursekit.checks import vanilla_gan
from coursekit.checks.judging import Mistake, as_tensor, form, plain_hint, two_numbers

N_G, N_D, N_LAST = 45, 31, 7  # weights of the two nets, and of D's last layer
OF_LOSSES, OF_WEIGHTS = 1e-4, 1e-3  # of a loss, of the way of the weights: float32, Adam's quotients, any order of sums
Mistakes = Mapping[str, Callable]  # a hint -> a function that makes the mistake

MODES = "A net was switched with `eval()` or `train()`: batch statistics hang on the mode, so leave it as it is."
RESEEDED = "It sets the seed of torch's global generator: from then on all random numbers repeat themselves."
NOISE = "G was given other noise than the argument `z`."
NO_STEP = "The optimiser that came as an argument made no step: call its `step()`, once a turn."
TWO_STEPS = "The optimiser made more than one step in a turn."
NO_MOVE = (
    "When the optimiser made its step there was no gradient: did `zero_grad` come last, or did `detach` cut it off?"
)
NOT_THAT_LOSS = "The losses are right and the updates are not: is what you return what `backward` went through?"
FROZEN = "Some parameters need no gradient any more: turn `requires_grad` back on before you return."
CHANGED = "It changed `real` or `z` in place."
CURES = {
    "discriminator_step": "`detach` the fakes, then no gradient goes back into it.",
    "generator_step": "switch off `requires_grad` in it meanwhile, or empty it at the end.",
}


def turns(student, step, g, d, reals, zs, adam, flat, stale):
    """A probe: one turn of one net for each batch, and all that it returned, changed and left behind."""
    import torch
    from torch import nn

    flags = []

    def note(layer, inputs):
        flags.append((layer.training, layer.in_features == 3 or any(torch.equal(inputs[0], z) for z in zs)))

    G = nn.Sequential(nn.Linear(2, 6, bias=False), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3))
    D = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1), nn.Flatten(0 if flat else 1))
    for net, values in ((G, g), (D, d)):
        nn.utils.vector_to_parameters(values.clone(), net.parameters())
        net[0].register_forward_pre_hook(note)
        for parameter in net.parameters():
            parameter.grad = torch.full_like(parameter, 5.0) if stale else None
    own, other = (D, G) if step == "discriminator_step" else (G, D)
    optimizer = torch.optim.Adam(own.parameters(), 0.01) if adam else torch.optim.SGD(own.parameters(), 0.1)
    updates = []
    optimizer.register_step_post_hook(lambda *_: updates.append(1))
    torch.manual_seed(torch.randint(1 << 40, ()).item())
    seed, kept, facts = torch.initial_seed(), [real.clone() for real in [*reals, *zs]], []
    for real, z in zip(reals, zs, strict=True):
        before = [None if p.grad is None else p.grad.clone() for p in other.parameters()]
        inputs = (real, z) if other is G else (z,)
        loss = getattr(student, step)(D, G, optimizer, *inputs)
        after = [(old, p.grad) for old, p in zip(before, other.parameters(), strict=True) if p.grad is not None]
        leak = any(bool(new.any()) and (old is None or not torch.equal(old, new)) for old, new in after)
        weights = [nn.utils.parameters_to_vector(net.parameters()).detach().clone() for net in (own, other)]
        facts.append({"loss": loss, "own": weights[0], "other": weights[1], "leak": leak})
    return {
        "turns": facts,
        "updates": len(updates),
        "modes": all(mode for mode, _ in flags) and all(m.training for net in (G, D) for m in net.modules()),
        "fed": all(fed for _, fed in flags),
        "frozen": not all(p.requires_grad for net in (G, D) for p in net.parameters()),
        "reseeded": torch.initial_seed() != seed,
        "changed": not all(map(torch.equal, kept, [*reals, *zs])),
    }


def weights() -> dict[str, Tensor]:
    """Random weights for both nets of a probe."""
    return {"g": 0.7 * torch.randn(N_G), "d": 0.7 * torch.randn(N_D)}


def large_scores(nets: dict[str, Tensor]) -> list[dict[str, Tensor]]:
    """The same nets with scores 2000 times as large, and with scores -2000 times as large: sure, right and wrong."""
    last = torch.cat([torch.ones(N_D - N_LAST), torch.full((N_LAST,), 2000.0)])
    signs = torch.cat([torch.ones(N_D - N_LAST), -torch.ones(N_LAST)])
    return [nets | {"d": nets["d"] * last}, nets | {"d": nets["d"] * last * signs}]


def compare_turns(student, step: str, mistakes: Mistakes, last: str = "", /, **play) -> None:
    """Play `turns` with the student's `step` and with the library's; the first difference is a Mistake.

    Its hint is what was seen, or the first of `mistakes` that does the same, or `last`.
    """
    theirs, ours = student.probe(turns, step=step, **play), turns(vanilla_gan, step, **play)
    own, other = ("d", "g") if step == "discriminator_step" else ("g", "d")
    n, mine = len(ours["turns"]), own.upper()

    def made() -> Iterator[tuple[str, dict]]:
        for hint, wrong in mistakes.items():
            yield hint, turns(SimpleNamespace(**{step: wrong}), step, **play)

    seen = {MODES: not theirs["modes"], NOISE: not theirs["fed"], NO_STEP: theirs["updates"] == 0}
    seen[TWO_STEPS] = theirs["updates"] > n
    for i, (got, wanted) in enumerate(zip(theirs["turns"], ours["turns"], strict=True)):
        where = f"{step}, turn {i + 1} of {n}"
        loss = one_number(got["loss"], f"{where}: the loss that it returned")
        if not is_near(loss, wanted["loss"]):
            like = (hint for hint, facts in made() if is_near(loss, facts["turns"][i]["loss"]))
            raise wrong_loss(where, loss, wanted["loss"], chain(so(seen), like), last)
        if not torch.equal(got["other"], play[other]):
            why = f"In {mine}'s turn only {mine} learns: one step of {own}_optimizer, which holds {mine}, and no other."
            raise Mistake(f"{where}: {other.upper()} moved.\n{why}")
        if not is_same_way(got["own"], wanted["own"], play[own]):
            like = (hint for hint, facts in made() if is_same_way(got["own"], facts["turns"][i]["own"], play[own]))
            hints = chain(so(seen), like)
            raise wrong_way(f"{where}: the weights of {mine}", got["own"], wanted["own"], play[own], hints)
        if got["leak"]:
            why = f"{other.upper()}'s gradients must be empty afterwards, or as they came: "
            raise Mistake(f"{where}: it left gradients in {other.upper()}.\n{why}{CURES[step]}")
    left = {FROZEN: theirs["frozen"], RESEEDED: theirs["reseeded"], CHANGED: theirs["changed"]}
    for hint in so(seen | left):
        raise Mistake(f"{step}: the losses and the weights are right, but something else is not.\n{hint}")


def so(hints: Mapping[str, bool]) -> Iterator[str]:
    """The hints whose question was answered with yes."""
    return (hint for hint, answer in hints.items() if answer)


def one_number(got: object, question: str) -> float:
    """The loss that a student returned, as a number; a Mistake if it is none."""
    value = as_tensor(got, torch.zeros(()), question)
    if value.dim():
        raise Mistake(f"{question}\nexpected one number, got {form(value)}.\nA loss is one number: a mean is missing.")
    return value.item()


def is_near(got: float, wanted: float) -> bool:
    return abs(got - float(wanted)) <= OF_LOSSES * max(1, abs(float(wanted)))


def is_same_way(got: Tensor, wanted: Tensor, start: Tensor) -> bool:
    """Whether weights ended, up to rounding, where they should: measured by the length of the way."""
    return bool((got - wanted).norm() <= OF_WEIGHTS * (wanted - start).norm() + 1e-5)


def wrong_loss(where: str, got: float, wanted: float, hints: Iterator[str], last: str) -> Mistake:
    pair = two_numbers(float(wanted), got)
    plain = last or plain_hint(torch.tensor(got), torch.tensor(float(wanted)))
    lines = [f"{where}: expected the loss {pair[0]}, got {pair[1]}.", next(hints, plain)]
    return Mistake("\n".join(filter(None, lines)))


def wrong_way(what: str, got: Tensor, wanted: Tensor, start: Tensor, hints: Iterator[str]) -> Mistake:
    ways = [(end - start).norm().item() for end in (wanted, got)]
    if ways[1] == 0:
        return Mistake(f"{what} should have moved and did not.\n{next(hints, NO_MOVE)}")
    came = f"went a way of {ways[1]:.4g} in all where {ways[0]:.4g} was right"
    if abs(ways[0] - ways[1]) < 0.01 * ways[0]:
        came = "went as far as they should, but in another direction"
    return Mistake(f"{what} {came}.\n{next(hints, NOT_THAT_LOSS)}")
