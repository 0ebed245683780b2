"""The playground in JupyterLab, as a person uses it: mouse, keyboard, two views, a reload, a loss that fails."""

import json
import time

import nbformat
import pytest

from coursekit.cli.clone import ROOT
from coursekit.widgets.playground.pulse import IN_FLIGHT
from coursekit.widgets.playground.settings import CONTROLS
from tests.browser.test_real_or_fake import READY, RUN_CELL

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SCREENS = ROOT / "runs" / "screens"
NOTEBOOK = ROOT / "runs" / "test-playground.ipynb"
CELLS = [
    """
from coursekit.widgets.playground import Playground

p = Playground(width=16, batch_size=32)
p
""",
    "p",
    """
import json, time

wall, own = time.perf_counter(), time.thread_time()
while time.thread_time() - own < 0.1:
    pass
slower = (time.perf_counter() - wall) / (time.thread_time() - own)
print(json.dumps({
    **vars(p.engine.settings), "n": p.engine.n, "code": p.code(), "views": vars(p.views), "playing": p.playing,
    "sent": p.pulse.sent, "drawn": p.pulse.drawn, "drawing": p.pulse.drawing, "seconds": time.time(),
    "slower": slower,
}))
""",
    """
import torch
from ipywidgets import HBox

def my_d(real, fake):
    gap = (real - fake).mean()
    return gap * float("nan") if q.engine.n > 1 else -gap

def my_g(fake, real):
    return -fake.mean()

q = Playground(d_loss=my_d, g_loss=my_g, width=16, batch_size=32)
HBox([q.view, Playground(width=16, batch_size=32, seed=1).view])
""",
]
PIXELS = "root => [...root.querySelectorAll('canvas')].map(one => one.toDataURL()).join()"
FOCUSED = "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
ROOT_OF = ".jp-OutputArea .gan-playground"
# Looks and presses at once: the kernel may answer an earlier press between a look from outside and the press.
REST = """root => {
  root.querySelector('[aria-pressed=true]')?.click();
  root.querySelector('.play[title=Pause]')?.click();
}"""


@pytest.fixture(scope="module")
def lab(browser, server):
    """A page with the notebook whose first cell has run."""
    NOTEBOOK.parent.mkdir(exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), NOTEBOOK)
    page = browser.new_page()
    page.set_default_timeout(30_000)
    page.set_viewport_size({"width": 1300, "height": 1150})
    page.goto(f"{server.url}lab/tree/{NOTEBOOK.relative_to(ROOT).as_posix()}?reset&token={server.token}")
    page.wait_for_function(READY, timeout=90_000)
    assert all(output["output_type"] != "error" for output in page.evaluate(RUN_CELL, 0))
    page.locator(f"{ROOT_OF}[data-frames]").first.wait_for(timeout=30_000)
    yield page
    page.close()
    NOTEBOOK.unlink()


@pytest.fixture
def root(lab):
    """The first view, at rest."""
    root = lab.locator(ROOT_OF).first
    root.evaluate(REST)
    root.locator("[aria-pressed=false]").wait_for()
    root.get_by_role("button", name="Play", exact=True).wait_for()
    return root


def take_picture(thing, name):
    SCREENS.mkdir(parents=True, exist_ok=True)
    thing.screenshot(path=SCREENS / f"playground-{name}.png")


def read(page):
    return json.loads(page.evaluate(RUN_CELL, 2)[0]["text"])


def press(root, name):
    root.get_by_role("button", name=name, exact=True).click()


def pause(root):
    """Press Pause, and wait until the kernel has paused."""
    press(root, "Pause")
    root.get_by_role("button", name="Play", exact=True).wait_for()


def wait_until_past(view, step):
    """Wait until a view shows a later step."""
    view.page.wait_for_function("([view, n]) => Number(view.dataset.step) > n", arg=[view.element_handle(), step])


def wait_for_step(root, step):
    root.page.locator(f"{ROOT_OF}[data-step='{step}']").first.wait_for()


def wait_for_setting(root, name, value):
    root.page.wait_for_function(
        "([name, value]) => JSON.parse(document.querySelector('.gan-playground').dataset.settings)[name] === value",
        arg=[name, value],
    )


def step_of(root):
    return int(root.get_attribute("data-step"))


def status(root, words):
    root.locator(".status").filter(has_text=words).wait_for()


