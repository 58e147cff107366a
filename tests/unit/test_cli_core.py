"""The command line's frame: one line for bad input, quick, and nothing loaded that is not needed."""

import json
import os
import subprocess
import sys
import types

import pytest

from calcinosis import __version__, cli
from calcinosis.cli import doctor, lab, output
from calcinosis.errors import ContentError, InputError


@pytest.fixture
def command(monkeypatch):
    """Make `calcinosis lab` run a function of the test."""

    def install(run, add_arguments=lambda parser: None):
        module = types.SimpleNamespace(__doc__="A test.", add_arguments=add_arguments, run=run)
        monkeypatch.setattr(cli, "load", lambda name: module)

    return install


def raising(error):
    def run(*args):
        raise error

    return run


def one_line(capsys):
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "Traceback" not in captured.err
    return captured.err


def test_every_command_has_a_module_with_both_functions():
    for name in cli.COMMANDS:
        module = cli.load(name)
        assert callable(module.add_arguments), name
        assert callable(module.run), name
        assert module.__doc__, name


def test_every_module_is_a_command():
    folder = os.path.dirname(cli.__file__)
    modules = {name[:-3] for name in os.listdir(folder) if name.endswith(".py")}
    assert modules - {"__init__", "output"} == set(cli.COMMANDS)


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"], ["help"]])
def test_overview_names_every_command(words, capsys):
    assert cli.main(words) == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text for name in cli.COMMANDS)
    assert "not for patient care" in text


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"calcinosis {__version__}\n"


@pytest.mark.parametrize(("typed", "meant"), [("pannel", "panel"), ("docter", "doctor"), ("lessson", "lessons")])
def test_an_unknown_command_is_answered_with_the_nearest(typed, meant, capsys):
    assert cli.main([typed]) == 2
    assert f"did you mean '{meant}'?" in one_line(capsys)


@pytest.mark.parametrize("typed", ["", " ", "--nonsense", "calc panel", "../calc", "__init__", "output", "\n", "钙"])
def test_rubbish_commands_are_one_line(typed, capsys):
    assert cli.main([typed]) == 2
    one_line(capsys)


@pytest.mark.parametrize("error", [InputError("bad\nvalue"), ContentError("bad file")])
def test_a_complaint_of_the_course_is_one_line_and_exit_2(error, command, capsys):
    command(raising(error))
    assert cli.main(["lab"]) == 2
    assert one_line(capsys) == f"calcinosis: {' '.join(str(error).split())}\n"


def test_an_unknown_option_is_one_line_and_names_the_help(capsys):
    assert cli.main(["doctor", "--nonsense"]) == 2
    assert "calcinosis doctor --help" in one_line(capsys)


def test_options_are_not_guessed_from_their_beginning(capsys):
    assert cli.main(["doctor", "--js"]) == 2
    one_line(capsys)


def test_a_refusal_of_the_computer_is_one_line(command, capsys):
    command(raising(PermissionError(13, "Permission denied", "/somewhere")))
    assert cli.main(["lab"]) == 2
    assert "Permission denied (/somewhere)" in one_line(capsys)


def test_a_fault_of_the_course_is_told_apart_from_bad_input(command, capsys):
    command(raising(KeyError("oops")))
    assert cli.main(["lab"]) == 1
    assert "a fault of the course, not yours: KeyError" in one_line(capsys)


def test_the_traceback_of_a_fault_is_there_for_who_asks(command, monkeypatch):
    monkeypatch.setenv("CALCINOSIS_TRACEBACK", "1")
    command(raising(KeyError("oops")))
    with pytest.raises(KeyError):
        cli.main(["lab"])


def test_the_keyboard_interrupts_quietly(command, capsys):
    command(raising(KeyboardInterrupt()))
    assert cli.main(["lab"]) == 130
    assert capsys.readouterr() == ("", "")


def test_the_exit_code_of_a_command_is_passed_on(command):
    command(lambda args: 2)
    assert cli.main(["lab"]) == 2
    command(lambda args: None)
    assert cli.main(["lab"]) == 0


def run_python(code, **environment):
    words = [sys.executable, "-X", "utf8=0", "-c", code]
    return subprocess.run(words, capture_output=True, env={**os.environ, **environment}, check=False)


def test_the_overview_loads_nothing_heavy():
    heavy = {"numpy", "pandas", "scipy", "matplotlib", "pydantic", "ipywidgets", "anywidget", "yaml", "jupyterlab"}
    code = f"import sys, calcinosis.cli as c; c.main(['--help']); print(sorted(set(sys.modules) & {heavy}))"
    assert run_python(code).stdout.decode().rstrip().endswith("[]")


