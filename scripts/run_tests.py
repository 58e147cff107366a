"""Run every test of the project, part after part, and close with one line: ``N passed, N failed``.

A part that fails does not keep later parts from running. A skipped test counts as failed: nothing here may be skipped.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from calcinosis.cli.doctor import find_chromium

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NOTEBOOK_FOLDERS = ("notebooks", "exercises", "solutions")


@dataclass(frozen=True, slots=True)
class Count:
    """What a part found, and why it is red beyond single tests."""

    passed: int
    failed: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the suite."""

    name: str
    about: str
    run: Callable[[dict[str, str]], Count]


def call(environment: dict[str, str], *words: str) -> int:
    """Run a command with its output shown; return its exit code."""
    return subprocess.run(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode


def tool(environment: dict[str, str], *words: str) -> Count:
    """Run one tool that is not pytest: it counts as one test."""
    code = call(environment, str(BIN / words[0]), *words[1:])
    return Count(1, 0) if code == 0 else Count(0, 1, f"{' '.join(words)} ended with {code}")


def read_report(report: Path, code: int) -> Count:
    """Count a pytest run from its JUnit report; its exit code has the last word."""
    if not report.exists():
        return Count(0, 1, f"pytest ended with {code} before any test")
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    total, bad, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites for key in keys)
        for keys in (("tests",), ("failures", "errors"), ("skipped",))
    )
    failed = bad + skipped
    remark = f"{skipped} skipped, which counts as failed" if skipped else ""
    if code and not failed:
        failed, remark = 1, "no test was found" if code == 5 else f"pytest ended with {code}"
    return Count(max(total - bad - skipped, 0), failed, remark)


def pytest(environment: dict[str, str], *words: str) -> Count:
    """Run pytest and count its tests."""
    report = Path(environment["CALCINOSIS_SCRATCH"]) / "report.xml"
    report.unlink(missing_ok=True)
    common = ("-q", "-p", "no:cacheprovider", "--strict-config", f"--junitxml={report}", "--durations=5")
    return read_report(report, call(environment, sys.executable, "-m", "pytest", *common, *words))


def total(*counts: Count) -> Count:
    """Add counts up."""
    remarks = "; ".join(count.remark for count in counts if count.remark)
    return Count(sum(c.passed for c in counts), sum(c.failed for c in counts), remarks)


def style(environment: dict[str, str]) -> Count:
    """Lint and format, as the authors' editor would."""
    return total(tool(environment, "ruff", "check", "."), tool(environment, "ruff", "format", "--check", "."))


def floors(environment: dict[str, str]) -> Count:
    """No room imports from a higher floor."""
    return tool(environment, "lint-imports", "--no-logo")


def unit(environment: dict[str, str]) -> Count:
    """Run unit tests, content tests and the examples in docstrings."""
    return pytest(environment, "-n", "2", "--doctest-modules", "calcinosis", "tests/unit", "tests/content")


def built(environment: dict[str, str]) -> Count:
    """Compare the built notebooks with their sources; content checks."""
    return tool(environment, "calcinosis", "check")


def notebooks(environment: dict[str, str]) -> Count:
    """Run every cell of every notebook; mark the worksheets with nbgrader, both ways."""
    parallel = ("-n", "2", "--dist", "loadfile")
    return total(
        pytest(environment, "--nbval-lax", "--nbval-cell-timeout", "60", *parallel, *NOTEBOOK_FOLDERS),
        pytest(environment, *parallel, "tests/notebooks"),
    )


