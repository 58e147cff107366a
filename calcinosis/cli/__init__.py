"""Command line: `calcinosis COMMAND`, one short module per command.

A command is a module of this package with the same name (`-` becomes `_`) and two functions:

``add_arguments(parser)``
    declares its arguments on an :class:`argparse.ArgumentParser`;
``run(args)``
    does the work, prints through :mod:`calcinosis.cli.output`, returns an exit code or None for 0.

A module is imported only when its command is called, so that `calcinosis --help` and every single command stay quick.
Exit codes: 0 a result, 2 bad input (one line on the error stream), 1 a fault of the course itself.
"""

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from calcinosis import __version__
from calcinosis.errors import CourseError, InputError

__all__ = ["COMMANDS", "load", "main"]

COMMANDS = {
    "lab": "open the course in JupyterLab, in your own working copy",
    "calc": "one clinical formula, with units, limits and source",
    "panel": "flags and derived values of a laboratory panel",
    "cases": "the patients there are",
    "items": "the questions there are",
    "lessons": "the lessons there are, with minutes",
    "doctor": "what is installed, what is missing, what to do next",
    "build": "write the notebooks from their sources",
    "check": "is everything built, sourced and consistent",
    "new": "a lesson, a worksheet or an item from a template",
}

_EXIT_FAULT = 1
_EXIT_BAD_INPUT = 2


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line, as every other message of the course."""

    def error(self, message: str) -> None:
        raise InputError(f"{message}; see: {self.prog} --help")


def load(command: str) -> ModuleType:
    """Import the module of one command.

    Parameters
    ----------
    command : str
        A key of :data:`COMMANDS`.

    Returns
    -------
    module
        It has ``add_arguments`` and ``run``.

    Raises
    ------
    InputError
        If there is no such command; names the nearest one.

    Examples
    --------
    >>> load("doctr")
    Traceback (most recent call last):
    ...
    calcinosis.errors.InputError: there is no command 'doctr'; did you mean 'doctor'? All commands: calcinosis --help
    """
    if command not in COMMANDS:
        near = difflib.get_close_matches(command, COMMANDS, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else "."
        raise InputError(f"there is no command '{command}'{hint} All commands: calcinosis --help")
    return import_module(f"calcinosis.cli.{command.replace('-', '_')}")


def _overview() -> str:
    lines = [
        "usage: calcinosis COMMAND [ARGUMENTS]",
        "",
        "An interactive course on calcium metabolism and calcinosis. For teaching, not for patient care.",
        "",
        *(f"  {name:<9} {text}" for name, text in COMMANDS.items()),
        "",
        "calcinosis COMMAND --help tells about one command; calcinosis --version gives the version.",
    ]
    return "\n".join(lines)


def _dispatch(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_overview())
        return 0
    if arguments[0] == "--version":
        print(f"calcinosis {__version__}")
        return 0
    module = load(arguments[0])
    parser = _Parser(
        prog=f"calcinosis {arguments[0]}",
        description=(module.__doc__ or "").strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    return module.run(parser.parse_args(arguments[1:])) or 0


def _complain(message: str) -> None:
    """Print one line, whatever the message holds."""
    print(f"calcinosis: {' '.join(message.split())}", file=sys.stderr)


def _tolerate_narrow_terminals() -> None:
    # A Windows pipe may know neither µ nor ≥: show an escape rather than fall over.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line without the program's name; those of the process if not given.

    Returns
    -------
    int
        0 result, 2 bad input, 1 fault of the course, 130 interrupted by the keyboard.

    Examples
    --------
    >>> main(["--version"])
    calcinosis 0.1.0
    0
    """
    _tolerate_narrow_terminals()
    try:
        code = _dispatch(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except CourseError as error:
        _complain(str(error))
        return _EXIT_BAD_INPUT
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has had enough; nothing more can be printed, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        _complain(f"the computer refused: {error.strerror or error}{place}. Check that the place exists and is yours.")
        return _EXIT_BAD_INPUT
    except Exception as error:
        if os.environ.get("CALCINOSIS_TRACEBACK"):
            raise
        _complain(
            f"a fault of the course, not yours: {type(error).__name__}: {error}. "
            "Please report it with what CALCINOSIS_TRACEBACK=1 prints for the same command."
        )
        return _EXIT_FAULT
    return code
