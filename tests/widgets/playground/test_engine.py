"""The run behind the playground: seeds, single steps, changes on the way, the way back, and what it refuses."""

import copy
import math
import warnings

import numpy as np
import pytest
import torch

from coursekit.losses import HINGE, NON_SATURATING
from coursekit.penalties import gradient_penalty, r1
from coursekit.steps.adversarial import adversarial
from coursekit.widgets.playground import nets
from coursekit.widgets.playground.as_code import as_code
from coursekit.widgets.playground.engine import Engine, NotFinite
from coursekit.widgets.playground.own_loss import WrongLoss
from coursekit.widgets.playground.settings import CONTROLS, LOSSES, NEW_RUN, OWN_LOSS, Settings, changed, differences
from coursekit.widgets.playground.timeline import MOST, Timeline
from coursekit.widgets.playground.turns import penalties

SMALL = Settings(width=8, batch_size=16)
OWN = changed(SMALL, {"loss": OWN_LOSS})


def weights(engine, net="G"):
    return torch.cat([p.detach().flatten() for p in getattr(engine.game, net).parameters()])


def run(settings=SMALL, n=5, **functions):
    engine = Engine(settings, **functions)
    engine.replay([f"both {n}"])
    return engine


def same(one, other):
    return (
        torch.equal(weights(one), weights(other))
        and torch.equal(weights(one, "D"), weights(other, "D"))
        and one.losses == other.losses
    )


def test_the_same_seed_is_the_same_run_whatever_else_draws_random_numbers():
    one, other, third = run(), Engine(SMALL), run(changed(SMALL, {"seed": 1}))
    for _ in range(5):
        torch.rand(3)
        other.step()
    assert same(one, other) and not torch.equal(weights(one), weights(third))


def test_a_run_leaves_torchs_generator_alone_even_with_a_penalty_that_draws_from_it():
    state = torch.get_rng_state()
    run(changed(SMALL, {"gp_weight": 1.0}))
    assert torch.equal(torch.get_rng_state(), state)


def test_a_step_is_the_step_of_the_course():
    engine = Engine(changed(SMALL, {"loss": "hinge", "k": 2}))
    game, batches = copy.deepcopy((engine.game, engine.batches))
    step = adversarial(game, HINGE, k=2)
    told = [step(batches) for _ in range(3)]
    engine.replay(["both 3"])
    assert all(torch.equal(a, b) for a, b in zip(game.G.parameters(), engine.game.G.parameters(), strict=True))
    assert engine.losses == [(one["d_loss"].item(), one["g_loss"].item()) for one in told]


@pytest.mark.parametrize(("kind", "moves", "rests"), [("D", "D", "G"), ("G", "G", "D")])
def test_a_step_of_one_player_leaves_the_other_where_it_was(kind, moves, rests):
    engine = run()
    before = weights(engine, moves), weights(engine, rests)
    engine.step(kind)
    assert not torch.equal(weights(engine, moves), before[0]) and torch.equal(weights(engine, rests), before[1])
    assert engine.n == 6 and engine.moves == ("both 5", f"{kind} 1")


def test_k_makes_d_move_k_times():
    engine = Engine(changed(SMALL, {"k": 3, "optimizer": "SGD", "d_lr": 1.0}))
    count = 0
    step = engine.game.d_optimizer.step

    def counted(*args):
        nonlocal count
        count += 1
        return step(*args)

    engine.game.d_optimizer.step = counted
    engine.step()
    assert count == 3


def test_further_updates_of_g_leave_d_alone():
    one, three = run(n=1), run(changed(SMALL, {"g_updates": 3}), n=1)
    assert torch.equal(weights(one, "D"), weights(three, "D")) and not torch.equal(weights(one), weights(three))
    assert one.losses[0][0] == three.losses[0][0] and one.losses[0][1] != three.losses[0][1]


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_of_the_course_trains(name):
    engine = run(changed(SMALL, {"loss": name}), n=3)
    assert engine.loss is LOSSES[name] and np.isfinite(engine.losses).all()


def other_value(name):
    if name == "seed":
        return 7
    if name == "data":
        return "spiral"
    values = [value for value in CONTROLS[name].values if value != getattr(SMALL, name)]
    return values[0] if name == "d_lr" else values[-1] if name not in ("width", "n_layers") else values[0]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_changes_the_run(name):
    plain, engine = run(n=8), run()
    engine.change(**{name: other_value(name)})
    assert engine.n == (0 if name in NEW_RUN else 5)
    engine.replay([f"both {8 - engine.n}"])
    assert engine.losses[-1] != plain.losses[-1]


