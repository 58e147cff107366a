"""Tell what is installed, what is missing and what to do next."""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata

from calcinosis.cli.output import add_json_option, emit
from calcinosis.errors import CourseError, InputError

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``mend`` says what to do if it is not well."""

    what: str
    found: str
    well: bool
    mend: str = ""
    needed: bool = True


def find_chromium() -> str | None:
    """Return the Chromium that browser tests drive: ``CHROMIUM`` if set, else the first one on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def _python() -> list[Finding]:
    from packaging.specifiers import SpecifierSet

    bounds = metadata.metadata("calcinosis")["Requires-Python"]
    found = ".".join(map(str, sys.version_info[:3]))
    well = SpecifierSet(bounds).contains(found)
    return [Finding("python", found, well, "" if well else f"install a Python that is {bounds}")]


def _package(requirement: str) -> Finding:
    from packaging.requirements import Requirement

    wanted = Requirement(requirement)
    mend = f"install it: python -m pip install '{wanted.name}{wanted.specifier}'"
    try:
        found = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return Finding(wanted.name, "missing", False, mend)
    well = wanted.specifier.contains(found, prereleases=True)
    return Finding(wanted.name, found, well, "" if well else mend)


def _packages() -> list[Finding]:
    return [_package(text) for text in metadata.requires("calcinosis") or [] if "extra ==" not in text]


def _data() -> list[Finding]:
    from calcinosis import content

    try:
        analytes = content.analytes()
    except (CourseError, OSError) as error:
        return [Finding("data", str(error), False, "install the course again, or mend the file that is named")]
    return [Finding("data", f"{content.data_dir()}, {len(analytes)} analytes", True)]


def _progress() -> list[Finding]:
    from calcinosis import progress

    folder = progress.home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        mend = "set CALCINOSIS_HOME to a folder that is yours, so that your answers can be kept"
        return [Finding("progress", f"{folder}: {error.strerror or error}", False, mend)]
    return [Finding("progress", str(folder), True)]


def _chromium() -> list[Finding]:
    found = find_chromium()
    mend = "" if found else "only authors' tests need it; on Debian: apt-get install chromium"
    return [Finding("chromium", found or "missing", found is not None, mend, needed=False)]


LOOKS: tuple[Callable[[], list[Finding]], ...] = (_python, _packages, _data, _progress, _chromium)


def examine() -> list[Finding]:
    """Look at everything, in the order in which a fault should be mended."""
    return [finding for look in LOOKS for finding in look()]


def next_step(findings: list[Finding]) -> str:
    """Return the one thing to do next."""
    broken = [finding for finding in findings if finding.needed and not finding.well]
    return f"{broken[0].what}: {broken[0].mend}" if broken else "open the course: calcinosis lab"


def _text(report: dict) -> str:
    lines = []
    for finding in report["findings"]:
        mark = "ok" if finding["well"] else ("!!" if finding["needed"] else "--")
        tail = f"  ({finding['mend']})" if finding["mend"] else ""
        lines.append(f"{mark}  {finding['what']:<12} {finding['found']}{tail}")
    return "\n".join([*lines, "", f"Next: {report['next']}"])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_json_option(parser)


def run(args: argparse.Namespace) -> int:
    """Print the findings; exit with 2 if something that is needed is missing."""
    try:
        findings = examine()
    except metadata.PackageNotFoundError as error:
        raise InputError(
            "the course is not installed here; in its folder: python -m pip install --no-deps ."
        ) from error
    well = all(finding.well for finding in findings if finding.needed)
    emit(args, {"well": well, "findings": [asdict(f) for f in findings], "next": next_step(findings)}, _text)
    return 0 if well else 2
