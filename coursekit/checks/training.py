"""How a GAN's training loop is checked: a probe plays it and notes each batch, each noise and each update, in order."""

from collections.abc import Iterator
from itertools import chain
from types import SimpleNamespace

from coursekit.checks import vanilla_gan
from coursekit.checks.judging import Mistake
from coursekit.checks.turns import MODES, RESEEDED, Mistakes, is_near, is_same_way, so, wrong_loss, wrong_way

FORM = 'Return a dict: "d_loss" and "g_loss" are lists with one number for each of the n_steps steps.'
GRAPHS = "The history holds tensors with their graphs, and so the memory of every step: store `loss.item()`."
SIZES = "Each turn's noise is as large as its real batch, and batches may differ in size: `latent(len(real))`."
ROUNDS = "A step is k turns of D, then one turn of G, and there are n_steps steps: no more, no fewer."
K_OF_D = "k counts the turns of D: G has one turn in a step."
K_IGNORED = "k is not used: D has k turns in each step, before G has its one."
ONE_BATCH = "All turns of D in a step saw one batch: each of the k turns takes a new one, with `next(batches)`."
G_NOISE = "G's turn draws noise for itself: the noise that D has just been trained on is used up."
D_NOISE = "The k turns of D share one noise: each turn draws its own."
BETWEEN = "Either it is not the loss that this turn minimised, or a turn before it learned from something else."
FOR_EVER = {"batch": "real batch", "noise": "noise"}
NAMES = {"d": "updates of D", "batch": "real batches", "noise": "draws of noise"}


def training(student, g, d, seed, n_steps, k, adam, flat):
    """A probe: a whole training, with every batch and noise that was drawn and every update, in order."""
    import torch
    from torch import nn

    events, modes = [], []
    streams = [torch.Generator().manual_seed(seed + i) for i in range(2)]

    def batches():
        while True:
            for n in (4, 4, 3):  # eleven samples, four at a time
                events.append(("batch", n))
                yield (torch.randn(n, 3, generator=streams[0]),)

    def latent(n):
        events.append(("noise", n))
        return torch.randn(n, 2, generator=streams[1])

    G = nn.Sequential(nn.Linear(2, 6, bias=False), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3))
    D = nn.Sequential(nn.Linear(3, 6), nn.Tanh(), nn.Linear(6, 1), nn.Flatten(0 if flat else 1))
    optimizers = []
    for name, net, values in (("g", G, g), ("d", D, d)):
        nn.utils.vector_to_parameters(values.clone(), net.parameters())
        net[0].register_forward_pre_hook(lambda layer, inputs: modes.append(layer.training))
        optimizer = torch.optim.Adam(net.parameters(), 0.01) if adam else torch.optim.SGD(net.parameters(), 0.1)
        optimizer.register_step_post_hook(lambda *_, name=name: events.append((name, 0)))
        optimizers.append(optimizer)
    torch.manual_seed(torch.randint(1 << 40, ()).item())
    first_seed = torch.initial_seed()
    history = student.train_gan(G, D, *optimizers, batches(), latent, n_steps, k)
    kept, graphs = {}, False
    for name in ("d_loss", "g_loss"):
        try:
            values = list(history[name])
            graphs = graphs or any(getattr(value, "requires_grad", False) for value in values)
            kept[name] = [float(v.detach() if isinstance(v, torch.Tensor) else v) for v in values]
        except Exception:
            continue
    weights = [nn.utils.parameters_to_vector(net.parameters()).detach().clone() for net in (G, D)]
    return {
        "events": events,
        "history": kept,
        "graphs": graphs,
        "weights": weights,
        "modes": all(modes) and all(m.training for net in (G, D) for m in net.modules()),
        "reseeded": torch.initial_seed() != first_seed,
    }