def test_the_penalties_are_the_courses_with_the_weights_that_were_set():
    engine = Engine(SMALL)
    real, fake = torch.randn(2, 16, 2).unbind()
    both = penalties(changed(SMALL, {"r1_weight": 2.0, "gp_weight": 0.5}))
    torch.manual_seed(3)
    value = both(engine.game.D, real, fake)
    torch.manual_seed(3)
    D = engine.game.D
    assert torch.allclose(value, r1(D, real, fake, weight=2.0) + gradient_penalty(D, real, fake, weight=0.5))
    assert penalties(SMALL)(D, real, fake) == 0


def test_spectral_norm_bounds_every_layer_of_d_and_minibatch_stddev_adds_a_feature():
    engine = run(changed(SMALL, {"spectral_norm": True, "minibatch_stddev": True}), n=30)
    layers = [layer for layer in engine.game.D.modules() if isinstance(layer, torch.nn.Linear)]
    assert [layer.in_features for layer in layers] == [2, 8, 9]
    assert all(np.linalg.svd(layer.weight.detach().numpy())[1][0] < 1.1 for layer in layers)


def test_a_diverse_critic_scores_a_point_as_one_of_its_company():
    critic = nets.DiverseCritic(8, 1)
    company = torch.randn(32, 2)
    assert torch.allclose(critic.beside(company, company), critic(company), atol=1e-6)
    one = critic.beside(company[:1], company)
    assert torch.allclose(one, critic(company)[:1], atol=1e-6) and not torch.allclose(one, critic(company[:1]))


def test_a_restored_state_goes_on_bit_for_bit():
    engine = run(changed(SMALL, {"gp_weight": 0.1, "spectral_norm": True}))
    state = engine.state()
    engine.replay(["both 7"])
    other = weights(engine), weights(engine, "D"), list(engine.losses)
    engine.restore(state)
    assert engine.n == 5
    engine.replay(["both 7"])
    assert torch.equal(weights(engine), other[0]) and torch.equal(weights(engine, "D"), other[1])
    assert engine.losses == other[2]


def test_one_can_go_back_in_the_timeline_and_come_again():
    engine = run(n=25)
    newest = weights(engine)
    engine.scrub(1)
    assert engine.n == 10 and engine.moves == ("both 10",) and len(engine.losses) == 25
    engine.scrub(3)
    assert engine.n == 25 and torch.equal(weights(engine), newest)
    engine.scrub(1)
    engine.step()
    assert engine.n == 11 and engine.timeline.steps == [0, 10] and len(engine.losses) == 11


def test_going_back_brings_back_the_settings_of_that_moment():
    engine = run(n=12)
    engine.change(optimizer="SGD", k=2, loss="hinge")
    engine.replay(["both 9"])
    engine.scrub(1)
    assert engine.settings == SMALL and type(engine.game.d_optimizer) is torch.optim.Adam
    engine.scrub(3)
    assert engine.settings.k == 2 and type(engine.game.d_optimizer) is torch.optim.SGD and engine.loss is HINGE


def test_a_long_timeline_keeps_even_distances_its_ends_and_no_more_than_it_may():
    timeline = Timeline()
    for step in range(0, 5001):
        if timeline.due(step):
            timeline.keep(step, str(step))
        assert len(timeline) <= MOST
    assert timeline.steps == list(range(0, 5001, timeline.every)) and timeline.at(2) == str(2 * timeline.every)
    timeline.keep(5001, "5001")
    timeline.cut(1000)
    assert timeline.steps[-1] <= 1000
    with pytest.raises(ValueError, match="is not after step"):
        timeline.keep(0, "0")
    for wrong in (-1, 999, "1", None):
        with pytest.raises(ValueError, match="there is no number"):
            timeline.at(wrong)


def my_loss(real, fake):
    return (fake - real).mean()


CASES = {
    "defaults": [],
    "changes and single steps": ["both 4", {"k": 2, "optimizer": "SGD"}, "D 2", "G 1", {"d_lr": 0.01}, "both 3"],
    "a change and its way back": ["both 2", {"optimizer": "SGD"}, {"optimizer": "Adam"}, "both 3"],
    "a new run on the way": ["both 4", {"loss": "hinge"}, {"seed": 3}, "both 2", {"batch_size": 32}, "both 2"],
    "drawn": [{"data": "drawn", "points": ((0.1234567, 1.0), (-1.0, 0.5))}, "both 3"],
}


@pytest.mark.parametrize("moves", CASES.values(), ids=CASES)
def test_the_line_of_code_gives_the_same_state_again(moves):
    from coursekit.widgets.playground import Playground

    engine = Engine(SMALL)
    engine.replay(moves)
    line = as_code(engine)
    again = eval(line, {"Playground": Playground}).engine
    assert same(engine, again) and engine.settings == again.settings and "\n" not in line
    engine.step(), again.step()
    assert same(engine, again) and as_code(again) == as_code(engine)


