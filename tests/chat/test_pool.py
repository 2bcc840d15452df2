"""Senders over REST keep no connection while they wait, so that the writer always has one."""

import threading

import pytest
from django.conf import settings
from django.db import connection

from chat.models import Message
from chat.writer import writer
from tests import base
from tests.listening import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_more_senders_than_connections_are_all_answered():
    """All of them wait for the writer at the same moment; none may hold what the next one needs to get that far."""
    senders = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] + 8
    shop = base.shop()
    lin = base.agent(shop, "Lin")
    session = base.writes(base.buyer(shop))
    consoles = [base.desk(lin) for _ in range(senders)]
    path = f"/api/v1/shops/{shop.pk}/sessions/{session.pk}/messages"
    answers: list[int] = []

    def send(console):
        try:
            answers.append(console.post(path, base.body(), "json").status_code)
        finally:
            connection.close()

    start, writer._start = writer._start, lambda: None  # the writer is busy with something else for a while
    threads = [threading.Thread(target=send, args=(console,)) for console in consoles]
    try:
        for each in threads:
            each.start()
        until(lambda: writer._fast._items.qsize() == senders or answers)
        assert answers == []
    finally:
        writer._start = start
        writer._start()
    for each in threads:
        each.join(20)
    assert answers == [201] * senders
    assert Message.objects.filter(sender_kind="agent").count() == senders
