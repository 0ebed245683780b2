"""Captured steps: on a GPU the eager step's numbers from one launch, elsewhere the eager step itself."""

import warnings
from functools import partial

import pytest
import torch
from torch import nn

from coursekit.data.images import load_images
from coursekit.data.streams import Batches, Latent
from coursekit.data.toys import ring
from coursekit.fit import fit
from coursekit.losses import HINGE, NON_SATURATING
from coursekit.nets.average import Average
from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from coursekit.nets.mlp import mlp
from coursekit.nets.spectral import spectral_norm
from coursekit.penalties import gradient_penalty, r1
from coursekit.recipes import RECIPES
from coursekit.recipes.run import falling
from coursekit.scale.captured import N_EAGER, CapturableAdam, captured, waits_of
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass

CUDA = pytest.param("cuda", marks=pytest.mark.gpu)


def points_game(device: str) -> Game:
    torch.manual_seed(0)
    G, D = mlp((4, 16, 2), nn.ReLU).to(device), mlp((2, 16, 1), nn.ReLU).to(device)
    adams = [CapturableAdam(net.parameters(), 1e-3, (0.5, 0.999)) for net in (G, D)]
    return Game(G, D, *adams, Latent(4, seed=1, device=device))


def image_game(device: str) -> Game:
    """A DCGAN with batch statistics in G and spectral normalisation, whose vectors move in each forward, in D."""
    torch.manual_seed(0)
    G = DCGANGenerator(28, 1, 16, width=8).to(device)
    D = DCGANDiscriminator(28, 1, width=8, norm=lambda n: nn.Identity(), wrap=spectral_norm).to(device)
    adams = [CapturableAdam(net.parameters(), 1e-3, (0.0, 0.9)) for net in (G, D)]
    return Game(G, D, *adams, Latent(16, seed=1, device=device))


def garments(device: str) -> Batches:
    return load_images("fashion-mnist-embedded", device=device).batches(16, seed=2)


STEPS = {
    "k=2 and R1": lambda game: adversarial(game, NON_SATURATING, k=2, penalty=partial(r1, weight=1.0)),
    "the gradient penalty, which draws from the global generator": lambda game: adversarial(
        game, NON_SATURATING, penalty=partial(gradient_penalty, weight=1.0)
    ),
}


def eager(step, average):
    """What `captured` stands for: the step, then the average."""

    def whole(batches):
        losses = step(batches)
        average(0, losses)
        return losses

    return whole


def trained(make_game, make_step, batches, device: str, wrap, n_steps: int = 12):
    """Losses, final weights and averaged weights of a run on a falling rate, its step wrapped by `wrap`."""
    game = make_game(device)
    average = Average(game.G, 0.9)
    rates = [
        torch.optim.lr_scheduler.LambdaLR(optimizer, partial(falling, n_steps, 0.1))
        for optimizer in (game.g_optimizer, game.d_optimizer)
    ]
    torch.manual_seed(5)
    step = wrap(make_step(game), batches, game, average)
    history = fit(step, batches, n_steps, (lambda n, losses: [rate.step() for rate in rates],), progress=False)
    assert device == "cpu" or wrap is not as_captured or step.graph is not None
    weights = [p.detach().clone() for net in (game.G, game.D, average.net) for p in net.state_dict().values()]
    return history, weights


def as_eager(step, batches, game, average):
    return eager(step, average)


def as_captured(step, batches, game, average):
    return captured(step, batches, game.latent, inside=(average,))


@pytest.mark.parametrize("device", ["cpu", CUDA])
@pytest.mark.parametrize("name", STEPS)
def test_a_captured_step_gives_the_eager_steps_losses_and_weights(name, device):
    runs = [
        trained(points_game, STEPS[name], ring().batches(32, 3, device), device, wrap)
        for wrap in (as_captured, as_eager)
    ]
    same(*runs)


@pytest.mark.gpu
def test_batch_statistics_and_power_iterations_are_replayed_too():
    runs = [
        trained(image_game, lambda game: shared_pass(game, HINGE), garments("cuda"), "cuda", wrap)
        for wrap in (as_captured, as_eager)
    ]
    same(*runs)


