"""The other half of the course's worksheets, so that two cores share the work."""

from tests.notebooks.test_worksheets_two_way import (  # noqa: F401
    COURSE_SHEETS,
    marked,
    pytest_generate_tests,
    test_every_listed_wrong_answer_earns_nothing_and_its_hint,
    test_the_exercise_is_what_nbgrader_itself_releases,
    test_the_solution_earns_every_point_of_the_machine,
    test_the_untouched_exercise_earns_nothing_and_runs_to_its_end,
)

SHEETS = COURSE_SHEETS[::2]
