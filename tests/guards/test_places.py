"""The files that `python -m tests.guards` opens are there, and so are the tests that it tries them with."""

import re

from tests import source
from tests.guards import places
from tests.guards.doors import DOORS, INSIDE

REFUSES = re.compile(
    r"^ +raise (errors\.)?Not(Yours|Allowed)|permissions\.require\(|Refused\(.not_assignee", re.MULTILINE
)
# What they refuse is no one's: a page of the demonstration, the name of a rule.
OF_NOBODY = {"sellercenter/demo.py", "chat/platform_rule_pages.py"}


def test_every_file_has_guards_and_every_file_of_its_tests_is_there() -> None:
    guards = places.guards()
    assert {one.path for one in guards} == {*DOORS, *INSIDE}
    assert all(places.function_of(one) for one in guards), "what stands in no function can not be taken away"
    named = {file for one in guards for file in places.tests_of(one)}
    assert named <= set(source.files("tests/**/test_*.py"))
    assert all(INSIDE.values()), "the table is not tried there"


def test_every_door_of_a_room_and_whatever_refuses_people_is_tried() -> None:
    assert set(source.files("*/access.py")) <= set(DOORS)
    refuses = {path for path in source.python(*source.ROOMS) if REFUSES.search(source.text(path))}
    assert refuses - {*DOORS, *INSIDE} == OF_NOBODY
