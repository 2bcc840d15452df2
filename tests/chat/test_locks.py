"""What is locked is of the shop and the conversation that name it; whoever names another's locks nothing (A6)."""

from collections.abc import Callable
from typing import Any

import pytest

from chat import catchup, locks
from lib.db import write
from shops.errors import NotYours
from tests import base

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("A6")]


def test_a_session_is_locked_by_its_own_shop_and_buyer_alone() -> None:
    shop, other = base.shop(), base.shop("Meadow")
    own, beside, far = (base.writes(base.buyer(of)) for of in (shop, shop, other))
    refused: list[Callable[[], Any]] = [
        lambda: locks.session(shop.pk, far.pk),
        lambda: locks.sessions(shop.pk, [own.pk, far.pk]),
        lambda: locks.of_buyer(shop.pk, beside.conversation_id, own.pk),
        lambda: locks.writing(0),
    ]
    for lock in refused:
        with write(), pytest.raises(NotYours):
            lock()
    with write():
        assert locks.of_buyer(shop.pk, own.conversation_id, own.pk)[1] == own
        assert locks.sessions(shop.pk, [beside.pk, own.pk]) == [beside, own]


def test_whether_somebody_waits_is_asked_in_the_own_shop() -> None:
    shop, other = base.shop(), base.shop("Meadow")
    base.agent(shop, "Lin")
    served, waiting = (base.writes(base.buyer(of)) for of in (shop, other))
    with write():
        assert not locks.reception(shop.pk, served.pk).waits
        assert locks.reception(other.pk, waiting.pk).waits


def test_who_comes_back_is_told_of_its_own_sessions_alone() -> None:
    shop = base.shop()
    lin, wu = base.agent(shop, "Lin"), base.agent(shop, "Wu", accepting=False)
    session = base.writes(base.buyer(shop), "A secret")
    staff = base.agent(shop, "Staff", role="staff", im=False, online=False)
    cursors = {session.conversation_id: 1}
    assert session.assignee == lin
    assert "A secret" in "".join(catchup.agent(lin, 0, cursors))
    assert "A secret" not in "".join(catchup.agent(wu, 0, cursors))
    with pytest.raises(NotYours):
        catchup.agent(staff, 0, {})
    with pytest.raises(NotYours):
        catchup.own_line(wu, session.conversation_id)
    catchup.own_line(lin, session.conversation_id)


def test_what_was_missed_is_of_the_own_line() -> None:
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    session = base.writes(base.buyer(shop), "Mine")
    base.agent(base.shop("Meadow"), "Far")
    base.writes(base.buyer(shop), "Another's")
    told = "".join(catchup.agent(lin, 0, {session.conversation_id: 1}))
    assert ("Mine" in told, "Another's" in told) == (True, False)
