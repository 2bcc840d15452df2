"""Several reads that see the database at one moment, while others go on writing."""

import threading

import pytest
from django.db import connection

from lib.db import once, snapshot, write
from shops.models import Seller


def add() -> None:
    """Add a row on a connection of its own, as another request would."""
    with write():
        Seller.objects.create(name="Another")
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_others_commit_meanwhile_is_not_seen() -> None:
    with snapshot():
        assert Seller.objects.count() == 0
        other = threading.Thread(target=add)
        other.start()
        other.join(10)
        assert not other.is_alive(), "a reader kept a writer waiting"
        assert Seller.objects.count() == 0
    assert Seller.objects.count() == 1
    add()
    assert Seller.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_error_ends_the_snapshot_too() -> None:
    with pytest.raises(ZeroDivisionError), snapshot():
        assert Seller.objects.count() / 0
    add()
    assert Seller.objects.count() == 1


@pytest.mark.django_db
def test_what_was_asked_in_a_snapshot_is_known_until_its_end() -> None:
    asked: list[tuple[int, int]] = []

    @once
    def total(one: int, other: int = 0) -> int:
        asked.append((one, other))
        return one + other

    for _turn in range(2):
        with snapshot():
            with snapshot():
                assert (total(1, 2), total(1, other=2), total(1, 3)) == (3, 3, 4)
            assert (total(1, 2), total(1, other=2)) == (3, 3)
    assert asked == [(1, 2), (1, 2), (1, 3)] * 2
    assert (total(1), total(1)) == (1, 1)
    assert asked[6:] == [(1, 0), (1, 0)]


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_in_another_one_sees_the_same_moment() -> None:
    with snapshot():
        assert Seller.objects.count() == 0
        other = threading.Thread(target=add)
        other.start()
        other.join(10)
        with snapshot():
            assert Seller.objects.count() == 0
    assert Seller.objects.count() == 1
