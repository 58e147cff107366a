"""A temporary copy of what authors write: ``data/``, ``source/``, the README and ``docs/``."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests" / "data" / "authoring"


def copy_project(folder: Path) -> Path:
    """Copy the project's own content into `folder` and return it; point CALCINOSIS_DATA at its ``data``."""
    for name in ("data", "source", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "README.md", folder)
    return folder


def sample_source(folder: Path) -> Path:
    """Fill `folder` with one small lesson and one small worksheet, to be read with the course's own data."""
    for kind in ("lesson", "worksheet"):
        place = folder / "source" / f"{kind}s"
        place.mkdir(parents=True)
        shutil.copy(SAMPLES / f"{kind}.md", place / "900-sample.md")
    shutil.copy(ROOT / "README.md", folder)
    return folder


def sample_project(folder: Path) -> Path:
    """Like :func:`sample_source`, but with a copy of the data and the templates as well."""
    sample_source(folder)
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copytree(ROOT / "source" / "templates", folder / "source" / "templates")
    return folder


def own_files(folder: Path) -> dict[str, bytes]:
    """Return everything in a copy that a person writes, by name; what the build writes is left out."""
    places = [folder / "data", folder / "source"]
    files = [path for place in places for path in place.rglob("*") if path.is_file() and "generated" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
