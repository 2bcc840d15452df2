"""Several reads that see the database at one moment, while others go on writing."""

import threading

import pytest
from django.db import connection

from lib.db import snapshot, write
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