def test_everything_has_a_name(lab, root):
    take_picture(lab, "start")
    snapshot = root.aria_snapshot()
    for line in (
        'group "Playground: a GAN on the plane"',
        'toolbar "Run"',
        *(
            f'button "{name}"'
            for name in ("Play", "Step D", "Step G", "Step both", "Copy as code: this run in one line of Python")
        ),
        'img "ring of 8, step 0: 0 of 8 modes, 0% of the fakes near the data, JS',
        'img "Losses of D and G against the step"',
        'slider "timeline"',
        'combobox "map behind the points"',
        *(f'"{one.name}"' for one in CONTROLS.values()),
    ):
        assert line in snapshot, f"{line} is not in\n{snapshot}"
    nameless = [
        line
        for line in snapshot.splitlines()
        if line.strip(" -:") in ("button", "slider", "checkbox", "combobox", "img")
    ]
    assert nameless == []


def settled_pixels(root, other_than=None):
    """The pixels once two looks agree and, if `other_than` is given, they have changed; after 10 s as they are."""
    end, before = time.monotonic() + 10, None
    while ((now := root.evaluate(PIXELS)) != before or now == other_than) and time.monotonic() < end:
        before = now
        root.page.wait_for_timeout(120)
    return now


def after_two_steps(root):
    press(root, "Reset to step 0")
    wait_for_step(root, 0)
    for step in (1, 2):
        press(root, "Step both")
        wait_for_step(root, step)
    return settled_pixels(root)


def set_control(root, name, value):
    control, values = root.locator(f"[name={name}]"), CONTROLS[name].values
    if name == "seed":
        control.fill(str(value))
        control.press("Enter")
    elif isinstance(value, bool):
        control.set_checked(value)
    elif isinstance(value, str):
        control.select_option(value)
    else:
        control.evaluate("(one, at) => { one.value = at; one.dispatchEvent(new Event('input')); }", values.index(value))
    wait_for_setting(root, name, value)


def test_every_control_changes_the_setting_and_the_picture(root):
    plain = after_two_steps(root)
    assert after_two_steps(root) == plain  # else a difference would say nothing
    others = {"data": "spiral", "seed": 5, "batch_size": 16, "width": 32, "loss": "hinge", "latent": 4, "n_layers": 3}
    usual = {"seed": 0, "batch_size": 32, "width": 16, "data": "ring of 8"}
    for name, one in CONTROLS.items():
        before = usual.get(name, one.values[0] if one.values else 0)
        before = {"d_lr": 1e-3, "g_lr": 1e-3, "latent": 2, "n_layers": 2}.get(name, before)
        set_control(root, name, others.get(name, next((value for value in one.values[1:] if value != before), None)))
        assert after_two_steps(root) != plain, f"{name} changes nothing that is seen"
        set_control(root, name, before)
    assert after_two_steps(root) == plain


def test_every_view_changes_the_picture(root):
    seen = {last := settled_pixels(root)}
    for n, name in enumerate(("warped grid of G", "arrows: where fakes would go", "fakes", "real points"), 2):
        root.get_by_role("checkbox", name=name, exact=True).click()
        seen.add(last := settled_pixels(root, other_than=last))
        assert len(seen) == n, f"{name} changes nothing that is seen"
    for n, which in enumerate(("D*", "none"), 6):
        root.get_by_role("combobox", name="map behind the points").select_option(which)
        seen.add(last := settled_pixels(root, other_than=last))
        assert len(seen) == n
    root.get_by_role("combobox", name="map behind the points").select_option("D")
    for name in ("warped grid of G", "arrows: where fakes would go", "fakes", "real points"):
        root.get_by_role("checkbox", name=name, exact=True).click()


def focus(page, name):
    for _ in range(60):
        if page.evaluate(FOCUSED).endswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name}")


def test_the_keyboard_alone_plays_sets_scrubs_and_pauses(lab, root):
    cells = lab.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    press(root, "Reset to step 0")
    wait_for_step(root, 0)
    root.get_by_role("button", name="Play").focus()
    lab.keyboard.press("Enter")
    wait_until_past(root, 30)
    focus(lab, "learning rate of G")
    lab.keyboard.press("ArrowRight")
    wait_for_setting(root, "g_lr", 0.002)
    take_picture(lab, "playing")
    for key in ("d", "d", "x", "a", "m"):  # shortcuts of the notebook
        lab.keyboard.press(key)
    root.get_by_role("button", name="Pause").focus()
    lab.keyboard.press("Space")
    root.get_by_role("button", name="Play").wait_for()
    stopped = read(lab)
    assert stopped["playing"] is False and stopped["n"] > 30
    root.get_by_role("button", name="Play").focus()  # running a cell took the focus
    focus(lab, "timeline")
    lab.keyboard.press("Home")
    wait_for_step(root, 0)
    lab.keyboard.press("End")
    wait_for_step(root, stopped["n"])
    assert read(lab)["n"] == stopped["n"]
    assert lab.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") == cells


