"""The playground in a notebook, without a browser: what it answers to each message, and what it sends."""

import asyncio
import base64
import io
import tomllib
from pathlib import Path

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from PIL import Image

from coursekit.widgets import playground as package
from coursekit.widgets.playground import Playground, pulse, widget
from coursekit.widgets.playground.frames import Views, curves, frame_now, packed
from coursekit.widgets.playground.measure import AXIS
from coursekit.widgets.playground.settings import CONTROLS
from coursekit.widgets.playground.views import arrows, noise_grid

SMALL = {"width": 8, "batch_size": 16}


class Browser:
    """Says what a browser says, and keeps what it is told."""

    def __init__(self, **settings):
        self.playground = Playground(**{**SMALL, **settings})
        self.told = []
        self.playground.screen.send = lambda content, buffers=None: self.told.append((content, buffers))
        self.say(do="hello")

    def say(self, **message):
        self.playground._hear(self.playground.screen, message, [])

    @property
    def frame(self):
        content, [values] = [(c, b) for c, b in self.told if c["kind"] == "frame"][-1]
        numbers, arrays = np.frombuffer(values, np.float32), {}
        for name, shape in content["layout"]:
            arrays[name], numbers = numbers[: np.prod(shape)].reshape(shape), numbers[np.prod(shape) :]
        assert not len(numbers)
        return content, arrays

    @property
    def state(self):
        return self.playground.screen.state


@pytest.fixture
def browser():
    return Browser(moves=["both 3"])


def test_a_frame_is_what_the_engine_holds(browser):
    content, arrays = browser.frame
    engine = browser.playground.engine
    assert content["n"] == 3 and content["timeline"] == [0, 3] and content["line"] is None
    np.testing.assert_array_equal(arrays["fake"], engine.samples().numpy()[:300])
    np.testing.assert_array_equal(arrays["real"], engine.ruler.reals.numpy()[:300])
    np.testing.assert_allclose(arrays["losses"][:, 1:], engine.losses, rtol=1e-6)
    point = torch.tensor([[AXIS[40], AXIS[7]]], dtype=torch.float32)
    with torch.no_grad():
        assert arrays["map"][7, 40] == pytest.approx(torch.sigmoid(engine.game.D(point)).item(), rel=1e-5)
    assert [name for name, *_ in content["tiles"]] == [
        "modes held",
        "good share",
        "JS divergence",
        "Wasserstein distance",
    ]
    assert content["words"].startswith("ring of 8, step 3: ")


def test_the_map_of_scores_that_are_no_logits_has_its_middle_between_real_and_fake():
    browser = Browser(loss="Wasserstein", moves=["both 20"])
    content, arrays = browser.frame
    engine = browser.playground.engine
    with torch.no_grad():
        D = engine.game.D
        middle = (D(engine.ruler.reals[:300]).mean() + D(engine.samples(300)).mean()).item() / 2
        score = D(torch.tensor([[AXIS[5], AXIS[5]]], dtype=torch.float32)).item()
    assert content["bar"]["title"] == "score of D" and float(content["bar"]["middle"]) == pytest.approx(
        middle, rel=0.06, abs=1e-6
    )
    assert (arrays["map"][5, 5] > 0.5) == (score > middle) and arrays["map"].min() >= 0 and arrays["map"].max() <= 1


def test_arrows_point_where_the_loss_of_g_falls():
    engine = Playground(**SMALL, loss="Wasserstein", moves=["both 5"]).engine
    fake, real = engine.samples(10), engine.ruler.reals[:10]
    way = arrows(engine.game.D, engine.loss, real, fake)
    step = 1e-3
    with torch.no_grad():
        rise = engine.game.D(fake + step * way / way.norm(dim=1, keepdim=True)) - engine.game.D(fake)
    np.testing.assert_allclose(rise.flatten() / step, way.norm(dim=1), rtol=0.05)
    assert all(parameter.requires_grad for parameter in engine.game.D.parameters())


@pytest.mark.parametrize(("noise", "draw"), [("normal", torch.randn), ("uniform", lambda n: 2 * torch.rand(n) - 1)])
def test_each_cell_of_the_noise_grid_holds_the_same_share_of_the_noise(noise, draw):
    torch.manual_seed(0)
    edges = noise_grid(noise, 1).flatten()
    counts = np.histogram(draw(200_000).numpy(), edges.numpy())[0] / 200_000
    np.testing.assert_allclose(counts, 0.98 / 20, atol=0.003)
    assert noise_grid(noise, 5).shape == (21, 21, 5) and noise_grid(noise, 5)[..., 2:].abs().sum() == 0


