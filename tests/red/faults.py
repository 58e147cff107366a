"""The table of faults. A new check adds its fault here: a name, how it is planted, and the check that must notice."""

from tests.red.harness import Fault, add, change, change_match, change_one, pytest

HOUSE = "tests/unit/test_house.py"
COPY = "tests/unit/test_house_working_copy.py"
CLI = "tests/unit/test_cli_core.py"
CHECK = ("calcinosis", "check")
REBUILT = ("tests.red.rebuilt",)
ITEMS = "data/items/*/*.yml"
LESSONS = "source/lessons/0[1-9]*.md"
INTERVALS = "data/reference_intervals.csv"
QUESTIONS = r"^## Check yourself$"

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

_CONTENT = (
    Fault("an option without feedback", change_one(ITEMS, r"^    feedback: .*?(?=^    short:)", ""), CHECK),
    Fault("a key given twice in YAML", change_one(ITEMS, r"^version: (\d+)$", r"version: \1\nversion: \1"), CHECK),
    Fault("a yes/no where a text belongs", change_one(ITEMS, r"^    text: .*?$", "    text: No"), CHECK),
    Fault(
        "a question that cites an unknown source", change_one(ITEMS, r"^sources: \[", "sources: [nobody1999, "), CHECK
    ),
    Fault(
        "a question with two best answers",
        change_one(ITEMS, r"^    text: ([^\n]*)\n(?=    (?!best))", r"    text: \1\n    best: true\n"),
        CHECK,
    ),
    Fault("a number without a source", change_match("data/facts.yml", r"source: \[.*?\]", "source: []"), CHECK),
    Fault(
        "an interval with its limits swapped",
        change_match(INTERVALS, r"^(calcium_total),([\d.]+),([\d.]+)", r"\1,\3,\2"),
        CHECK,
    ),
    Fault("an interval without a source", change_match(INTERVALS, r",abim2026[^,\n]*,", ",,"), CHECK),
    Fault("a broken citation in a lesson", change_one(LESSONS, r"\[@[\w-]+", "[@nobody1999"), REBUILT),
    Fault(
        "a claim without a citation",
        change_one(LESSONS, QUESTIONS, "The liver regulates calcium.\n\n## Check yourself"),
        REBUILT,
    ),
    Fault(
        "a typed number with a unit in prose",
        change_one(LESSONS, QUESTIONS, "Most have 2.4 mmol/L. <!-- no-claim -->\n\n## Check yourself"),
        REBUILT,
    ),
    Fault(
        "a MyST directive in prose",
        change_one(LESSONS, QUESTIONS, "```{note}\nMost do. <!-- no-claim -->\n```\n\n## Check yourself"),
        REBUILT,
    ),
    Fault("an objective that is asked for and not stated", change_one(LESSONS, r"^      030a: .*?$\n", ""), REBUILT),
    Fault(
        "a lesson that shows a question that is not there",
        change_one(LESSONS, r'quiz\("', 'quiz("no-such-item", "'),
        REBUILT,
    ),
    Fault("a notebook edited by hand", change_one("notebooks/*.ipynb", "Key points", "Key  points"), CHECK),
    Fault("a solution edited by hand", change_one("solutions/*.ipynb", "mmol/L", "mmol/l"), CHECK),
    Fault("a README whose lesson table is old", change_match("README.md", r"^\| \[0", "| [9"), CHECK),
    Fault(
        "answers left in the exercises",
        change("calcinosis/authoring/release.py", '"ClearSolutions", ', ""),
        pytest("tests/notebooks/test_worksheets_two_way.py"),
    ),
    Fault(
        "a cell that ends in a traceback",
        change_one(
            "notebooks/*.ipynb",
            r'    "from calcinosis',
            '    "1 / 0\\\\n",\n    "from calcinosis',
        ),
        pytest("--nbval-lax", "notebooks/000-start-here.ipynb"),
    ),
    Fault(
        "notebooks that come out differently each time",
        change(
            "calcinosis/authoring/notebooks.py",
            "    return (v4.writes(",
            '    made.metadata["built"] = __import__("time").time()\n    return (v4.writes(',
        ),
        pytest("tests/unit/test_authoring_build.py"),
    ),
    Fault(
        "a writing rule for questions that finds nothing",
        change_one(
            "calcinosis/quiz/lint/structure.py", r'^(def \w+\([^)]*\)[^:]*:\n    """[^\n]*\n)', r"\1    return\n"
        ),
        pytest("tests/unit/test_lint_mutations.py"),
    ),
)

