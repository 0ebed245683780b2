"""What can be set in the playground, which values it may have, and what each of them means in a few words."""

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from coursekit.losses import HINGE, LEAST_SQUARES, MINIMAX, NON_SATURATING, RELATIVISTIC, WASSERSTEIN, Loss

LOSSES = {loss.name: loss for loss in (NON_SATURATING, MINIMAX, LEAST_SQUARES, WASSERSTEIN, HINGE, RELATIVISTIC)}
OWN_LOSS = "your own"
DRAWN, PASTED = "drawn", "pasted"
DATA = ("line", "ring of 8", "grid of 25", "spiral", "two moons", DRAWN, PASTED)
OPTIMIZERS = ("Adam", "SGD")
NOISES = ("normal", "uniform")
RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3)
WEIGHTS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
NEW_RUN = {"data", "points", "noise", "latent", "n_layers", "width", "minibatch_stddev", "spectral_norm", "seed"}


@dataclass(frozen=True)
class Settings:
    """All that decides a run, the reader's own functions aside; `points` are the drawn or pasted ones."""

    data: str = "ring of 8"
    points: tuple[tuple[float, float], ...] = ()
    loss: str = NON_SATURATING.name
    k: int = 1
    g_updates: int = 1
    r1_weight: float = 0.0
    gp_weight: float = 0.0
    optimizer: str = "Adam"
    d_lr: float = 1e-3
    g_lr: float = 1e-3
    batch_size: int = 128
    noise: str = "normal"
    latent: int = 2
    n_layers: int = 2
    width: int = 64
    minibatch_stddev: bool = False
    spectral_norm: bool = False
    seed: int = 0


class Control(NamedTuple):
    """A control of the browser: its group, its name in full, the values it offers, and its tooltip."""

    group: str
    name: str
    values: tuple
    help: str


GAME, PACE, NETS = "Game", "Optimisers", "Nets and noise: starts a new run"
CONTROLS = {
    "data": Control("Data", "data", DATA, "What G should imitate; drawn and pasted use the tools below. A new run"),
    "loss": Control(GAME, "loss", tuple(LOSSES), "The pair of losses that the step is given"),
    "k": Control(GAME, "k, updates of D", (1, 2, 3, 5, 10), "D is updated k times for each update of G"),
    "g_updates": Control(GAME, "updates of G", (1, 2, 3, 5), "in a step; Algorithm 1 has one"),
    "r1_weight": Control(GAME, "R1 weight", WEIGHTS, "w/2 times the squared slope of D on real points"),
    "gp_weight": Control(GAME, "gradient penalty", WEIGHTS, "pulls the slope of D between the points to 1"),
    "optimizer": Control(PACE, "optimiser", OPTIMIZERS, "Adam with betas 0.5 and 0.999, or plain gradient descent"),
    "d_lr": Control(PACE, "learning rate of D", RATES, "the size of D's updates"),
    "g_lr": Control(PACE, "learning rate of G", RATES, "the size of G's updates"),
    "batch_size": Control(PACE, "batch size", (16, 32, 64, 128, 256), "real points, and as many fakes, in an update"),
    "noise": Control(NETS, "noise", NOISES, "standard normal, or uniform on [-1, 1)"),
    "latent": Control(NETS, "noise dimension", (1, 2, 4, 8, 16, 32), "numbers in one z"),
    "n_layers": Control(NETS, "hidden layers", (1, 2, 3, 4), "of G and of D"),
    "width": Control(NETS, "width", (4, 8, 16, 32, 64, 128), "neurons in each hidden layer"),
    "minibatch_stddev": Control(NETS, "minibatch stddev", (False, True), "D sees how varied its batch is"),
    "spectral_norm": Control(NETS, "spectral norm", (False, True), "each layer of D stretches nothing by more than 1"),
    "seed": Control(NETS, "seed", (), "the same seed and settings give the same run"),
}


def changed(settings: Settings, changes: dict[str, object]) -> Settings:
    """The settings with `changes`, checked. Raises ValueError, in words for the reader, where one cannot be."""
    known = {field.name: field.type for field in fields(Settings)}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"there is no setting {name!r}: there are {', '.join(known)}")
        _check(name, value)
    return replace(settings, **changes)


def _check(name: str, value: object) -> None:
    if name == "points":
        return  # by coursekit.widgets.playground.sources
    if name == "loss":
        allowed = (*LOSSES, OWN_LOSS)
    elif isinstance(getattr(Settings, name), str | bool):
        allowed = CONTROLS[name].values
    else:
        _check_number(name, value)
        return
    if type(value) not in (str, bool) or value not in allowed:
        raise ValueError(f"{name} is {value!r}, it may be one of {', '.join(map(repr, allowed))}")


LIMITS = {  # smallest and largest value that a run survives; code may set any number between them
    "k": (1, 50),
    "g_updates": (1, 50),
    "r1_weight": (0, 1000),
    "gp_weight": (0, 1000),
    "d_lr": (0, 10),
    "g_lr": (0, 10),
    "batch_size": (2, 4096),
    "latent": (1, 256),
    "n_layers": (1, 8),
    "width": (1, 512),
    "seed": (0, 2**31),
}


def _check_number(name: str, value: object) -> None:
    whole = isinstance(getattr(Settings, name), int)
    low, high = LIMITS[name]
    if type(value) is not int and (whole or type(value) is not float) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{name} is {value!r}, it must be {kind} from {low} to {high}")


def differences(settings: Settings) -> dict[str, object]:
    """The settings that are not the default's, in the order of the fields."""
    default = Settings()
    names = [field.name for field in fields(Settings)]
    return {name: getattr(settings, name) for name in names if getattr(settings, name) != getattr(default, name)}


def pair(settings: Settings, own: Loss | None) -> Loss:
    """The loss of the settings; `own` is the reader's."""
    if settings.loss == OWN_LOSS:
        if own is None:
            raise ValueError("there is no loss of your own: pass it, Playground(d_loss=my_d, g_loss=my_g)")
        return own
    return LOSSES[settings.loss]
