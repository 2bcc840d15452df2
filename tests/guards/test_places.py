"""The doors that `python -m tests.guards` opens are there, and so are the tests that it tries them with."""

from tests import source
from tests.guards import places


def test_every_door_has_guards_and_every_file_of_its_tests_is_there() -> None:
    guards = places.guards()
    assert {one.path for one in guards} == set(places.DOORS)
    assert all(places.function_of(one) for one in guards), "what stands in no function can not be taken away"
    named = {file for one in guards for file in places.tests_of(one)}
    assert named <= set(source.files("tests/**/test_*.py"))


def test_every_door_of_a_room_is_tried() -> None:
    assert set(source.files("*/access.py")) <= set(places.DOORS)
