"""One JupyterLab and one Chromium for all journeys; every journey has its own notebook and an empty progress file."""

import os
import shutil
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import lab as journeys
from tests.content_copy import copy_content

# A first figure loads matplotlib; on a busy machine that alone takes the five seconds that Playwright would wait.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium; where there is none, journeys fail unless BROWSER=absent says that this is known."""
    if not Path(journeys.CHROMIUM).exists():
        message = (
            f"Chromium was not found at {journeys.CHROMIUM}; install it (Debian: apt-get install chromium), "
            "set CHROMIUM, or set BROWSER=absent."
        )
        if os.environ.get("BROWSER") == "absent":
            pytest.skip(message)
        pytest.fail(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=journeys.CHROMIUM, args=journeys.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory, chromium):
    """A running JupyterLab on a copy of the course's content, with the samples beside it."""
    root = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "home"):
        (root / name).mkdir()
    with journeys.Lab(root / "notebooks", root / "home", copy_content(root / "data")) as running:
        yield running


@pytest.fixture
def page(chromium):
    """A page of its own; an uncaught error in the page fails the journey."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def fresh(lab):
    """An empty progress file; gives its path."""
    shutil.rmtree(lab.home / "progress", ignore_errors=True)
    return lab.home / "progress" / "progress.json"


_numbers = count()


@pytest.fixture
def opened(lab, page, fresh):
    """Write a notebook with the given cells, open it, run all; gives the page."""

    def opened(*cells, dark=False, run=True):
        name = f"journey-{next(_numbers)}.ipynb"
        journeys.write_notebook(lab.folder / name, *cells)
        lab.open(page, name, dark=dark)
        if run:
            journeys.run_all(page)
        page.notebook = lab.folder / name
        return page

    return opened


@pytest.fixture
def static(page):
    """Show a widget without JupyterLab, as the static edition does: the same module with a stand-in for its model."""

    def static(widget, width=1280, dark=False):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        ground = "#14181d" if dark else "#ffffff"
        page.set_content(
            "<!doctype html><html lang='en'><title>Static</title>"
            f"<style>body {{ margin: 0; background: {ground} }}</style>"
            f"<style>{widget._css}</style><main id='here'></main></html>"
        )
        page.evaluate(
            """async ([code, view]) => {
                const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
                const { default: widget } = await import(address);
                window.sent = [];
                const heard = [];
                window.model = { get: () => window.view, on: (_name, act) => heard.push(act), off: () => {},
                    send: (message) => window.sent.push(message) };
                window.view = view;
                window.put = (next) => { window.view = next; heard.forEach((act) => act()); };
                window.stop = widget.render({ model: window.model, el: document.getElementById("here") });
            }""",
            [widget._esm, widget.view],
        )
        return page

    return static
