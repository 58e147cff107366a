"""The two versions of a worksheet, made by nbgrader's own preprocessors: what instructors and what students get."""

import copy
from typing import Any

from nbgrader import preprocessors
from nbgrader.nbgraderformat import MetadataValidator
from traitlets.config import Config

from calcinosis.worksheets import STUB

__all__ = ["instructor_version", "student_version"]

_RELEASE = ("LockCells", "ClearSolutions", "ClearOutput", "ClearHiddenTests", "ClearMarkScheme", "ComputeChecksums")


def instructor_version(notebook: Any) -> Any:
    """Return a valid nbgrader source notebook: solutions and hidden tests inside, no outputs."""
    made, _ = preprocessors.ClearOutput().preprocess(copy.deepcopy(notebook), {})
    MetadataValidator().validate_nb(made)
    return made


def student_version(notebook: Any) -> Any:
    """Return a valid nbgrader release notebook: the stub in place of each solution, checks locked, checksums set."""
    config = Config()
    config.ClearSolutions.code_stub = {"python": STUB}
    made, resources = copy.deepcopy(notebook), {}
    for name in _RELEASE:
        made, resources = getattr(preprocessors, name)(config=config).preprocess(made, resources)
    MetadataValidator().validate_nb(made)
    return made
