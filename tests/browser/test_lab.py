"""Lectures run, and exercises answer, in JupyterLab as a student's browser shows them."""

import ast
import time

import nbformat
import pytest

from coursekit.build.sources import LECTURE_HEADER, read_source
from coursekit.cli.clone import ROOT
from tests.browser.excerpts import WIDGETS, excerpt

SHORT = 30  # seconds of budget: up to here the browser runs a whole lecture
START_PAGE = "00_start_here"
SCREENS = ROOT / "runs" / "screens"

# Clicking Run All before the kernel is there opens a "Select Kernel" dialog, so all three conditions are awaited.
READY = """async () => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  if (!panel?.context?.isReady || !panel.sessionContext?.isReady) return false;
  const kernel = panel.sessionContext.session?.kernel;
  return kernel?.status === 'idle' && kernel.connectionStatus === 'connected';
}"""
KERNEL_STATUS = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
RUN_ALL = "async () => await window.jupyterapp.commands.execute('notebook:run-all-cells')"
CODE_CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim())
  .map(cell => ({
    count: cell.model.executionCount,
    errors: cell.model.outputs.toJSON().filter(o => o.output_type === 'error').map(o => `${o.ename}: ${o.evalue}`),
  }))"""
# The notebook draws only the cells in view; with a panel as tall as its content, one picture holds the whole lecture.
FULL_HEIGHT = """() => {
  const content = window.jupyterapp.shell.currentWidget.content.node;
  return Math.ceil(content.querySelector('.jp-WindowedPanel-inner, .jp-WindowedPanel-viewport').scrollHeight);
}"""

# Types into the cell that defines the function, runs it and the cell with its check, and gives what that one prints.
ANSWER = """async ([name, answer]) => {
  const {content} = window.jupyterapp.shell.currentWidget;
  const source = cell => cell.model.sharedModel.getSource();
  const find = text => content.widgets.findIndex(cell => cell.model.type === 'code' && source(cell).includes(text));
  const [written, checked] = [find(`def ${name}(`), find(`", ${name})`)];
  if (answer) content.widgets[written].model.sharedModel.setSource(answer);
  for (const index of [written, checked]) {
    content.activeCellIndex = index;
    await window.jupyterapp.commands.execute('notebook:run-cell');
  }
  await content.scrollToItem(written, 'start');
  return content.widgets[checked].model.outputs.toJSON();
}"""

# Running all cells leaves the last one in view.
TO_THE_TOP = """() => {
  const content = window.jupyterapp.shell.currentWidget.content;
  content.activeCellIndex = 0;
  content.node.querySelector('.jp-WindowedPanel-outer').scrollTop = 0;
}"""

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def wait_until(page, expression, seconds):
    """Poll an expression; Playwright's own wait takes the Promise of an async function for true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if page.evaluate(expression):
            return
        page.wait_for_timeout(250)
    raise TimeoutError(f"still false after {seconds} s: {expression}")


def open_notebook(page, server, path):
    page.goto(f"{server.url}lab/tree/{path}?reset&token={server.token}")
    wait_until(page, READY, 90)


def take_picture(page, name):
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png")


# First of all: JupyterLab opens again what a test before it has left open.
def test_the_start_page_opens_by_itself_and_no_news_popup_does(page, server):
    page.goto(f"{server.url}?token={server.token}")
    wait_until(page, READY, 90)
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path") == "notebooks/00_start_here.ipynb"
    assert not page.evaluate("() => window.jupyterapp.commands.isToggled('docmanager:toggle-autosave')")
    page.wait_for_timeout(2000)  # the popup comes late
    assert page.locator(".Toastify__toast").count() == 0


def code_cells(stem):
    """The sources of a lecture's code cells."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def budget(stem):
    return read_source(ROOT / "notebooks" / "src" / f"{stem}.py", LECTURE_HEADER).header["budget"]


STEMS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
WITH_WIDGETS = [stem for stem in STEMS if any(WIDGETS in source for source in code_cells(stem))]
WHOLE = [START_PAGE, *(stem for stem in WITH_WIDGETS if budget(stem) <= SHORT)]
IN_PART = [stem for stem in WITH_WIDGETS if stem not in WHOLE]


def run_all_cells(page, name):
    """Run all cells to the end without an error, and take a picture of the whole notebook."""
    page.evaluate(RUN_ALL)
    wait_until(page, KERNEL_STATUS.replace("kernel.status", "kernel.status === 'idle'"), 60)
    cells = page.evaluate(CODE_CELLS)
    assert [cell["errors"] for cell in cells] == [[]] * len(cells)
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    page.set_viewport_size({"width": 1300, "height": min(page.evaluate(FULL_HEIGHT) + 200, 16_000)})
    page.evaluate(TO_THE_TOP)
    page.wait_for_timeout(2500)  # the cells that come into view are drawn now
    take_picture(page, name)


@pytest.mark.parametrize("stem", WHOLE)
def test_a_lecture_runs_in_the_browser_without_an_error(page, server, stem):
    open_notebook(page, server, f"notebooks/{stem}.ipynb")
    take_picture(page, f"{stem}-opened")
    run_all_cells(page, f"{stem}-run")


@pytest.mark.parametrize("stem", IN_PART)
def test_the_widgets_of_a_long_lecture_run_in_the_browser_with_the_cells_they_need(page, server, stem):
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell(source) for source in excerpt(code_cells(stem))]
    path = ROOT / "runs" / f"widgets-of-{stem}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    open_notebook(page, server, path.relative_to(ROOT).as_posix())
    run_all_cells(page, f"{stem}-widgets")


def test_a_student_tries_an_exercise_and_reads_a_friendly_answer_each_time(page, server):
    open_notebook(page, server, "exercises/03_minimax_theory.ipynb")
    page.evaluate(RUN_ALL)
    assert all(not cell["errors"] for cell in page.evaluate(CODE_CELLS))  # as shipped it runs to its end
    wrong = ROOT / "solutions" / "wrong" / "03_minimax_theory" / "js_divergence__bits.py"
    hint, _, answer = wrong.read_text(encoding="utf-8").partition("\n")
    tree = ast.parse(text := (ROOT / "solutions" / "right" / "03_minimax_theory.py").read_text(encoding="utf-8"))
    [right] = [ast.get_source_segment(text, node) for node in tree.body if getattr(node, "name", "") == "js_divergence"]
    right = f"import math\n\n\n{right}"
    expected = {
        "stub": ("", "not started"),
        "wrong": (answer, hint.removeprefix("# hint: ")),
        "right": (right, "passed"),
    }
    for name, (text, words) in expected.items():
        [output] = page.evaluate(ANSWER, ["js_divergence", text])
        assert output["output_type"] == "stream" and words in output["text"]
        assert "Traceback" not in output["text"] and "coursekit/checks" not in output["text"]
        page.wait_for_timeout(1000)
        take_picture(page, f"exercise-{name}")
