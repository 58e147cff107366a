"""A copy of ``data/`` with the sample records of ``tests/data/widgets`` beside the course's own."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests" / "data" / "widgets"


def copy_content(folder: Path) -> Path:
    """Fill `folder` and return it; point CALCINOSIS_DATA at it."""
    shutil.copytree(ROOT / "data", folder, dirs_exist_ok=True)
    shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
    return folder