def test_every_view_can_be_switched_and_changes_what_is_sent(browser):
    for name, switched, array in (("manifold", True, "manifold"), ("arrows", False, "arrows"), ("real", False, "real")):
        had = array in browser.frame[1]
        browser.say(do="view", name=name, value=switched)
        assert (array in browser.frame[1]) != had and browser.playground.screen.views[name] is switched
    before = browser.frame[1]["map"]
    browser.say(do="view", name="map", value="D*")
    assert not np.array_equal(browser.frame[1]["map"], before) and browser.frame[0]["bar"]["title"].startswith("D*")
    browser.say(do="view", name="map", value="none")
    assert "map" not in browser.frame[1]
    browser.say(do="view", name="map", value="heat")
    assert "there is no view 'map' with the value 'heat'" in browser.state["problem"]


@pytest.mark.parametrize("name", CONTROLS)
def test_every_control_says_its_new_value_to_all_browsers(browser, name):
    one = CONTROLS[name]
    value = 5 if name == "seed" else "line" if name == "data" else one.values[0 if name == "width" else 1]
    browser.say(do="set", changes={name: value})
    assert browser.playground.screen.settings[name] == value == getattr(browser.playground.engine.settings, name)
    assert browser.state["problem"] == "" and "points" not in browser.playground.screen.settings


@pytest.mark.parametrize(("kind", "words"), [("D", "D moved"), ("G", "G moved"), ("both", "D and G moved")])
def test_step_buttons_make_one_step(browser, kind, words):
    browser.say(do="step", kind=kind)
    assert browser.frame[0]["n"] == 4 and browser.state["note"] == f"step 4: {words}"


def test_reset_scrub_and_code(browser):
    browser.say(do="step", kind="D")
    browser.say(do="code")
    assert browser.told[-1][0] == {
        "kind": "code",
        "text": "Playground(batch_size=16, width=8, moves=['both 3', 'D 1'])",
    }
    browser.say(do="scrub", to=0)
    assert browser.frame[0]["n"] == 0 and browser.frame[0]["timeline"] == [0, 4]
    browser.say(do="scrub", to=1)
    assert browser.frame[0]["n"] == 4
    browser.say(do="reset")
    assert browser.frame[0]["n"] == 0 and browser.frame[0]["timeline"] == [0]


def test_slow_motion_goes_through_ten_lines_back_and_on_to_the_next_step(browser):
    browser.say(do="slow", on=True)
    lines = [browser.frame[0]["line"]]
    for _ in range(9):
        browser.say(do="line", by=1)
        lines.append(browser.frame[0]["line"])
    assert [line["number"] for line in lines] == list(range(1, 11)) and browser.playground.engine.n == 4
    assert "def minimax_d" in lines[2]["source"] and "source" in lines[0] and lines[0]["source"] == ""
    assert "arrows" in browser.frame[1] and len(browser.frame[1]["fake"]) == 16
    browser.say(do="line", by=-1)
    assert browser.frame[0]["line"]["number"] == 9 and browser.playground.engine.n == 4
    browser.say(do="view", name="real", value=False)
    assert "real" not in browser.frame[1]
    browser.say(do="line", by=1), browser.say(do="line", by=1)
    assert browser.frame[0]["line"]["number"] == 1 and browser.playground.engine.n == 5
    browser.say(do="reset")
    assert browser.frame[0]["line"]["number"] == 0 and browser.state["slow"]
    browser.say(do="slow", on=False)
    assert browser.frame[0]["line"] is None
    browser.say(do="line", by=1)
    assert browser.state["problem"] == "slow motion is off"