def test_a_terminal_that_knows_no_greek_is_no_reason_to_fall_over():
    code = "import sys, calcinosis.cli as c; sys.exit(c.main(['\\u00b5mol/L']))"
    done = run_python(code, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 2
    assert b"there is no command '\\xb5mol/L'" in done.stderr


def test_a_reader_that_has_had_enough_is_no_error():
    code = "import sys, calcinosis.cli as c; sys.exit(c.main(['--help']))"
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


class TestOutput:
    def test_json_keeps_greek_and_reads_back(self, capsys):
        output.emit(types.SimpleNamespace(json=True), {"unit": "µmol/L"}, str)
        text = capsys.readouterr().out
        assert "µmol/L" in text
        assert json.loads(text) == {"unit": "µmol/L"}

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_json_refuses_what_json_does_not_know(self, value):
        with pytest.raises(ValueError, match="JSON compliant"):
            output.emit(types.SimpleNamespace(json=True), {"value": value}, str)

    def test_an_empty_table_has_its_headings(self):
        assert output.table(["id", "title"], []) == "id  title"


class TestDoctor:
    def test_says_the_next_step(self, capsys):
        assert cli.main(["doctor", "--json"]) == 0
        report = json.loads(capsys.readouterr().out)
        assert report["well"] is True
        assert report["next"] == "open the course: calcinosis lab"
        names = {finding["what"] for finding in report["findings"]}
        assert {"python", "jupyterlab", "ipywidgets", "pandas", "matplotlib", "nbval", "data", "progress"} <= names

    def test_a_package_out_of_bounds_is_named_with_its_remedy(self, monkeypatch, capsys):
        monkeypatch.setattr(doctor.metadata, "version", lambda name: "0.0.1")
        assert cli.main(["doctor"]) == 2
        text = capsys.readouterr().out
        assert "!!  jupyterlab   0.0.1  (install it: python -m pip install 'jupyterlab<5,>=4.4')" in text
        assert text.splitlines()[-1].startswith("Next: anywidget: install it: python -m pip install")

    def test_a_progress_folder_that_is_not_ours(self, monkeypatch, tmp_path, capsys):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("CALCINOSIS_HOME", str(tmp_path / "file"))
        assert cli.main(["doctor"]) == 2
        assert "set CALCINOSIS_HOME" in capsys.readouterr().out

    def test_broken_data_are_named(self, monkeypatch, capsys):
        from calcinosis import content

        monkeypatch.setattr(content, "analytes", raising(ContentError("data/analytes.yml line 3: broken")))
        assert cli.main(["doctor"]) == 2
        assert "data/analytes.yml line 3: broken" in capsys.readouterr().out

    def test_chromium_is_no_need_of_a_learner(self, monkeypatch, capsys):
        monkeypatch.delenv("CHROMIUM", raising=False)
        monkeypatch.setenv("PATH", "")
        assert cli.main(["doctor"]) == 0
        assert "--  chromium     missing" in capsys.readouterr().out


class TestLab:
    def args(self, *words):
        parser = cli._Parser(prog="calcinosis lab")
        lab.add_arguments(parser)
        return parser.parse_args(words)

    def test_the_server_opens_the_lesson_in_the_working_copy(self, tmp_path):
        words = lab.server_arguments(tmp_path, "notebooks/030-x.ipynb", self.args("--no-browser", "--port", "8999"))
        assert f"--ServerApp.root_dir={tmp_path}" in words
        assert "--LabApp.default_url=/lab/tree/notebooks/030-x.ipynb" in words
        assert {"--no-browser", "--port=8999", "--ServerApp.port_retries=0"} <= set(words)

    def test_the_file_list_starts_closed_and_the_learners_layout_is_kept(self, tmp_path):
        place = lab._lay_layout(tmp_path)
        (saved,) = place.iterdir()
        layout = json.loads(saved.read_text())
        assert layout["data"]["layout-restorer:data"]["left"]["collapsed"] is True
        layout["data"]["layout-restorer:data"]["left"]["collapsed"] = False
        saved.write_text(json.dumps(layout))
        lab._lay_layout(tmp_path)
        assert json.loads(saved.read_text()) == layout

    def test_an_unknown_lesson_is_refused_before_a_server_starts(self, tmp_path, capsys):
        assert cli.main(["lab", "no-such-lesson", "--folder", str(tmp_path / "my")]) == 2
        assert "there is no lesson 'no-such-lesson'" in one_line(capsys)

    @pytest.mark.parametrize("port", ["", "eight", "88.5", "１２x", "-1", "65536", "1e3"])
    def test_a_port_that_is_no_number(self, port, capsys):
        assert cli.main(["lab", "--port", port]) == 2
        one_line(capsys)
