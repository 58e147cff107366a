"""The house itself: lists of versions, starts, settings, links, and that no file names this machine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
RECOMMENDED = {"jupyterlab", "ipywidgets", "pandas", "matplotlib", "nbval"}
# Put together here, so that this file does not hold what it looks for.
REGISTRY_HOSTS = ("py" + "pi.org", "files.python" + "hosted", "registry.npm" + "js", "deb.debian" + ".org")


def tracked_files():
    """Return the project's files: git's list, or in a copy without history everything that is not ignored by name."""
    if (ROOT / ".git").exists():
        words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
    ignored = {
        ".venv",
        ".env-lab",
        ".env-dev",
        "__pycache__",
        "my-course",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
    }
    return [path for path in ROOT.rglob("*") if path.is_file() and not ignored & set(path.relative_to(ROOT).parts)]


def texts():
    for path in tracked_files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def entries(list_file):
    """Return the requirement lines of a compiled list, hashes joined to them."""
    lines = list_file.read_text().replace("\\\n", " ").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


class TestLists:
    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_every_entry_has_one_version_and_hashes_and_nothing_else(self, name):
        entry = re.compile(r"[a-z0-9-]+==\S+( ; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+")
        wrong = [line for line in entries(ROOT / name) if not entry.fullmatch(line)]
        assert wrong == []

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
    def test_no_address_and_no_path(self, name):
        assert re.findall(r"https?:|file:|git\+|--(?:extra-)?index|--find|(?<!\w)/\w+", (ROOT / name).read_text()) == []

    def test_the_learners_list_is_what_pyproject_asks_for(self):
        pinned = {re.split(r"==", line)[0]: line for line in entries(ROOT / "requirements.txt")}
        for text in project()["project"]["dependencies"]:
            wanted = Requirement(text)
            version = re.search(r"==(\S+)", pinned[wanted.name]).group(1)
            assert wanted.specifier.contains(version), f"{text}: {version}; run: make lock"

    def test_the_tests_run_with_the_learners_versions(self):
        learners = {re.split(r" +--hash", line)[0] for line in entries(ROOT / "requirements.txt")}
        tests = {re.split(r" +--hash", line)[0] for line in entries(ROOT / "requirements-dev.txt")}
        names = {re.split("==", line)[0] for line in tests}
        assert {line.split(" ;")[0] for line in learners} <= {line.split(" ;")[0] for line in tests}
        assert {Requirement(text).name for text in project()["dependency-groups"]["dev"]} <= names

    def test_learners_get_the_recommended_packages_and_no_authors_tools(self):
        names = {re.split("==", line)[0] for line in entries(ROOT / "requirements.txt")}
        assert names >= RECOMMENDED
        assert names & {"nbgrader", "jupytext", "playwright", "hypothesis", "pint", "ruff"} == set()

    def test_every_dependency_has_its_reason(self):
        reasons = (ROOT / "docs/decisions.md").read_text()
        rows = {name.strip() for row in re.findall(r"^\| ([^|]+) \|", reasons, re.MULTILINE) for name in row.split(",")}
        wanted = project()["project"]["dependencies"] + project()["dependency-groups"]["dev"]
        assert {Requirement(text).name for text in wanted} - rows == set()


class TestStarts:
    def test_environment_yml_is_python_pip_and_the_list(self):
        text = (ROOT / "environment.yml").read_text()
        document = yaml.safe_load(text)
        assert document == {
            "name": "calcinosis",
            "dependencies": ["python=3.11", "pip", {"pip": ["-r requirements.txt"]}],
        }
        comment = "\n".join(line for line in text.splitlines() if line.startswith("#"))
        assert all(name in comment for name in RECOMMENDED)

    def test_post_build_can_be_run(self):
        assert os.access(ROOT / "postBuild", os.X_OK)
        assert (ROOT / "postBuild").read_text().startswith("#!/bin/bash\n")

    def test_no_start_asks_for_a_package_that_the_lists_do_not_know(self):
        assert pip_lines("environment.yml") == ["pip install -r requirements.txt"]
        assert pip_lines("postBuild") == ["pip install --no-deps ."]
        assert pip_lines("README.md") == [
            "pip install --no-deps .",
            "pip install --require-hashes -r requirements.txt",
            "pip install --no-deps .",
        ]

    def test_the_pip_lines_of_every_start_give_a_course_that_runs(self, tmp_path):
        python = empty_environment(tmp_path / "env")
        lines = [line for name in ("environment.yml", "postBuild", "README.md") for line in pip_lines(name)]
        for line in dict.fromkeys(lines):
            run_pip(python, line)
        done = subprocess.run(
            [python, "-c", "import calcinosis, sys; from calcinosis import content; print(len(content.analytes()))"],
            cwd=ROOT / "notebooks",
            env=plain_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert int(done.stdout) > 10
        settings = next((tmp_path / "env").glob("share/jupyter/lab/settings/overrides.d/calcinosis.json"))
        assert "fetchNews" in settings.read_text()
        self.check_installed_course(python, tmp_path)

    def check_installed_course(self, python, tmp_path):
        """The installed package carries the notebooks, lays them and finds nothing wrong with itself."""
        code = (
            "from pathlib import Path; from calcinosis import working_copy as w; "
            "print(w.course_folder()); print(w.renew(w.course_folder(), Path('my-course')).text())"
        )
        words = [python, "-I", "-c", code]
        done = subprocess.run(words, cwd=tmp_path, env=plain_environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert str(tmp_path / "env") in done.stdout
        assert {path.name for path in (tmp_path / "my-course/notebooks").iterdir()} == {
            path.name for path in (ROOT / "notebooks").glob("*.ipynb")
        }
        doctor = [python, "-I", "-m", "calcinosis", "doctor"]
        done = subprocess.run(
            doctor, cwd=tmp_path, env=plain_environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def pip_lines(name):
    """Return what a start asks pip for, as `pip install …`, from the file that says it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".yml"):
        (asked,) = (entry["pip"] for entry in yaml.safe_load(text)["dependencies"] if isinstance(entry, dict))
        return [f"pip install {line}" for line in asked]
    if name.endswith(".md"):
        text = "\n".join(re.findall(r"```\w+\n(.*?)```", text, re.DOTALL))
    return [f"pip {found}" for found in re.findall(r"^(?:\S*python -m )?pip (install .*)$", text, re.MULTILINE)]


