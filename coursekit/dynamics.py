"""Games small enough to be solved: who moves where, in which order, and what the eigenvalues say before anybody moves.

A state w is a tensor (..., 2), float64: what the first player holds, then the second. A velocity maps states to the
direction in which each player wants to move, the same shape. A step takes (velocity, w, lr) and returns the states
that follow; `lr` is a number, or a tensor (..., 2) with a rate for each player.

The Dirac-GAN (Mescheder, Geiger and Nowozin 2018, section 2): all real samples are 0, all fake ones theta, and D scores
x with -psi x. Its score of a fake is -theta psi; the paper turns the sign of D round and gets the same equations.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

Velocity = Callable[[Tensor], Tensor]
Step = Callable[[Velocity, Tensor, float | Tensor], Tensor]


def driving_velocity(w: Tensor) -> Tensor:
    """Two drivers who go left with probabilities p and q, each paid 1 if both are on one side: replicator dynamics.

    p' = p (1 - p) (2q - 1), and likewise q: going left gains 2q - 1 over going right, and a firm habit hardly moves.
    """
    return w * (1 - w) * (2 * w.flip(-1) - 1)


def xy_velocity(w: Tensor) -> Tensor:
    """x minimises and y maximises x y: (-y, x). It is the Dirac-GAN with Wasserstein's loss, too."""
    x, y = w.unbind(-1)
    return torch.stack([-y, x], -1)


def dirac_velocity(w: Tensor, r1_weight: float = 0.0) -> Tensor:
    """The Dirac-GAN with the minimax loss: (-psi s, theta s - r1_weight psi) with s = sigmoid(-theta psi) = 1 - D."""
    theta, psi = w.unbind(-1)
    pull = torch.sigmoid(-theta * psi)
    return torch.stack([-psi * pull, theta * pull - r1_weight * psi], -1)


def dirac_non_saturating_velocity(w: Tensor, r1_weight: float = 0.0) -> Tensor:
    """The Dirac-GAN whose generator minimises -log D(fake): its own half becomes -psi sigmoid(theta psi)."""
    theta, psi = w.unbind(-1)
    mine = -psi * torch.sigmoid(theta * psi)
    return torch.stack([mine, theta * torch.sigmoid(-theta * psi) - r1_weight * psi], -1)


def simultaneous_step(velocity: Velocity, w: Tensor, lr: float | Tensor) -> Tensor:
    """Both players move at once, each from where the other was."""
    return w + lr * velocity(w)


def alternating_step(velocity: Velocity, w: Tensor, lr: float | Tensor) -> Tensor:
    """The first player moves, then the second, which has seen that move."""
    first = simultaneous_step(velocity, w, lr)[..., 0]
    between = torch.stack([first, w[..., 1]], -1)
    second = simultaneous_step(velocity, between, lr)[..., 1]
    return torch.stack([first, second], -1)


def extragradient_step(velocity: Velocity, w: Tensor, lr: float | Tensor) -> Tensor:
    """From w, along the velocity of the point that a simultaneous step would reach (Korpelevich 1976)."""
    return w + lr * velocity(w + lr * velocity(w))


def play(step: Step, velocity: Velocity, start: Tensor, lr: float | Tensor, n_steps: int) -> Tensor:
    """The path of the game, (n_steps + 1, *start.shape): the start, and the state after each step."""
    path = [start]
    for _ in range(n_steps):
        path.append(step(velocity, path[-1], lr))
    return torch.stack(path)


def xy_alternating(x: float, y: float, lr: float, n_steps: int) -> Tensor:
    """The path (n_steps + 1, 2), float64, of the xy-game from (x, y): x moves first, then y, which sees the new x.

    It stays on the ellipse x^2 - lr x y + y^2 for lr < 2; at lr = 1 it is back after 6 steps.
    """
    return play(alternating_step, xy_velocity, torch.tensor([x, y], dtype=torch.float64), lr, n_steps)


def dirac_jacobian(theta: float, psi: float, r1_weight: float) -> Tensor:
    """The derivatives of `dirac_velocity` at (theta, psi): (2, 2), float64, one row for each player's velocity."""
    t = torch.tensor(theta * psi, dtype=torch.float64)
    pull, bend = torch.sigmoid(-t), torch.sigmoid(t) * torch.sigmoid(-t)  # f'(t) and -f''(t)
    cross = pull - t * bend
    return torch.stack([psi**2 * bend, -cross, cross, -(theta**2) * bend - r1_weight]).reshape(2, 2)


def spectral_radius(jacobian: Tensor, lr: float) -> Tensor:
    """The largest modulus among the eigenvalues of I + lr J, for a velocity's Jacobian J (n, n): one number.

    Below 1 simultaneous steps converge near the equilibrium, above 1 they leave it.
    """
    return torch.linalg.eigvals(torch.eye(len(jacobian), dtype=jacobian.dtype) + lr * jacobian).abs().max()


def step_jacobian(step: Step, velocity: Velocity, w: Tensor, lr: float | Tensor) -> Tensor:
    """The derivatives (2, 2) of one step's result with respect to the state w (2,), by autograd."""
    return torch.autograd.functional.jacobian(partial(step, velocity, lr=lr), w)


def simultaneous_radius(lr: float, speed: float) -> float:
    """|1 + i a| with a = lr * speed, for a velocity that turns at `speed` (eigenvalues +-i speed): never below 1."""
    return (1 + (lr * speed) ** 2) ** 0.5


def alternating_radius(lr: float, speed: float) -> float:
    """The same for alternating steps: 1 up to a = 2, where the turn is 180 degrees, and above 1 beyond."""
    half_trace = 1 - (lr * speed) ** 2 / 2
    return 1.0 if half_trace >= -1 else -half_trace + (half_trace**2 - 1) ** 0.5


def extragradient_radius(lr: float, speed: float) -> float:
    """The same for extragradient steps, |1 + i a - a^2|: below 1 for 0 < a < 1, lowest at a = sqrt(1/2)."""
    a = lr * speed
    return (1 - a**2 + a**4) ** 0.5


def r1_eigenvalues(r1_weight: float, speed: float) -> Tensor:
    """The two eigenvalues, complex128, of [[0, -speed], [speed, -r1_weight]]: D brakes in proportion to its slope."""
    root = torch.tensor(complex(r1_weight**2 / 4 - speed**2)).sqrt()
    return -r1_weight / 2 + torch.stack([root, -root])