def test_drawn_and_pasted_points_become_the_data(browser):
    browser.say(do="points", points=[[0.5, 0.5], [1, 1]])
    assert browser.state["note"] == "2 points; a new run from step 0"
    assert browser.playground.screen.settings["data"] == "drawn" and browser.frame[0]["tiles"][0][1] == "–"
    browser.say(do="csv", text="100,1\n300,2")
    assert "moved by (-200, -1.5)" in browser.state["note"] and browser.playground.engine.settings.data == "pasted"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"do": "points", "points": []}, "the drawing is empty"),
        ({"do": "csv", "text": "1,2\nred,blue"}, "line 2 is 'red,blue'"),
        ({"do": "set", "changes": {"k": 0}}, "k is 0"),
        ({"do": "set", "changes": {"data": "drawn"}}, "the drawing is empty"),
        ({"do": "set", "changes": 5}, "changes"),
        ({"do": "scrub", "to": 99}, "there is no number 99"),
        ({"do": "step", "kind": "E"}, "there is no step 'E'"),
        ({"do": "dance"}, "does not know"),
        ({"do": ["play"]}, "does not know"),
        ({"do": "points", "points": 3}, "points"),
        ({}, "does not know"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_run_stays(browser, message, words):
    browser.playground.playing = True
    browser.say(**message)
    assert words in browser.state["problem"] and not browser.state["playing"]
    assert browser.playground.engine.n == 3 and browser.playground.engine.settings.data == "ring of 8"
    browser.say(do="step", kind="both")
    assert browser.state["problem"] == "" and browser.playground.engine.n == 4


@pytest.mark.parametrize("message", [None, "play", 3, []])
def test_what_is_no_message_never_raises_in_the_kernel(browser, message):
    browser.playground._hear(browser.playground.screen, message, [])
    assert "does not know" in browser.state["problem"]


def wrong_after_three(real, fake):
    if browser_of_test.playground.engine.n >= 3:
        return (real / 0).mean()
    return (fake - real).mean()


browser_of_test = None


def test_a_loss_of_ones_own_that_fails_pauses_with_its_line_and_can_be_left():
    global browser_of_test
    browser_of_test = browser = Browser(d_loss=wrong_after_three)
    for _ in range(3):
        browser.say(do="step", kind="both")
    browser.say(do="step", kind="both")
    assert browser.state["problem"].startswith("d_loss returned ") and "line " in browser.state["problem"]
    assert "paused at step 3" in browser.state["note"] and browser.frame[0]["n"] == 3
    browser.say(do="slow", on=True)
    assert "steps/adversarial.py, line " in browser.state["problem"]
    assert browser.frame[0]["line"]["number"] == 2  # the last line that ran
    browser.say(do="slow", on=False)
    browser.say(do="set", changes={"loss": "hinge"})
    browser.say(do="step", kind="both")
    assert browser.state["problem"] == "" and browser.playground.engine.n == 4
    assert browser.playground.screen.controls[1]["values"][0] == "your own"


def test_playing_trains_in_slices_and_sends_no_more_than_is_acknowledged(monkeypatch):
    monkeypatch.setattr(pulse, "SHORTEST", 0.0)
    monkeypatch.setattr(pulse, "SHARE", 1e9)
    monkeypatch.setattr(widget, "SLICE", 0.001)
    browser = Browser()
    browser.say(do="ack", number=1)

    async def play():
        sent = len(browser.told)
        browser.say(do="play")
        task = browser.playground.task
        await asyncio.sleep(0.2)
        assert len(browser.told) - sent == pulse.IN_FLIGHT  # nobody has drawn one
        steps = browser.playground.engine.n
        browser.say(do="ack", number=browser.frame[0]["number"])
        await asyncio.sleep(0.2)
        assert len(browser.told) - sent == 2 * pulse.IN_FLIGHT and browser.playground.engine.n > steps
        browser.say(do="play")
        assert browser.playground.task is task
        browser.say(do="pause")
        await asyncio.wait_for(task, 5)

    asyncio.run(play())
    assert not browser.state["playing"] and browser.frame[0]["n"] == browser.playground.engine.n


def test_a_loss_that_fails_while_playing_ends_the_task_and_is_said():
    def failing(real, fake):
        raise RuntimeError("no")

    browser = Browser(d_loss=failing)

    async def play():
        browser.say(do="play")
        await asyncio.wait_for(browser.playground.task, 5)

    asyncio.run(play())
    assert "RuntimeError: no (in failing, line " in browser.state["problem"] and not browser.state["playing"]


def test_two_playgrounds_play_side_by_side_and_do_not_disturb_each_other():
    one, other = Browser(gp_weight=0.1), Browser(seed=1)

    async def play():
        for browser in (one, other):
            browser.say(do="play")
        await asyncio.sleep(0.3)
        for browser in (one, other):
            browser.say(do="pause")
            await browser.playground.task

    asyncio.run(play())
    for browser in (one, other):
        assert browser.playground.engine.n > 3
        again = eval(browser.playground.code(), {"Playground": Playground})
        assert again.engine.losses == browser.playground.engine.losses


def test_a_run_that_nobody_looks_at_is_paused(monkeypatch):
    monkeypatch.setattr(pulse, "UNSEEN", 0.05)
    browser = Browser()

    async def play():
        browser.say(do="play")
        await asyncio.wait_for(browser.playground.task, 5)

    asyncio.run(play())
    assert "no browser" in browser.state["note"] and browser.playground.engine.n > 0


def test_a_new_page_gets_the_frame_of_now_even_where_an_old_one_never_answered(browser):
    browser.playground.pulse.sent += 5
    assert not browser.playground.pulse.due
    told = len(browser.told)
    browser.say(do="hello")
    assert len(browser.told) == told + 1 and browser.frame[0]["n"] == 3


def test_an_acknowledgement_of_what_was_never_sent_counts_for_nothing(browser):
    sent, drawn = browser.playground.pulse.sent, browser.playground.pulse.drawn
    for number in (10**6, -1, "1", None):
        browser.say(do="ack", number=number)
    assert (browser.playground.pulse.sent, browser.playground.pulse.drawn) == (sent, drawn)


def test_frames_are_float32_and_curves_have_at_most_200_points():
    engine = Playground(**SMALL, moves=["both 450"]).engine
    rows = curves(engine)["losses"]
    assert len(rows) == 200 and rows[0, 0] == 1 and rows[-1, 0] == 450
    layout, values = packed({"a": torch.arange(6.0).view(2, 3).T, "b": torch.ones(1, dtype=torch.float64)})
    assert layout == [["a", [3, 2]], ["b", [1]]]
    assert np.frombuffer(values, np.float32).tolist() == [0, 3, 1, 4, 2, 5, 1]


@pytest.mark.parametrize(
    "settings", [{}, {"minibatch_stddev": True, "spectral_norm": True}, {"latent": 1}, {"latent": 16}]
)
def test_looking_moves_nothing(settings):
    engine = Playground(**SMALL, **settings, moves=["both 3"]).engine
    before = engine.state()
    frame_now(engine, Views(manifold=True)), frame_now(engine, Views(map="D*")), engine.measure()
    after = engine.state()
    for part in ("G", "D"):
        assert all(torch.equal(before[part][name], after[part][name]) for name in before[part])
    assert torch.equal(before["random"], after["random"])
    assert all(p.grad is None for p in engine.game.D.parameters())


def test_without_a_kernel_there_is_a_picture_and_a_sentence():
    playground = Playground(**SMALL, moves=["both 5"])
    for views in (Views(), Views("D*", True, False), Views("none", False, False, False, False)):
        playground.views = views
        bundle = playground._repr_mimebundle_()
        picture = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
        assert picture.size == (900, 440) and len(bundle["image/png"]) < 100_000
        assert bundle["text/plain"] == playground.sentence
        assert "application/vnd.jupyter.widget-view+json" in bundle
    assert matplotlib.pyplot.get_fignums() == []


def test_a_setting_that_is_none_is_refused():
    with pytest.raises(ValueError, match="there is no setting 'losses'"):
        Playground(losses="hinge")


def test_the_examples_of_its_page_run():
    root = Path(package.__file__).parents[3]
    page = (root / "docs" / "playground.md").read_text(encoding="utf-8")
    names = {}
    for example in page.split("```python")[1:]:
        exec(example.partition("```")[0], names)
    names["p"].engine.step()
    assert names["p"].engine.loss.name == "your own" and names["p"].engine.n == 1


def test_its_scripts_and_styles_are_installed_with_the_package():
    folder = Path(package.__file__).parent
    root = folder.parents[2]
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    globs = settings["tool"]["setuptools"]["package-data"]["coursekit"]
    installed = {path for glob in globs for path in (root / "coursekit").glob(glob)}
    needed = {path for ending in ("js", "css") for path in folder.glob(f"*.{ending}")}
    assert len(needed) == 4 and needed <= installed


def test_the_short_path_leads_to_the_same_class_and_no_other_name_is_made_up():
    import coursekit.widgets

    assert coursekit.widgets.Playground is Playground
    with pytest.raises(AttributeError, match="no attribute 'Playgrounds'"):
        coursekit.widgets.Playgrounds  # noqa: B018