def test_the_line_of_code_names_the_readers_functions():
    from coursekit.widgets.playground import Playground

    engine = Engine(d_loss=my_loss)
    engine.replay(["both 2"])
    assert as_code(engine) == "Playground(d_loss=my_loss, moves=['both 2'])"
    assert same(engine, eval(as_code(engine), {"Playground": Playground, "my_loss": my_loss}).engine)
    engine.change(loss="non-saturating", seed=1)
    assert as_code(engine) == "Playground(seed=1, loss='non-saturating', d_loss=my_loss)"
    assert "g_loss=your_function" in as_code(Engine(g_loss=lambda fake, real: -fake.mean()))


def test_settings_that_cannot_be_are_refused_with_what_could():
    for changes, words in (
        ({"k": 0}, "k is 0, it must be a whole number from 1 to 50"),
        ({"k": 1.5}, "must be a whole number"),
        ({"k": True}, "must be a whole number"),
        ({"d_lr": "fast"}, "must be a number from 0 to 10"),
        ({"d_lr": math.nan}, "must be a number"),
        ({"loss": "perceptual"}, "it may be one of 'non-saturating'"),
        ({"data": "moons"}, "'two moons'"),
        ({"spectral_norm": 1}, "it may be one of False, True"),
        ({"rate": 1}, "there is no setting 'rate'"),
        ({"loss": "your own"}, "there is no loss of your own"),
        ({"data": "drawn"}, "the drawing is empty"),
    ):
        engine = run(n=2)
        with pytest.raises(ValueError, match=words):
            engine.change(**changes)
        assert engine.settings == SMALL and engine.n == 2
    assert differences(Settings()) == {} and differences(changed(Settings(), {"k": 2})) == {"k": 2}


def test_what_is_no_move_is_refused():
    for move in ("both", "both -3", "sideways 3", 7):
        with pytest.raises(ValueError, match="is no move"):
            Engine(SMALL).replay([move])


def raising(real, fake):
    raise RuntimeError("my mistake")


def logarithm(real, fake):
    """Is not defined for scores below 0."""
    return torch.log(real - 100).mean()


def detached(real, fake):
    return (fake - real).mean().detach()


@pytest.mark.parametrize(
    ("function", "error", "words"),
    [
        (raising, RuntimeError, "my mistake"),
        (
            logarithm,
            WrongLoss,
            r"d_loss returned nan \(in logarithm, line \d+: return torch.log\(real - 100\).mean\(\)\)",
        ),
        (detached, WrongLoss, "does not depend on the scores"),
        (
            lambda real, fake: real - fake,
            WrongLoss,
            r"returned shape \(16, 1\), it needs one number: end with .mean\(\)",
        ),
        (lambda real, fake: 0.5, WrongLoss, "returned a float, it needs a tensor"),
    ],
)
def test_a_loss_that_fails_leaves_the_run_as_it_was(function, error, words):
    def at_last(real, fake):
        return NON_SATURATING.d(real, fake) if engine.n < 3 else function(real, fake)

    at_last.__wrapped__ = function
    engine = Engine(OWN, d_loss=at_last)
    engine.replay(["both 3"])
    before, steps = weights(engine), list(engine.timeline.steps)
    with pytest.raises(error, match=words):
        engine.advance(0.01)
    assert engine.n == 3 and torch.equal(weights(engine), before) and engine.timeline.steps == steps
    engine.change(loss="hinge")
    engine.step()
    assert engine.n == 4


def test_the_steps_before_one_that_fails_in_the_same_slice_are_kept():
    def failing(real, fake):
        return (fake - real).mean() * (math.nan if engine.n == 4 else 1)

    engine, other = Engine(OWN, d_loss=failing), Engine(OWN, d_loss=lambda real, fake: (fake - real).mean() * 1)
    with pytest.raises(WrongLoss):
        engine.advance(60)
    other.replay(["both 4"])
    assert same(engine, other) and engine.n == 4


def test_a_g_loss_that_fails_takes_back_ds_half_of_the_step():
    def failing(fake, real):
        raise RuntimeError("no")

    engine = Engine(OWN, g_loss=failing)
    before = weights(engine, "D")
    with pytest.raises(RuntimeError):
        engine.step()
    assert torch.equal(weights(engine, "D"), before)


def test_a_function_that_does_not_take_two_arguments_is_refused_at_once():
    with pytest.raises(ValueError, match=r"g_loss must be a function of \(fake, real\)"):
        Engine(g_loss=lambda fake: -fake.mean())


def test_a_rate_that_is_too_high_is_named():
    engine = Engine(changed(SMALL, {"optimizer": "SGD", "loss": "least squares", "d_lr": 10.0, "g_lr": 10.0}))
    with warnings.catch_warnings(), pytest.raises(NotFinite, match="became (nan|inf|-inf) at step"):
        for _ in range(100):
            engine.step()
    assert np.isfinite(engine.losses).all() and torch.isfinite(weights(engine)).all()
