"""While texts change and indexes are built, nobody waits for what is somebody else's (E3)."""

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from botfaq.recognition import encoders
from botfaq.recognition.encoders import Encoder
from botfaq.recognition.shelf import BUILDERS, Shelf
from tests.listening import until

pytestmark = pytest.mark.rule("E3")
OLD, NEW, NEWER = [(1, "Where is it?")], [(1, "Where is it?"), (2, "Size?")], [(1, "Where is it?"), (3, "Colour?")]


class Gate:
    """An encoder whose loading waits until it may go on, as a large build does."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.builds = 0
        self.fails = False

    def __call__(self) -> Encoder | None:
        self.builds += 1
        assert self.open.wait(20)
        if self.fails:
            raise MemoryError
        return None


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    real = encoders.load
    monkeypatch.setattr(encoders, "load", lambda name: gate() if name == "slow" else real(name))
    yield gate
    gate.open.set()


def test_the_old_index_serves_until_the_new_one_is_there(gate: Gate) -> None:
    shelf = Shelf()
    old = shelf.get(1, 1, lambda: OLD, "slow", 20)
    assert old is not None
    gate.open.clear()
    assert shelf.get(1, 2, lambda: NEW, "slow", 0) is None
    assert shelf.older(1) is old
    gate.open.set()
    new = shelf.get(1, 2, lambda: NEW, "slow", 20)
    assert new is not None
    assert new.questions == [1, 2]
    until(lambda: shelf.older(1) is None)  # and is let go


def test_texts_that_change_during_a_build_are_built_once_at_their_newest(gate: Gate) -> None:
    shelf = Shelf()
    gate.open.clear()
    assert shelf.get(1, 1, lambda: OLD, "slow", 0) is None
    until(lambda: gate.builds == 1)
    for stamp in range(2, 50):
        assert shelf.get(1, stamp, partial(list, [(1, f"Question {stamp}?")]), "slow", 0) is None
    waiting = threading.Thread(target=lambda: found.append(shelf.get(1, 50, lambda: NEW, "slow", 20)))
    found: list = []
    waiting.start()
    gate.open.set()
    waiting.join(20)
    assert found[0].questions == [1, 2]
    assert gate.builds == 2


def test_who_waits_for_texts_that_change_meanwhile_gets_the_newer_index(gate: Gate) -> None:
    shelf = Shelf()
    gate.open.clear()
    shelf.get(1, 1, lambda: OLD, "slow", 0)
    until(lambda: gate.builds == 1)
    found: list = []
    waiting = threading.Thread(target=lambda: found.append(shelf.get(1, 2, lambda: NEW, "slow", 20)))
    waiting.start()
    until(lambda: shelf._kept[1].stamp == 2)
    shelf.get(1, 3, lambda: NEWER, "slow", 0)
    gate.open.set()
    waiting.join(20)
    assert found[0].questions == [1, 3]


def test_one_shop_however_often_it_changes_leaves_a_builder_to_the_others(gate: Gate) -> None:
    shelf = Shelf()
    gate.open.clear()
    for stamp in range(BUILDERS + 2):
        shelf.get(1, stamp, partial(list, [(1, f"Question {stamp}?")]), "slow", 0)
    assert shelf.get(2, 1, lambda: OLD, "none", 10) is not None
    assert not gate.open.is_set()


def test_while_a_build_fails_the_old_index_serves(gate: Gate) -> None:
    shelf = Shelf()
    old = shelf.get(1, 1, lambda: OLD, "slow", 20)
    gate.fails = True
    with pytest.raises(MemoryError):
        shelf.get(1, 2, lambda: NEW, "slow", 20)
    assert shelf.older(1) is old
    gate.fails = False
    assert shelf.get(1, 3, lambda: NEW, "slow", 20) is not None


def test_what_leaving_out_brings_is_worked_out_beside(gate: Gate) -> None:
    shelf = Shelf()
    index = shelf.get(1, 1, lambda: NEW, "none", 20)
    assert index is not None
    fates = shelf.examine(1, index, 20)
    assert fates is not None
    assert [fate.phrasing for fate in fates] == ["Where is it?", "Size?"]
    newer = shelf.get(1, 2, lambda: NEWER, "none", 20)
    assert newer is not index
    assert shelf.examine(1, index, 20) is None  # nobody asks for what is past
