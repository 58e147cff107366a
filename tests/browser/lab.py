"""A JupyterLab of our own on a free port, a headless Chromium, and what a journey does with both."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, TimeoutError

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOKEN = "journeys"
QUIET = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook; a cell that starts with ``#md`` is Markdown."""
    content = []
    for number, source in enumerate(cells):
        is_text = source.startswith("#md")
        cell = {
            "cell_type": "markdown" if is_text else "code",
            "id": f"c{number}",
            "metadata": {},
            "source": source.removeprefix("#md").strip(),
        }
        content.append(cell if is_text else cell | {"execution_count": None, "outputs": []})
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": content, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    return path


# The mark in the status bar is still idle for a moment after Run All; the cells themselves know better.
ALL_RUN = """() => window.jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.type === "code"
    && cell.model.sharedModel.getSource().trim()).every((cell) => cell.model.executionCount !== null)"""


class Lab:
    """A running JupyterLab whose root is `folder`; a context manager."""

    def __init__(self, folder: Path, home: Path, data: Path) -> None:
        self.folder, self.home, self.data = folder, home, data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Lab":
        settings = self.home / "user-settings"
        for name, content in QUIET.items():
            place = settings / f"{name.replace(':', '/')}.jupyterlab-settings"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps(content))
        own = {"CALCINOSIS_HOME": str(self.home / "progress"), "CALCINOSIS_DATA": str(self.data)}
        own |= {"JUPYTERLAB_SETTINGS_DIR": str(settings), "JUPYTERLAB_WORKSPACES_DIR": str(self.home / "workspaces")}
        self._log = (self.home / "lab.log").open("w")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser"),
                *(f"--ServerApp.port={self.port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"),
                *(f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={self.folder}"),
                "--ServerApp.kernel_websocket_connection_class=calcinosis.jupyterlab.connection.PromptConnection",
            ],
            env=os.environ | own,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._wait()
        return self

    def _wait(self) -> None:
        for _ in range(300):
            if self._process.poll() is not None:
                raise RuntimeError(f"JupyterLab ended at once:\n{(self.home / 'lab.log').read_text()[-3000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/api?token={TOKEN}", timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("JupyterLab did not answer within 30 seconds.")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def open(self, page: Page, name: str, *, dark: bool = False) -> None:
        """Open a notebook of the root folder and wait until its kernel is idle."""
        page.goto(f"{self.url}/lab/tree/{name}?token={TOKEN}&reset")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        idle(page)
        theme = "JupyterLab Dark" if dark else "JupyterLab Light"
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.locator(f"body[data-jp-theme-light='{'false' if dark else 'true'}']").wait_for(state="attached")


def idle(page: Page) -> None:
    """Wait until the kernel does nothing, and a moment more: what is sent at once can be lost."""
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=60_000)
    page.wait_for_timeout(700)


def run_all(page: Page) -> None:
    """Run every cell, as the menu does."""
    for patience_ms in (15_000, 60_000):  # sent to a kernel that has only just started, the first one can be lost
        page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        try:
            page.wait_for_function(ALL_RUN, timeout=patience_ms)
            break
        except TimeoutError:
            continue
    else:
        raise AssertionError("Run All did not run every cell.")
    idle(page)


def widget(page: Page, number: int = 0) -> Locator:
    """Return the widget card `number` of the notebook, alive."""
    found = page.locator(".jp-OutputArea .cc").nth(number)
    found.wait_for(timeout=30_000)
    return found


def axe_problems(page: Page, selector: str = ".cc") -> list[str]:
    """Return what axe finds within our own widgets: one line per rule and element."""
    found = Axe().run(page, context={"include": [[selector]]})
    return [
        f"{rule['id']}: {node['html'][:160]} {node['any'][:1]}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
