"""Open the course in JupyterLab, in your own working copy (my-course/).

What you have not edited is renewed from the course each time; what you have edited stays, and a newer version of it is
laid beside it. Your answers are kept elsewhere (see: calcinosis doctor).
"""

import argparse
import os
import sys
from pathlib import Path

from calcinosis import working_copy

START = "000-start-here"
# The file list starts closed, so that the lesson has the screen; what the learner changes later is kept.
LAYOUT = Path(working_copy.__file__).parent / "jupyterlab" / "workspace.json"


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port; ports are 1 to 65535")
    return number


_port.__name__ = "port"  # argparse says: invalid port value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("lesson", nargs="?", default=START, metavar="LESSON", help="its name or number, as 030")
    parser.add_argument("--folder", type=Path, help="where your working copy lies (default: my-course)")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")
    parser.add_argument("--port", type=_port, help="port to listen on (default: the first free one from 8888)")


def _lay_layout(folder: Path) -> Path:
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    place = folder / ".jupyterlab"
    manager = WorkspacesManager(str(place))
    if not manager.load("default")["data"]:
        manager.save("default", LAYOUT.read_text(encoding="utf-8"))
    return place


def server_arguments(folder: Path, page: str, args: argparse.Namespace) -> list[str]:
    """Return the words that JupyterLab is started with."""
    words = [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.workspaces_dir={_lay_layout(folder)}",
        f"--LabApp.default_url=/lab/tree/{page}",
        "--ServerApp.kernel_websocket_connection_class=calcinosis.jupyterlab.connection.PromptConnection",
    ]
    if args.no_browser:
        words.append("--no-browser")
    if args.port is not None:
        words += [f"--port={args.port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # In a container everybody is root and Jupyter would refuse; it listens on this machine only.
        words.append("--allow-root")
    return words


def run(args: argparse.Namespace) -> int:
    """Renew the working copy and serve it until the learner stops it."""
    folder = (args.folder or working_copy.default_folder()).expanduser().resolve()
    report = working_copy.renew(working_copy.course_folder(), folder)
    page = working_copy.find_lesson(folder, args.lesson)
    print(report.text(), flush=True)
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    from jupyterlab.labapp import main as jupyterlab

    return jupyterlab(server_arguments(folder, page, args)) or 0


if __name__ == "__main__":
    sys.exit("Start it as: calcinosis lab")
