"""How the playground feels: frames a second, what drawing costs beside the training, and how soon a hand is obeyed.

    python benchmarks/playground.py [--seconds 10] [--presses 10]

A JupyterLab and a headless Chromium are started, one playground with the default settings plays in it, and the browser
counts the frames that it has painted. Drawing is the kernel's processor time for frames, figures and messages, as a
share of the time that passes; the browser's own painting is told apart. A slider and Pause are timed in the page, from
the press until the kernel's answer is shown. Goals on 2 cores: at least 15 frames a second, at most 15 % of a core,
at most 200 ms.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table

from coursekit.cli.clone import ROOT
from coursekit.cli.doctor import BROWSERS
from coursekit.cli.server import serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
CELLS = [
    "from coursekit.widgets.playground import Playground\n\np = Playground()\np",
    "import json, time\n\nprint(json.dumps([p.pulse.drawing, p.pulse.training, p.engine.n, time.time()]))",
]
READY = """() => {
  const session = window.jupyterapp?.shell?.currentWidget?.sessionContext;
  const kernel = session?.isReady && session.session?.kernel;
  return kernel && kernel.status === 'idle' && kernel.connectionStatus === 'connected';
}"""
RUN_CELL = """async (index) => {
  const {content} = window.jupyterapp.shell.currentWidget;
  content.activeCellIndex = index;
  await window.jupyterapp.commands.execute('notebook:run-cell');
  return content.widgets[index].model.outputs.toJSON();
}"""
LATENCY = """async ([act, done]) => {
  const root = document.querySelector('.gan-playground');
  const start = performance.now();
  eval(act)(root);
  while (!eval(done)(root)) await new Promise(go => setTimeout(go, 1));
  return performance.now() - start;
}"""
SLIDE = """root => {
  const rate = root.querySelector('[name=g_lr]');
  rate.value = rate.value === '4' ? 5 : 4;
  root.wanted = [1e-3, 2e-3][rate.value - 4];
  rate.dispatchEvent(new Event('input'));
}"""
PRESS = "root => root.querySelector('.play').click()"
SHOWS = {name: f"root => root.querySelector('.play').title === '{name}'" for name in ("Play", "Pause")}


def playing(page, seconds: float) -> list[tuple[str, str, str]]:
    """Rows of name, value and goal for a playground that plays."""
    root = page.locator(".jp-OutputArea .gan-playground[data-frames]")
    page.wait_for_timeout(3000)
    before, frames = json.loads(page.evaluate(RUN_CELL, 1)[0]["text"]), int(root.get_attribute("data-frames"))
    start = time.monotonic()
    page.wait_for_timeout(1000 * seconds)
    rate = (int(root.get_attribute("data-frames")) - frames) / (time.monotonic() - start)
    after = json.loads(page.evaluate(RUN_CELL, 1)[0]["text"])
    drawing, training, steps, passed = (b - a for a, b in zip(before, after, strict=True))
    return [
        ("frames a second", f"{rate:.1f}", ">= 15"),
        ("steps a second", f"{steps / passed:.0f}", ""),
        ("drawing in the kernel, of a core", f"{drawing / passed:.1%}", "<= 15 %"),
        ("training in the kernel, of a core", f"{training / passed:.0%}", ""),
        ("painting the last frame in the browser", f"{root.get_attribute('data-milliseconds')} ms", ""),
    ]


def latencies(page, n_presses: int) -> list[tuple[str, str, str]]:
    """The same for a slider and for Pause, pressed again and again while it plays."""
    told: dict[str, list[float]] = {"a slider": [], "Pause": []}
    for _ in range(n_presses):
        answered = "root => JSON.parse(root.dataset.settings).g_lr === root.wanted"
        told["a slider"].append(page.evaluate(LATENCY, [SLIDE, answered]))
        page.wait_for_timeout(150)
        told["Pause"].append(page.evaluate(LATENCY, [PRESS, SHOWS["Play"]]))
        page.evaluate(LATENCY, [PRESS, SHOWS["Pause"]])
    return [
        (f"{name}, median and slowest of {n_presses}", f"{statistics.median(ms):.0f} and {max(ms):.0f} ms", "<= 200 ms")
        for name, ms in told.items()
    ]


@contextmanager
def opened(notebook: Path, chromium: str) -> Iterator:
    """A page in which a new JupyterLab shows the notebook, ready to run."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        serving(("--expose-app-in-browser",), COURSEKIT_OFFLINE="1") as server,
        sync_playwright() as driver,
    ):
        window = {"width": 1300, "height": 1150}
        context = driver.chromium.launch_persistent_context(
            Path(profile), executable_path=chromium, headless=True, args=FLAGS, viewport=window
        )
        page = context.new_page()
        page.goto(f"{server.url}lab/tree/{notebook.relative_to(ROOT).as_posix()}?reset&token={server.token}")
        page.wait_for_function(READY, timeout=90_000)
        yield page
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--presses", type=int, default=10)
    options = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        raise SystemExit(f"none of {', '.join(BROWSERS)} is installed; on Debian: sudo apt install chromium")
    notebook = ROOT / "runs" / "benchmark-playground.ipynb"
    notebook.parent.mkdir(exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), notebook)
    table = Table("measure", "value", "goal", title="The playground")
    try:
        with opened(notebook, chromium) as page:
            page.evaluate(RUN_CELL, 0)
            page.locator(".jp-OutputArea .gan-playground[data-frames]").wait_for(timeout=60_000)
            page.evaluate(LATENCY, [PRESS, SHOWS["Pause"]])
            for row in (*playing(page, options.seconds), *latencies(page, options.presses)):
                table.add_row(*row)
    finally:
        notebook.unlink()
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
