"""Slow motion: the lines are the step's own, the values those that it held, and the step is no other for being seen."""

import inspect
import math
import sys
from pathlib import Path

import pytest
import torch

from coursekit.steps.adversarial import adversarial, update
from coursekit.widgets.playground.engine import Engine
from coursekit.widgets.playground.formulas import FORMULAS, d_formula, g_formula
from coursekit.widgets.playground.settings import LOSSES, OWN_LOSS, Settings, changed
from coursekit.widgets.playground.slow import STOPS, loss_source, slowly

SMALL = Settings(width=8, batch_size=16)


def watched(engine):
    seen = []
    return slowly(engine, lambda stop, *points: seen.append((stop.number, *points)) or stop.number), seen


def test_each_stop_begins_exactly_one_line_of_the_step_that_is_run():
    step, moves = (
        [line.strip() for line in inspect.getsource(function).splitlines()] for function in (adversarial, update)
    )
    for stop in STOPS:
        assert sum(line.startswith(stop.begins) for line in (*step, *moves)) == 1, stop.begins
    body = step[step.index("for _ in range(k):") + 1 : step.index('return {"d_loss": d_loss, "g_loss": g_loss}')]
    passed = [line for line in body if not any(line.startswith(stop.begins) for stop in STOPS)]
    calls = ["update(game.d_optimizer, d_loss)", "project(D)", "update(game.g_optimizer, g_loss)"]
    assert passed == ["with torch.no_grad():", *calls]  # else a new line of the step needs a stop


def test_the_ten_lines_come_in_order_and_ds_five_as_often_as_d_is_updated():
    made, _ = watched(Engine(changed(SMALL, {"k": 2})))
    assert [(one.stop.number, one.round) for one in made] == [
        *((number, 1) for number in range(1, 6)),
        *((number, 2) for number in range(1, 6)),
        *((number, 1) for number in range(6, 11)),
    ]
    assert [one.seen for one in made] == [one.stop.number for one in made]
    file, line = made[2].place.split(", line ")
    text = Path(inspect.getsourcefile(adversarial)).read_text(encoding="utf-8").splitlines()
    assert file == "steps/adversarial.py" and made[2].code.startswith("d_loss = loss.d(")
    assert text[int(line) - 1].strip() == made[2].code


def test_further_updates_of_g_show_gs_five_lines_again():
    engine = Engine(changed(SMALL, {"g_updates": 3}))
    made, seen = watched(engine)
    assert [(one.stop.number, one.round) for one in made] == [
        *((number, 1) for number in range(1, 6)),
        *((number, round_) for round_ in (1, 2, 3) for number in range(6, 11)),
    ]
    for first, second in ((9, 14), (14, 19)):
        assert not torch.equal(seen[first][2], seen[second][2])
    assert made[-3].says == f"g_loss = {engine.losses[0][1]:.4f}"


