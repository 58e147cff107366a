"""The course's own errors: each carries one sentence that says what was wrong and what to do."""


class CourseError(ValueError):
    """Base of every error that the course reports to a person."""

    def _render_traceback_(self) -> list[str]:
        """Have a notebook show the sentence alone; the cell still counts as failed."""
        return [f"{type(self).__name__}: {self}"]


class InputError(CourseError):
    """A learner or instructor gave something that the course does not accept."""


class ContentError(CourseError):
    """A file under ``data/`` or ``source/`` is not what its schema asks for."""
