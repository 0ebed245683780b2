"""One JupyterLab and one headless Chromium for all browser tests; skipped, with the reason, where there is none."""

import shutil

import pytest

from coursekit.cli.doctor import BROWSERS
from coursekit.cli.server import serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def server():
    with serving(("--expose-app-in-browser",), COURSEKIT_OFFLINE="1", COURSEKIT_PROFILE="fast") as running:
        yield running


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed; on Debian: sudo apt install chromium")
    with playwright.sync_playwright() as driver:
        profile = tmp_path_factory.mktemp("chromium")
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=chromium, headless=True, args=FLAGS, viewport={"width": 1300, "height": 1000}
        )
        yield context
        context.close()


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()
