"""Setting up: the right Python, rebuilt only when something changed, and one clear line when it cannot be done."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def setup_env():
    spec = importlib.util.spec_from_file_location("setup_env", ROOT / "scripts/setup_env.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path, setup_env, monkeypatch):
    """Make a project with an empty list, so that an environment is quick to make."""
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    monkeypatch.setattr(setup_env, "ROOT", tmp_path)
    return tmp_path


def fake_tools(setup_env, monkeypatch, failing=()):
    """Replace the steps that need a network; return the list of tools that were used."""
    used = []

    def step(name):
        def build(*args):
            folder = args[-2]
            used.append(name)
            if name in failing:
                raise setup_env.SetupError(f"{name} failed")
            python = setup_env.python_of(folder)
            python.parent.mkdir(parents=True)
            python.write_text("")

        return build

    monkeypatch.setattr(setup_env, "build_with_uv", step("uv"))
    monkeypatch.setattr(setup_env, "build_with_pip", step("pip"))
    monkeypatch.setattr(setup_env, "find_uv", lambda: "uv")
    return used


def test_it_is_built_once_and_again_when_the_list_changes(setup_env, project, monkeypatch):
    used = fake_tools(setup_env, monkeypatch)
    assert setup_env.main("lab") == 0
    assert setup_env.main("lab") == 0
    assert used == ["uv"]
    (project / "requirements.txt").write_text("# changed\n")
    assert setup_env.main("lab") == 0
    assert used == ["uv", "uv"]


def test_an_unfinished_environment_is_built_again(setup_env, project, monkeypatch):
    used = fake_tools(setup_env, monkeypatch)
    setup_env.main("lab")
    (project / ".env-lab/calcinosis-stamp").unlink()
    setup_env.main("lab")
    assert used == ["uv", "uv"]


def test_pip_is_tried_when_uv_fails(setup_env, project, monkeypatch, capsys):
    used = fake_tools(setup_env, monkeypatch, failing={"uv"})
    assert setup_env.main("lab") == 0
    assert used == ["uv", "pip"]
    assert "set up with pip" in capsys.readouterr().out


def test_failure_leaves_no_stamp_and_says_what_failed(setup_env, project, monkeypatch, capsys):
    fake_tools(setup_env, monkeypatch, failing={"uv", "pip"})
    assert setup_env.main("lab") == 1
    assert "pip failed" in capsys.readouterr().err
    assert not (project / ".env-lab/calcinosis-stamp").exists()


def test_without_uv_python_brings_all_that_is_needed(setup_env, project, monkeypatch):
    monkeypatch.setenv("WITHOUT_UV", "1")
    assert setup_env.find_uv() is None
    calls = []
    monkeypatch.setattr(setup_env, "run", lambda *words: calls.append([str(word) for word in words]))
    setup_env.build(project / ".env-lab", project / "requirements.txt")
    assert calls[0][:3] == [sys.executable, "-m", "venv"]
    assert calls[1][1:4] == ["-m", "pip", "install"]
    assert "--require-hashes" in calls[1]
    assert "--no-deps" in calls[2]


def test_a_uv_that_does_not_run_is_no_uv(setup_env, tmp_path, monkeypatch):
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv("WITHOUT_UV", raising=False)
    assert setup_env.find_uv() is None


def test_a_step_that_fails_shows_what_it_said(setup_env, project):
    with pytest.raises(setup_env.SetupError, match=r"boom\n\nThis step failed: .*python"):
        setup_env.run(sys.executable, "-c", "print('boom'); raise SystemExit(1)")


def find_python(tmp_path, **interpreters):
    """Run scripts/env with made-up interpreters on the path; each prints its version if it is asked to go on."""
    for name, version in interpreters.items():
        path = tmp_path / name.replace("_", ".")
        verdict = f"case $2 in *version_info*) exit {0 if (3, 11) <= version <= (3, 14) else 1};; esac"
        path.write_text(f'#!/bin/sh\n{verdict}\necho "set up by {version[0]}.{version[1]}: $2"\n')
        path.chmod(0o755)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("dirname", "sh"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    words = ["/bin/sh", str(ROOT / "scripts/env"), "lab"]
    path = f"{tmp_path}{os.pathsep}{tools}"
    return subprocess.run(words, env={"PATH": path}, capture_output=True, text=True, check=False)


def test_an_old_python_is_passed_over_for_a_newer_one(tmp_path):
    done = find_python(tmp_path, python3=(3, 9), python3_12=(3, 12))
    assert done.stdout == "set up by 3.12: lab\n"


@pytest.mark.parametrize("interpreters", [{}, {"python3": (3, 10)}, {"python3": (3, 15)}])
def test_no_fitting_python_is_one_clear_line(tmp_path, interpreters):
    done = find_python(tmp_path, **interpreters)
    assert done.returncode == 1
    assert re.fullmatch(r"This course needs Python 3\.11, .* found none; .*PYTHON=/path/to/python3\.11\n", done.stderr)


def test_make_says_what_it_can_do():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) - {"help"}
    assert {target for target in targets if f"make {target} " not in done.stdout} == set()