def compare_training(student, mistakes: Mistakes, last: str = "", /, **play) -> None:
    """Play `training` with the student's train_gan and with the library's; the first difference is a Mistake."""
    theirs, ours = student.probe(training, **play), training(vanilla_gan, **play)
    n_steps, k = play["n_steps"], play["k"]
    where = f"train_gan with n_steps = {n_steps} and k = {k}"
    compare_events(theirs["events"], n_steps, k, where)

    def made() -> Iterator[tuple[str, dict]]:
        for hint, wrong in mistakes.items():
            yield hint, training(SimpleNamespace(train_gan=wrong), **play)

    for name in ("d_loss", "g_loss"):
        values = theirs["history"].get(name)
        if values is None:
            raise Mistake(f'{where}: the history has no numbers under "{name}".\n{FORM}')
        if len(values) != n_steps:
            raise Mistake(f'{where}: expected {n_steps} values of "{name}", got {len(values)}.\n{FORM}')
    if theirs["graphs"]:
        raise Mistake(f"{where}: the values of the history still need a gradient.\n{GRAPHS}")
    seen = {MODES: not theirs["modes"]}
    for i in range(n_steps):
        for name in ("d_loss", "g_loss"):
            got, wanted = theirs["history"][name][i], ours["history"][name][i]
            if not is_near(got, wanted):
                like = (hint for hint, facts in made() if is_near(got, facts["history"][name][i]))
                otherwise = last or (BETWEEN if k * n_steps > 1 else "")
                raise wrong_loss(f'{where}, "{name}" of step {i + 1}', got, wanted, chain(so(seen), like), otherwise)
    for net, got, wanted, start in zip("GD", theirs["weights"], ours["weights"], (play["g"], play["d"]), strict=True):
        if not is_same_way(got, wanted, start):
            raise wrong_way(f"{where}: the weights of {net}", got, wanted, start, so(seen))
    for hint in so(seen | {RESEEDED: theirs["reseeded"]}):
        raise Mistake(f"{where}: the losses and the weights are right, but something else is not.\n{hint}")


def compare_events(events: list[tuple[str, int]], n_steps: int, k: int, where: str) -> None:
    """Raise a Mistake unless every step drew its batches and its noise and made its updates as Algorithm 1 does.

    What is drawn after the last update does no harm.
    """
    ends = [i for i, (kind, _) in enumerate(events) if kind == "g"]
    if len(ends) != n_steps:
        why = K_OF_D if len(ends) == k * n_steps else ROUNDS
        raise Mistake(f"{where}: expected {n_steps} updates of G, got {len(ends)}.\n{why}")
    for name, kind in FOR_EVER.items():
        if n_steps > 1 and sum(one == name for one, _ in events) == 1:
            raise Mistake(
                f"{where}: {NAMES[name]}: 1 in all.\nOne {kind} serves the whole training: every turn takes a new one."
            )
    for i, (begin, end) in enumerate(zip([-1, *ends], ends, strict=False)):
        drawn = {name: [size for kind, size in events[begin + 1 : end] if kind == name] for name in NAMES}
        for name, wanted in {"d": k, "batch": k, "noise": k + 1}.items():
            if len(drawn[name]) != wanted:
                came = f"{NAMES[name]}: expected {wanted}, got {len(drawn[name])}"
                raise Mistake(f"{where}, step {i + 1}, {came}.\n{reason(name, len(drawn[name]), k)}")
        if drawn["noise"] != [*drawn["batch"], drawn["batch"][-1]]:
            came = f"real batches of {drawn['batch']} samples, noise for {drawn['noise']} fakes"
            raise Mistake(f"{where}, step {i + 1}: {came}.\n{SIZES}")


def reason(name: str, n: int, k: int) -> str:
    """Why there were `n` events of this name in a step, and not as many as there should be."""
    if name == "d":
        return K_IGNORED if n == 1 else ROUNDS
    if name == "batch":
        return ONE_BATCH if n == 1 else "A step takes k real batches, one for each turn of D."
    return {k: G_NOISE, 2: D_NOISE}.get(n, "Each turn draws noise once: k times for D, then once for G.")