def test_copy_as_code_is_a_line_that_makes_the_same_run(lab, root):
    press(root, "Step D")
    press(root, "Copy as code: this run in one line of Python")
    box = root.get_by_role("textbox", name="this run as code")
    box.wait_for()
    assert box.input_value() == read(lab)["code"] and box.input_value().endswith("'D 1'])")


def test_slow_motion_shows_each_line_of_the_step_and_its_formula(lab, root):
    step = step_of(root)
    press(root, "Slow motion, line by line")
    now = root.locator(".now")
    now.get_by_text("real, *cond = unpacked(next(batches))").wait_for()
    wait_for_step(root, step + 1)
    pictures = {settled_pixels(root)}
    for words in ("G(z)", "d_loss = ", "loss.backward()", "optimizer.step()", "with frozen(D):", "fake = G("):
        press(root, "Next line")
        now.get_by_text(words).first.wait_for()
        pictures.add(settled_pixels(root))
    assert len(pictures) >= 4
    press(root, "Next line")
    now.get_by_text("def non_saturating_g(").wait_for()
    for _ in range(2):
        press(root, "Next line")
    root.locator("[aria-current=step]").filter(has_text="G moves").wait_for()
    take_picture(lab, "slow-motion")
    press(root, "Line before")
    root.locator("[aria-current=step]").filter(has_text="The slope for G").wait_for()
    press(root, "Slow motion, line by line")
    root.locator("[aria-pressed=false]").wait_for()
    assert step_of(root) == step + 1


def test_one_draws_data_with_the_mouse_or_the_keyboard(lab, root):
    root.locator("[name=data]").select_option("drawn")
    press(root, "Use the drawing as data")
    root.get_by_role("alert").filter(has_text="the drawing is empty").wait_for()
    canvas = root.locator("canvas.plane")
    box = canvas.bounding_box()
    lab.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    lab.mouse.down()
    lab.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"], steps=20)
    lab.mouse.up()
    root.get_by_text("21 points").wait_for()
    canvas.focus()
    for key in ("ArrowDown", "Space", "ArrowLeft", "Space", "Backspace"):
        lab.keyboard.press(key)
    root.get_by_text("22 points").wait_for()
    take_picture(lab, "drawing")
    press(root, "Use the drawing as data")
    status(root, "22 points; a new run")
    told = read(lab)
    assert told["data"] == "drawn" and told["n"] == 0 and len(told["points"]) == 22
    heights = {y for _, y in told["points"][:21]}
    assert len(heights) == 1 and told["points"][0][0] < -1 < 1 < told["points"][20][0]  # a level stroke
    assert told["points"][21] == [0, -0.2]


def test_pasted_lines_become_data_and_text_is_refused_with_its_line(lab, root):
    root.locator("[name=data]").select_option("pasted")
    text = root.get_by_role("textbox", name="points, one a line: x, y")
    text.fill("x, y\n1, 1\nred, blue")
    press(root, "Use these points as data")
    root.get_by_role("alert").filter(has_text="line 3 is 'red, blue': it needs two numbers").wait_for()
    text.fill("x, y\n1, 1\n-1, -1\n0, 1")
    press(root, "Use these points as data")
    status(root, "3 points; a new run")
    root.get_by_role("alert").wait_for(state="hidden")
    assert read(lab)["data"] == "pasted"
    set_control(root, "data", "ring of 8")


def test_while_it_is_out_of_sight_nothing_is_drawn_and_nothing_piles_up(lab, root):
    press(root, "Play")
    wait_until_past(root, 5)
    root.evaluate("one => { one.style.display = 'none'; }")
    before = read(lab)
    for _ in range(20):  # until the page has seen that it is hidden
        lab.wait_for_timeout(500)
        if (now := read(lab))["sent"] == before["sent"]:
            break
        before = now
    lab.wait_for_timeout(800)
    after = read(lab)
    assert after["n"] > before["n"] and after["sent"] == before["sent"] <= after["drawn"] + IN_FLIGHT
    root.evaluate("one => { one.style.display = ''; }")
    wait_until_past(root, after["n"])
    pause(root)