_LIBRARY = (
    Fault(
        "a sign changed in a formula",
        change(
            "calcinosis/formulas/calcium.py",
            "total + slope * (REFERENCE_ALBUMIN_G_L",
            "total - slope * (REFERENCE_ALBUMIN_G_L",
        ),
        pytest("tests/unit/test_formulas_cases.py"),
    ),
    Fault(
        "the factor 0.02 applied to mg/dL",
        change("calcinosis/formulas/calcium.py", "POPULAR_SLOPE_MG_PER_G = 0.8", "POPULAR_SLOPE_MG_PER_G = 0.02"),
        pytest("tests/unit/test_formulas_properties.py", "-k", "regression"),
    ),
    Fault(
        "an adults' equation applied to a child",
        change("calcinosis/formulas/kidney.py", "ADULT_YEARS = 18", "ADULT_YEARS = 8"),
        pytest(
            "tests/unit/test_formulas_cases.py", "tests/unit/test_formulas_properties.py", "tests/unit/test_labs.py"
        ),
    ),
    Fault(
        "a conversion turned round",
        change(
            "calcinosis/units.py",
            "return value * factor(about, from_unit, to_unit)",
            "return value * factor(about, to_unit, from_unit)",
        ),
        pytest("tests/unit/test_units.py"),
    ),
    Fault(
        "a wrong molar mass",
        change_match("data/analytes.yml", r"molar_mass_g_mol: 40\.078", "molar_mass_g_mol: 30.974"),
        pytest("tests/unit/test_units.py", "-k", "fact_base"),
    ),
    Fault(
        "a soft limit that says nothing",
        change("calcinosis/units.py", "if not _inside(quantity.value, spec.soft):", "if False:"),
        pytest("tests/unit/test_units.py"),
    ),
    Fault(
        "a child judged by an adult's interval",
        change("calcinosis/labs/intervals.py", "row.age_min_years <= age_years < row.age_max_years and ", ""),
        pytest("tests/unit/test_labs.py", "-k", "child or age"),
    ),
    Fault(
        "a limit in mg/dL applied to mmol/L",
        change("calcinosis/labs/flags.py", 'interval.limit("low", unit)', "interval.low"),
        pytest("tests/unit/test_labs.py"),
    ),
    Fault(
        "a limit itself called low",
        change("calcinosis/labs/flags.py", "shown < min(lows)", "shown <= min(lows)"),
        pytest("tests/unit/test_labs.py"),
    ),
    Fault(
        "corrected calcium without its caution in kidney disease",
        change("calcinosis/labs/cross_checks.py", "< _CKD_BELOW_EGFR:", "< 0:"),
        pytest("tests/unit/test_labs.py"),
    ),
    Fault(
        "a damaged progress file that is believed",
        change("calcinosis/progress.py", "    if not fits:", "    if False:"),
        pytest("tests/unit/test_progress.py"),
    ),
    Fault(
        "a progress file written in place",
        change(
            "calcinosis/progress.py",
            "            os.replace(temporary, path)\n",
            "            for size in (9, len(data)):\n                path.write_bytes(data[:size])\n"
            "            temporary.unlink()\n",
        ),
        pytest("tests/unit/test_progress.py"),
    ),
)

_WIDGETS = (
    Fault(
        "a key on the page before the answer",
        change(
            "calcinosis/quiz/items.py",
            '{"id": option.id, "text": rendered(option.text)}',
            '{"id": option.id, "text": rendered(option.text), "best": option.best}',
        ),
        pytest("tests/unit/test_quiz_marking.py"),
    ),
    Fault(
        "a message of the page that is believed unread",
        change("calcinosis/widgets/base.py", "if not isinstance(value, str):", "if False:"),
        pytest("tests/unit/test_lab_panel.py"),
    ),
    Fault(
        "a picture without its description",
        change("calcinosis/figures/style.py", 'render(fig), "alt": text', 'render(fig), "alt": ""'),
        pytest("tests/unit/test_figures.py", "-k", "picture"),
    ),
    Fault(
        "a control without a name",
        change(
            "calcinosis/widgets/js/core.js",
            'h("label", { for: id }, inline(label)),',
            'h("span", null, inline(label)),',
        ),
        pytest("tests/browser/test_widgets_static.py", "-k", "narrow_page"),
    ),
    Fault(
        "a control that gives its keys to the notebook",
        change_match("calcinosis/widgets/js/core.js", r'"data-lm-suppress-shortcuts"', '"data-lm-suppress"'),
        pytest("tests/browser/test_widgets_lab.py", "-k", "quiz_by_keyboard_alone"),
    ),
    Fault(
        "a wrong answer that earns its points",
        change("calcinosis/worksheets.py", "earned = round(points * share, 2)", "earned = points"),
        pytest("tests/unit/test_worksheets_marking.py"),
    ),
    Fault(
        "a wrong answer without its hint",
        change("calcinosis/worksheets.py", 'said = " ".join(dict.fromkeys(hints))', 'said = ""'),
        pytest("tests/unit/test_worksheets_marking.py"),
    ),
)

FAULTS = (*_HOUSE, *_CONTENT, *_LIBRARY, *_WIDGETS)
