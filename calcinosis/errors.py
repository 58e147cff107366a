"""The course's own errors: each carries one sentence that says what was wrong and what to do."""


class CourseError(ValueError):
    """Base of every error that the course reports to a person."""


class InputError(CourseError):
    """A learner or instructor gave something that the course does not accept."""


class ContentError(CourseError):
    """A file under ``data/`` or ``source/`` is not what its schema asks for."""