def test_two_views_show_one_run_and_a_reload_finds_it_again(lab, root):
    lab.evaluate(RUN_CELL, 1)
    second = lab.locator(ROOT_OF).nth(1)
    second.wait_for()
    for view in (second, root):  # a view paints when it is in sight
        view.scroll_into_view_if_needed()
        wait_until_past(view, -1)
    second.get_by_role("button", name="Step D").click()
    status(root, "D moved")
    second.get_by_role("checkbox", name="warped grid of G").click()
    root.locator("[name=manifold]:checked").wait_for()
    step = read(lab)["n"]
    for view in (second, root):
        view.scroll_into_view_if_needed()
        wait_until_past(view, step - 1)
        assert step_of(view) == step
    lab.evaluate("async () => await window.jupyterapp.commands.execute('docmanager:save')")
    lab.reload()
    lab.wait_for_function(READY, timeout=60_000)
    lab.locator(f"{ROOT_OF}[data-step='{step}']").first.wait_for(timeout=30_000)
    again = lab.locator(ROOT_OF).first
    again.get_by_role("button", name="Step both").click()
    wait_for_step(again, step + 1)


def test_a_loss_that_fails_is_named_with_its_line_and_its_neighbour_plays_on(lab, root):
    assert all(output["output_type"] != "error" for output in lab.evaluate(RUN_CELL, 3))
    pair = lab.locator(".jp-OutputArea .widget-hbox .gan-playground")
    mine, neighbour = pair.nth(0), pair.nth(1)
    neighbour.wait_for()
    mine.scroll_into_view_if_needed()
    neighbour.get_by_role("button", name="Play").click()
    mine.get_by_role("button", name="Play").click()
    mine.get_by_role("alert").filter(has_text="d_loss returned nan (in my_d, line 6: return gap").wait_for()
    status(mine, "paused at step ")
    wait_until_past(neighbour, -1)
    wait_until_past(neighbour, step_of(neighbour))
    take_picture(lab, "failed-beside-another")
    pause(neighbour)
    mine.locator("[name=loss]").select_option("hinge")
    mine.get_by_role("button", name="Step both").click()
    status(mine, "D and G moved")
    mine.get_by_role("alert").wait_for(state="hidden")


LATENCY = """async ([act, done]) => {
  const root = document.querySelector('.gan-playground');
  const start = performance.now();
  eval(act)(root);
  while (!eval(done)(root)) await new Promise(go => setTimeout(go, 2));
  return performance.now() - start;
}"""
SLIDE = """root => { const k = root.querySelector('[name=k]'); k.value = 1 - k.value % 2; root.k = [1, 2][k.value];
  k.dispatchEvent(new Event('input')); }"""


def test_it_is_quick_enough_to_be_played_with(lab, root):
    """Goals: 15 frames a second, 15 % of a core for drawing, 200 ms.

    Three times that is allowed, and as much more as a core is slower that the kernel shares with other work.
    """
    root.scroll_into_view_if_needed()
    press(root, "Play")
    lab.wait_for_timeout(1500)
    start = read(lab)
    root.scroll_into_view_if_needed()  # running a cell scrolls to it
    lab.wait_for_timeout(300)
    frames, begin = int(root.get_attribute("data-frames")), time.monotonic()
    lab.wait_for_timeout(4000)
    rate = (int(root.get_attribute("data-frames")) - frames) / (time.monotonic() - begin)
    end = read(lab)
    share = (end["drawing"] - start["drawing"]) / (end["seconds"] - start["seconds"])
    slide = lab.evaluate(LATENCY, [SLIDE, "root => JSON.parse(root.dataset.settings).k === root.k"])
    paused = lab.evaluate(
        LATENCY, ["root => root.querySelector('.play').click()", "root => root.querySelector('.play').title === 'Play'"]
    )
    slower = min(start["slower"], end["slower"])
    print(f"{rate:.1f} frames/s, drawing {share:.1%} of a core, slider {slide:.0f} ms, Pause {paused:.0f} ms")
    print(f"a second of the processor took the kernel {slower:.2f} s")
    assert rate * slower >= 5 and share <= 0.45 and max(slide, paused) <= 600 * slower