def same(one, other) -> None:
    for name in one[0].names:
        torch.testing.assert_close(torch.tensor(one[0][name]), torch.tensor(other[0][name]), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(one[1], other[1], rtol=1e-4, atol=1e-5)


def test_without_cuda_every_step_runs_eagerly_and_one_line_says_why(capsys):
    game, batches = points_game("cpu"), ring().batches(8)
    step = captured(adversarial(game), batches, game.latent)
    for _ in range(N_EAGER + 2):
        step(batches)
    assert step.reason == "a graph is recorded on CUDA, these batches are on cpu"
    assert capsys.readouterr().out.splitlines() == [
        f"Steps are not captured but run one operation after another: {step.reason}."
    ]


def test_another_stream_of_batches_is_refused():
    game, batches = points_game("cpu"), ring().batches(8)
    step = captured(adversarial(game), batches, game.latent)
    with pytest.raises(ValueError, match=r"captured with another stream of batches: call captured\(\) again"):
        step(ring().batches(8))


def test_a_rate_in_a_tensor_gives_plain_adams_weights_on_a_schedule_and_after_a_resume():
    x, target = torch.randn(64, 3), torch.randn(64, 1)

    def run(make_adam, n_first: int) -> torch.Tensor:
        torch.manual_seed(0)
        net = nn.Linear(3, 1)
        adam = make_adam(net.parameters())
        rate = torch.optim.lr_scheduler.LambdaLR(adam, partial(falling, 20, 0.0))
        for n in range(20):
            if n == n_first:  # as from a file: new objects with the old state
                state, rates, adam = adam.state_dict(), rate.state_dict(), make_adam(net.parameters())
                rate = torch.optim.lr_scheduler.LambdaLR(adam, partial(falling, 20, 0.0))
                adam.load_state_dict(state)
                rate.load_state_dict(rates)
            adam.zero_grad()
            (net(x) - target).square().mean().backward()
            adam.step()
            rate.step()
        return net.weight.detach()

    plain = run(lambda parameters: torch.optim.Adam(parameters, 0.1, (0.5, 0.9)), n_first=-1)
    for n_first in (-1, 14):
        mine = run(lambda parameters: CapturableAdam(parameters, 0.1, (0.5, 0.9)), n_first)
        torch.testing.assert_close(mine, plain, rtol=1e-5, atol=1e-6)


@pytest.mark.gpu
def test_a_step_that_reads_a_value_off_the_device_runs_eagerly_and_says_why(capsys):
    game, batches = points_game("cuda"), ring().batches(8, device="cuda")
    plain = adversarial(game)

    def peeking(batches):
        losses = plain(batches)
        losses["d_loss"].item()
        return losses

    step = captured(peeking, batches, game.latent)
    for _ in range(N_EAGER + 3):
        assert all(torch.isfinite(loss) for loss in step(batches).values())
    assert step.graph is None and "the step waits for the device in test_captured.py:" in step.reason
    assert capsys.readouterr().out.count("Steps are not captured") == 1


@pytest.mark.gpu
def test_after_a_recording_that_failed_steps_go_on_from_the_same_noise_and_batches(capsys):
    runs = [trained(points_game, adversarial, ring().batches(32, 3, "cuda"), "cuda", w) for w in (as_failing, as_eager)]
    same(*runs)
    assert capsys.readouterr().out.count("Steps are not captured") == 1
    assert torch.cuda.current_stream() == torch.cuda.default_stream()


def as_failing(step, batches, game, average):
    """Captured, of a step that behaves until it is recorded."""

    def failing(batches):
        losses = step(batches)
        if torch.cuda.is_current_stream_capturing():
            losses["d_loss"].item()
        return losses

    return captured(failing, batches, game.latent, inside=(average,))


def test_the_lines_that_wait_for_the_device_are_named_and_other_warnings_go_on(monkeypatch):
    modes = []
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", modes.append)

    def work():
        warnings.warn("called a synchronizing CUDA operation", stacklevel=1)
        warnings.warn("something else", stacklevel=1)
        return {"d_loss": torch.zeros(())}

    with pytest.warns(UserWarning, match="something else") as others:
        losses, waits = waits_of(work)
    assert list(losses) == ["d_loss"] and len(others) == 1
    first = work.__code__.co_firstlineno
    assert waits == [f"test_captured.py:{first + 1}"]
    assert modes == ["warn", "default"]


@pytest.mark.gpu
def test_a_recipes_run_on_a_gpu_is_captured_samples_current_weights_and_resumes(tmp_path):
    from coursekit import checkpoints

    images = load_images("fashion-mnist-embedded", device="cuda")
    run, other = (RECIPES["dcgan-fast"].start(images, 30, seed=0) for _ in range(2))
    sheets = []
    run.fit((lambda n, losses: sheets.append(run.sample(4).clone()) if n in (10, 20) else None,), progress=False)
    assert not torch.equal(*sheets)
    other.meta["n_steps"] = 15
    other.fit(progress=False)
    checkpoints.save(tmp_path / "half", other.parts, other.meta)
    again = RECIPES["dcgan-fast"].start(images, 30, seed=0)
    checkpoints.load(tmp_path / "half", again.parts)
    again.fit(progress=False)
    assert len(again.history) == 30
    torch.testing.assert_close(again.history["d_loss"], run.history["d_loss"], rtol=2e-2, atol=2e-2)