def test_a_step_in_slow_motion_is_the_same_step():
    settings = changed(SMALL, {"gp_weight": 0.1, "g_updates": 2, "k": 2})
    slow, fast = Engine(settings), Engine(settings)
    watched(slow), fast.step()
    assert slow.losses == fast.losses and slow.moves == fast.moves and slow.n == 1
    for one, other in zip(slow.game.G.parameters(), fast.game.G.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_values_are_those_of_the_step():
    engine = Engine(SMALL)
    made, seen = watched(engine)
    [(d_loss, g_loss)] = engine.losses
    assert made[2].says == f"d_loss = {d_loss:.4f}" and made[7].says == f"g_loss = {g_loss:.4f}"
    first = Engine(SMALL)
    [real] = next(first.batches)
    assert torch.equal(seen[0][1], real) and seen[0][2] is None
    with torch.no_grad():
        assert torch.equal(seen[1][2], first.game.G(first.game.latent(16)))


def test_the_last_line_shows_where_the_same_noise_went_before_and_after_g_moved():
    engine = Engine(SMALL)
    old_g = Engine(SMALL).game.G
    _, seen = watched(engine)
    _, _, after, before = seen[-1]
    z = Engine(SMALL).game.latent
    z(16)  # of D's half
    noise = z(16)
    with torch.no_grad():
        assert torch.allclose(before, old_g(noise)) and torch.allclose(after, engine.game.G(noise))


def test_the_length_of_the_slope_is_that_of_all_gradients():
    engine = Engine(SMALL)
    game, batches = Engine(SMALL).game, Engine(SMALL).batches
    made, _ = watched(engine)
    [real] = next(batches)
    with torch.no_grad():
        fake = game.G(game.latent(16))
    slopes = torch.autograd.grad(LOSSES["non-saturating"].d(game.D(real), game.D(fake)), game.D.parameters())
    assert made[3].says == f"length of the slope {math.sqrt(sum(float(s.square().sum()) for s in slopes)):.3g}"


def test_a_line_that_raises_is_named_after_those_that_ran_and_the_tracer_is_put_back():
    def failing(fake, real):
        raise RuntimeError("no")

    tracer = sys.gettrace()
    engine = Engine(changed(SMALL, {"loss": OWN_LOSS}), g_loss=failing)
    with pytest.raises(RuntimeError) as caught:
        watched(engine)
    assert [one.stop.number for one in caught.value.made] == list(range(1, 8))
    code, place = caught.value.failed_at
    assert code.startswith("g_loss = loss.g(") and place.startswith("steps/adversarial.py, line ")
    assert engine.n == 0 and sys.gettrace() is tracer


def test_the_loss_is_shown_as_it_is_written():
    def my_loss(real, fake):
        return (fake - real).square().mean()

    assert "return (fake - real).square().mean()" in loss_source(Engine(d_loss=my_loss), "D")
    assert "return softplus(-fake).mean()" in loss_source(Engine(SMALL), "G")


def computed(formula, x, z):
    """What a formula of text says, by Python: E is a mean, s a score, D = sigmoid(s)."""
    total, depth, start = 0.0, 0, 0
    terms = []
    for i, letter in enumerate(formula):
        depth += (letter == "(") - (letter == ")")
        if letter in "+−" and depth == 0 and i > start:
            terms.append(formula[start:i])
            start = i
    for term in (*terms, formula[start:]):
        sign = -1 if term.strip().startswith("−") else 1
        half = 0.5 if "½" in term else 1
        inner = term.strip(" +−½").removeprefix("E ")
        for text, python in (
            ("D(G(z))", "torch.sigmoid(z)"),
            ("D(x)", "torch.sigmoid(x)"),
            ("s(G(z))", "z"),
            ("s(x)", "x"),
            ("log torch.sigmoid(z)", "log(torch.sigmoid(z))"),
            ("log torch.sigmoid(x)", "log(torch.sigmoid(x))"),
            ("²", "**2"),
            ("−", "-"),
            ("max(0, ", "torch.relu("),
        ):
            inner = inner.replace(text, python)
        value = eval(inner, {"torch": torch, "log": torch.log, "exp": torch.exp, "x": x, "z": z})
        total += sign * half * value.mean().item()
    return total


@pytest.mark.parametrize("name", LOSSES)
def test_each_formula_says_what_the_loss_computes(name):
    x, z = torch.randn(2, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).unbind()
    d, g = FORMULAS[name]
    assert computed(d, x, z) == pytest.approx(LOSSES[name].d(x, z).item(), rel=1e-9)
    assert computed(g, x, z) == pytest.approx(LOSSES[name].g(z, lambda: x).item(), rel=1e-9)


def test_the_formula_of_d_has_the_penalties_that_are_switched_on():
    plain, both = SMALL, changed(SMALL, {"r1_weight": 3.0, "gp_weight": 0.1, "loss": "hinge"})
    assert "∇" not in d_formula(plain) and g_formula(plain) == "L_G = −E log D(G(z))"
    assert d_formula(both).endswith(" + 3/2 E |∇D(x)|² + 0.1 E (|∇D(x̂)| − 1)²")
    assert set(FORMULAS) == {*LOSSES, OWN_LOSS}
