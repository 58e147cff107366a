"""The floors of the house, the public names, and that importing the course is light."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import calcinosis

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "calcinosis"
HEAVY = {"numpy", "pandas", "scipy", "matplotlib", "pydantic", "ipywidgets", "anywidget", "yaml", "jinja2", "IPython"}


def loaded_by(statement):
    code = f"{statement}\nimport sys\nprint(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    return set(done.stdout.split())


def lint_imports(folder):
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([tool, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def small_house(tmp_path, monkeypatch):
    """Make a copy of the house with the same contracts and rooms that are empty."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    rooms = tmp_path / "calcinosis"
    rooms.mkdir()
    for name in ("__init__", "cli", "widgets", "cases", "figures", "labs", "population", "formulas", "units", "errors"):
        (rooms / f"{name}.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return rooms


def test_the_contracts_hold():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("units", "import calcinosis.formulas"),
        ("labs", "def later():\n    from calcinosis import widgets"),
        ("labs", "import calcinosis.population"),
        ("cases", "from calcinosis.figures import x"),
        ("widgets", "import nbgrader"),
    ],
)
def test_the_contracts_notice(small_house, room, line):
    assert lint_imports(small_house.parent).returncode == 0
    (small_house / f"{room}.py").write_text(line)
    assert lint_imports(small_house.parent).returncode == 1


def test_a_room_without_a_floor_is_noticed(small_house):
    (small_house / "attic.py").write_text("")
    assert lint_imports(small_house.parent).returncode == 1


def test_importing_the_course_loads_nothing_heavy():
    assert loaded_by("import calcinosis") & HEAVY == set()


@pytest.mark.parametrize("room", ["units", "labs", "formulas", "content"])
def test_low_floors_load_numpy_at_most(room):
    assert loaded_by(f"import calcinosis.{room}") & HEAVY <= {"numpy"}


def test_every_public_name_is_there():
    for name in calcinosis.__all__:
        assert getattr(calcinosis, name) is not None, name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'quizz'"):
        _ = calcinosis.quizz


def test_only_one_room_knows_where_the_data_lie():
    knows = re.compile(r"""/\s*f?["']data["'/]|(Path|open|joinpath)\(f?["']data["'/]""")
    allowed = {"content", "authoring"}
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") not in allowed
        and knows.search(path.read_text("utf-8"))
    }
    assert found == set()


def test_nothing_is_skipped_or_expected_to_fail():
    words = re.compile(
        r"mark\.(skip\b|skipif\((?!sys\.platform)|xfail)|pytest\.(skip|xfail|importorskip)|nbval-skip|raises-exception"
    )
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "source").rglob("*.md")]
    # Journeys may be left out by who knows that there is no Chromium; `make test` counts and says so.
    known = {Path(__file__), ROOT / "tests/browser/conftest.py"}
    found = {p.relative_to(ROOT).as_posix() for p in files if p not in known and words.search(p.read_text("utf-8"))}
    assert found == set()
