"""The table of faults. A new check adds its fault here: a name, how it is planted, and the check that must notice."""

from tests.red.harness import Fault, add, change, change_match, pytest

HOUSE = "tests/unit/test_house.py"
COPY = "tests/unit/test_house_working_copy.py"
CLI = "tests/unit/test_cli_core.py"

_HOUSE = (
    Fault(
        "a requirement without a hash",
        change_match("requirements.txt", r"^(anyio==\S+) \\\n.*?\n(?=[a-z])", r"\1\n"),
        pytest(f"{HOUSE}::TestLists"),
    ),
    Fault(
        "an address in a compiled list",
        add("requirements.txt", "# taken from https:" + "//mirror.example/simple\n"),
        pytest(f"{HOUSE}::TestLists"),
    ),
    Fault(
        "a registry named in a file",
        add("docs/decisions.md", "\nEverything comes from py" + "pi.org.\n"),
        pytest(f"{HOUSE}::TestFiles"),
    ),
    Fault(
        "a place on somebody's machine in a file",
        add("docs/decisions.md", "\nSee /ro" + "ot/notes/decisions.md.\n"),
        pytest(f"{HOUSE}::TestFiles"),
    ),
    Fault(
        "a dependency that the compiled list does not know",
        change("pyproject.toml", '    "jinja2>=3.1,<4",\n', '    "jinja2>=3.1,<4",\n    "networkx>=3",\n'),
        pytest(f"{HOUSE}::TestLists"),
    ),
    Fault(
        "a start that forgets to install the course",
        change("README.md", "pip install --no-deps .\ncalcinosis lab", "calcinosis lab"),
        pytest(f"{HOUSE}::TestStarts", "-k", "not of_every_start"),
    ),
    Fault(
        "Binder left to choose its own Python",
        change("environment.yml", "python=3.11", "python"),
        ("scripts/run_tests.py", "binder"),
    ),
    Fault(
        "a link to a page that is not there",
        change("CONTRIBUTING.md", "# Contributing\n", "# Contributing\n\nSee [the guide](docs/guide.md).\n"),
        pytest(f"{HOUSE}::TestFiles"),
    ),
    Fault(
        "a low floor that imports a high one",
        add(
            "calcinosis/units.py",
            "\n\ndef _show(value):\n    from calcinosis import widgets\n\n    return widgets, value\n",
        ),
        pytest("tests/unit/test_architecture.py", "-k", "contracts_hold"),
    ),
    Fault(
        "an import of the course that loads pandas",
        change(
            "calcinosis/__init__.py",
            "from importlib import",
            "import pandas as _pandas  # noqa: F401\nfrom importlib import",
        ),
        pytest("tests/unit/test_architecture.py", "-k", "nothing_heavy"),
    ),
    Fault(
        "a skipped test",
        add("tests/unit/test_cli_core.py", "\n\n@pytest.mark.sk" + "ip\ndef test_later():\n    assert False\n"),
        pytest("tests/unit/test_architecture.py", "-k", "skipped"),
    ),
    Fault(
        "an update that writes over a learner's edits",
        change(
            "calcinosis/working_copy.py",
            "    report.kept.append(name)\n",
            "    _write(path, data)\n    report.kept.append(name)\n",
        ),
        pytest(COPY),
    ),
    Fault(
        "outputs taken for edits",
        change("calcinosis/working_copy.py", 'if not name.endswith(".ipynb"):', "if name:"),
        pytest(COPY),
    ),
    Fault(
        "a damaged list that stops the course from opening",
        change(
            "calcinosis/working_copy.py",
            "except (ValueError, KeyError, TypeError, AttributeError):\n        aside",
            "except OSError:\n        aside",
        ),
        pytest(COPY),
    ),
    Fault(
        "a traceback for bad input",
        change("calcinosis/cli/__init__.py", "except CourseError as error:", "except ZeroDivisionError as error:"),
        pytest(CLI),
    ),
    Fault(
        "a crash reported as bad input",
        change("calcinosis/cli/__init__.py", "_EXIT_FAULT = 1", "_EXIT_FAULT = 2"),
        pytest(CLI),
    ),
    Fault(
        "a doctor that finds everything well",
        change("calcinosis/cli/doctor.py", "return 0 if well else 2", "return 0"),
        pytest(CLI),
    ),
    Fault(
        "a file list that lies over the lesson",
        change("calcinosis/jupyterlab/workspace.json", '"collapsed": true', '"collapsed": false'),
        pytest(CLI),
    ),
)

FAULTS = (*_HOUSE,)