def plain_environment():
    return {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }


def uv():
    found = shutil.which("uv")
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return found
    return None


def run(*words):
    done = subprocess.run(
        words, cwd=ROOT, env=plain_environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"


def empty_environment(folder):
    if uv():
        run(uv(), "venv", "--quiet", "--no-project", "--python", sys.executable, str(folder))
    else:
        run(sys.executable, "-m", "venv", str(folder))
    return str(folder / "bin/python")


def run_pip(python, line):
    """Run `pip install …` in an environment, by uv's pip where there is one: the same words, a warm cache."""
    words = line.split()[1:]
    if uv():
        run(uv(), "pip", words[0], "--quiet", "--python", python, *words[1:])
    else:
        run(python, "-m", "pip", words[0], "--quiet", *words[1:])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the package and return the names of the files in it."""
    folder = tmp_path_factory.mktemp("wheel")
    if uv():
        run(uv(), "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT))
    else:
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


class TestWheel:
    def test_it_carries_data_notebooks_exercises_and_scripts(self, wheel):
        for folder, target in {
            "data": "data",
            "notebooks": "course/notebooks",
            "exercises": "course/exercises",
        }.items():
            files = {
                p.relative_to(ROOT / folder).as_posix() for p in tracked_files() if p.is_relative_to(ROOT / folder)
            }
            assert files, folder
            assert {f"calcinosis/{target}/{name}" for name in files} <= wheel
        assert any(name.startswith("calcinosis/widgets/js/") for name in wheel)

    def test_it_carries_no_solutions(self, wheel):
        assert [name for name in wheel if "solutions" in name] == []


class TestFiles:
    def test_no_file_names_a_registry(self):
        found = [(name, host) for name, text in texts() for host in REGISTRY_HOSTS if host in text]
        assert found == []

    def test_no_file_names_a_place_on_this_machine(self):
        place = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+|opt/wheels|tmp/\w+)/|[A-Z]:\\\\Users")
        found = [(name, hit.group()) for name, text in texts() for hit in place.finditer(text)]
        assert found == []

    def test_text_files_end_with_one_newline_and_no_line_with_blanks(self):
        kinds = (".py", ".md", ".yml", ".toml", ".js", ".css", ".csv", ".ipynb")
        wrong = [
            name
            for name, text in texts()
            if name.endswith(kinds)
            and text
            and (
                not text.endswith("\n")
                or text.endswith("\n\n")
                or (".ipynb" not in name and re.search(r"[ \t]+$", text, re.M))
            )
        ]
        assert wrong == []

    def test_links_between_documents_lead_somewhere(self):
        wrong = []
        for path in tracked_files():
            relative = path.relative_to(ROOT)
            if path.suffix != ".md" or relative.parts[0] in {"source", "tests"}:
                continue
            for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
                if "://" not in target and not (path.parent / target).exists():
                    wrong.append(f"{relative}: {target}")
        assert wrong == []

    def test_the_version_is_the_same_everywhere(self):
        version = project()["project"]["version"]
        assert f'__version__ = "{version}"' in (ROOT / "calcinosis/__init__.py").read_text()
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
        assert citation["version"] == version
        assert f"Version {version}" in (ROOT / "README.md").read_text()
        assert f"## {version} (" in (ROOT / "CHANGELOG.md").read_text()

    def test_workflows_call_the_same_targets_and_pin_what_they_use(self):
        targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        for path in (ROOT / ".github/workflows").glob("*.yml"):
            steps = [step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job["steps"]]
            for step in steps:
                if "uses" in step:
                    assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+\.\d+\.\d+", step["uses"]), step
                else:
                    assert step["run"].split()[0] == "make", step
                    assert step["run"].split()[1] in targets, step

    def test_jupyterlab_settings_are_json(self):
        for path in (ROOT / "calcinosis/jupyterlab").glob("*.json"):
            assert json.loads(path.read_text()), path

    def test_readme_says_what_the_course_is_not(self):
        readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
        assert "it must not be used to diagnose, treat or dose anybody" in readme
        assert "No clinician has reviewed it yet" in readme
        assert "have not been tried on Binder, conda or Windows themselves" in readme