def binder(environment: dict[str, str]) -> Count:
    """Have repo2docker write what Binder would build, without building: it must choose Python 3.11."""
    words = (str(BIN / "jupyter-repo2docker"), "--no-build", "--debug", ".")
    done = subprocess.run(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    dockerfile = done.stdout + done.stderr
    wanted = {
        "environment.yml is used": "environment.yml" in dockerfile,
        "Python 3.11 is chosen": re.search(r"environment\.py-3\.11|python[=-]3\.11", dockerfile) is not None,
        "postBuild is run": "postBuild" in dockerfile,
    }
    missed = [text for text, found in wanted.items() if not found]
    if done.returncode or missed:
        print(dockerfile[-3000:])
        return Count(0, 1, f"repo2docker ended with {done.returncode}; not seen: {', '.join(missed) or 'nothing'}")
    print(f"repo2docker accepts the repository: {', '.join(wanted)}.")
    return Count(1, 0)


def count_journeys(environment: dict[str, str]) -> int:
    """Count the journeys without running them."""
    words = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/browser")
    done = subprocess.run(words, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return sum("::" in line for line in done.stdout.splitlines())


def browser(environment: dict[str, str]) -> Count:
    """Journeys through JupyterLab in a real, headless Chromium."""
    chromium = find_chromium()
    if chromium:
        return pytest({**environment, "CHROMIUM": chromium}, "tests/browser")
    print(f"Chromium was not found: {count_journeys(environment)} journeys did not run.")
    print(
        "To install it on Debian: apt-get install chromium; elsewhere name a Chrome: CHROMIUM=/path/to/chrome make test"
    )
    if os.environ.get("BROWSER") == "absent":
        return Count(0, 0, "journeys left out on request (BROWSER=absent)")
    return Count(0, 1, "journeys did not run; install Chromium, or leave them out knowingly with BROWSER=absent")


def soak(environment: dict[str, str]) -> Count:
    """Run the long versions of the sampled tests."""
    return pytest({**environment, "CALCINOSIS_SOAK": "1"}, "-n", "2", "-m", "soak", "tests/unit", "tests/content")


PARTS = (
    Part("style", "lint and format", style),
    Part("floors", "which room imports which", floors),
    Part("unit", "unit and content tests, docstring examples", unit),
    Part("built", "notebooks against their sources", built),
    Part("notebooks", "every cell of every notebook", notebooks),
    Part("binder", "repo2docker, dry", binder),
    Part("browser", "journeys in Chromium", browser),
)
SOAK = (Part("soak", "long versions of the sampled tests", soak),)


def test_environment(scratch: Path) -> dict[str, str]:
    """Return an environment in which no test can see or change what belongs to the person who runs it."""
    jupyter = {
        f"JUPYTER_{what}_DIR": str(scratch / f"jupyter-{what.lower()}") for what in ("CONFIG", "DATA", "RUNTIME")
    }
    own = {
        **jupyter,
        "JUPYTERLAB_SETTINGS_DIR": str(scratch / "lab-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "lab-workspaces"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "CALCINOSIS_HOME": str(scratch / "home"),
        "CALCINOSIS_SCRATCH": str(scratch),
        "MPLCONFIGDIR": str(BIN.parent / "matplotlib-cache"),
        "MPLBACKEND": "agg",
        "NO_COLOR": "1",
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        Path(own[name]).mkdir(parents=True, exist_ok=True)
    foreign = {"JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "PYTHONPATH", "PYTHONSTARTUP", "PYTEST_ADDOPTS"}
    return {name: value for name, value in os.environ.items() if name not in foreign} | own


def choose(names: list[str], parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the named parts, or all."""
    unknown = sorted(set(names) - {part.name for part in parts})
    if unknown:
        known = ", ".join(part.name for part in parts)
        sys.exit(f"There is no part {', '.join(unknown)}; the parts are {known}.")
    return tuple(part for part in parts if not names or part.name in names)


def main() -> int:
    """Run the parts and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", help="only these parts")
    parser.add_argument("--soak", action="store_true", help="the long versions of the sampled tests")
    args = parser.parse_args()
    found: list[tuple[Part, Count, float]] = []
    with tempfile.TemporaryDirectory(prefix="calcinosis-test-") as scratch:
        environment = test_environment(Path(scratch))
        for part in choose(args.parts, SOAK if args.soak else PARTS):
            print(f"\n== {part.name}: {part.about}", flush=True)
            start = time.monotonic()
            count = part.run(environment)
            found.append((part, count, time.monotonic() - start))
    print()
    for part, count, seconds in found:
        verdict = "failed" if count.failed else "ok"
        figures = f"{count.passed:>5} passed {count.failed:>4} failed {seconds:>7.1f} s"
        print(f"{part.name:<10} {verdict:<7} {figures}  {count.remark}")
    whole = total(*(count for _, count, _ in found))
    print(f"in all {sum(seconds for *_, seconds in found):.0f} s\n")
    print(f"{whole.passed} passed, {whole.failed} failed", flush=True)
    return 1 if whole.failed else 0


if __name__ == "__main__":
    sys.exit(main())
