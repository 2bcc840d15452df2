"""A shop whose index takes long keeps its own buyers waiting, for a while, and nobody else's (E3)."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from botfaq import actions, matching
from botfaq.models import Question
from botfaq.recognition import shelf
from botfaq.recognition.index import Index
from chat import bot_runner
from chat.actions import bot
from chat.models import Message, ServiceSession
from chat.worker import Worker
from shops.models import Shop
from tests import base
from tests.listening import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("E3")]
HUGE = "Question of a huge knowledge base?"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let the index of whoever has the huge question take until the gate opens."""
    opened = threading.Event()

    def build(pairs: Any, encoder: Any) -> Index:
        if HUGE in [text for _question, text in pairs]:
            assert opened.wait(20)
        return Index(pairs, encoder)

    monkeypatch.setattr(shelf, "Index", build)
    yield opened
    opened.set()


def asked(name: str, text: str) -> Shop:
    shop = base.shop(name, bot_enabled=True)
    boss = base.agent(shop, "Boss", role="owner", online=False)
    actions.save(boss, Question(shop=shop, text=text, answer=f"About: {text}"), [])
    return shop


def answered(session: ServiceSession) -> list[str]:
    return list(Message.objects.filter(session=session, sender_kind="bot").values_list("text", flat=True))


def test_the_sweep_answers_the_others_and_who_waits_too_long_is_not_forgotten(gate: threading.Event) -> None:
    huge, small = asked("Huge", HUGE), asked("Small", "When do you ship?")
    first = base.writes(base.buyer(huge), HUGE)
    second = base.writes(base.buyer(huge), HUGE)
    other = base.writes(base.buyer(small), "When do you ship?")
    assert bot.answer_due(timezone.now()) == 1
    assert answered(other) == ["About: When do you ship?"]
    assert answered(first) == answered(second) == []
    assert ServiceSession.objects.filter(bot_due_at__isnull=False, bot_misses=0).count() == 2
    assert bot.answer_due(timezone.now() + timedelta(seconds=matching.PATIENCE + 1)) == 2
    assert ServiceSession.objects.filter(bot_due_at=None, bot_misses=1).count() == 2
    gate.set()


def test_what_was_put_off_is_answered_as_soon_as_the_index_is_there(gate: threading.Event) -> None:
    session = base.writes(base.buyer(asked("Huge", HUGE)), HUGE)
    assert bot.answer_due(timezone.now()) == 0
    gate.set()
    until(lambda: bot.answer_due(timezone.now()) == 1)
    assert answered(session) == [f"About: {HUGE}"]


def test_the_bots_own_thread_goes_on_with_the_next_shop(gate: threading.Event) -> None:
    huge, small = base.buyer(asked("Huge", HUGE)), base.buyer(asked("Small", "When do you ship?"))
    bot_runner.start()
    try:
        waiting = base.writes(huge, HUGE)
        other = base.writes(small, "When do you ship?")
        until(lambda: answered(other))
        assert answered(waiting) == []
    finally:
        bot_runner.stop()


def test_an_edit_silences_no_bot(gate: threading.Event) -> None:
    """While the index of the new texts is being built, the one before it answers."""
    shop = asked("Growing", "When do you ship?")
    assert matching.is_ready(shop, 20)
    actions.save(shop.members.get(), Question(shop=shop, text=HUGE, answer="Huge."), [])
    session = base.writes(base.buyer(shop), "When do you ship?")
    assert bot.answer(session.pk, 0, give_up=False)
    assert answered(session) == ["About: When do you ship?"]
    assert not matching.is_ready(shop)


def test_the_loop_does_not_wait_for_the_bot(gate: threading.Event) -> None:
    """Queues are drained while an index is being built, by the thread beside the loop."""
    shop = asked("Huge", HUGE)
    base.writes(base.buyer(shop), HUGE)
    ServiceSession.objects.update(bot_due_at=timezone.now() - timedelta(minutes=5))
    worker = Worker()
    running = threading.Thread(target=worker.run, daemon=True)
    running.start()
    try:
        until(lambda: not ServiceSession.objects.filter(bot_due_at__isnull=False).exists())
        assert not gate.is_set()
    finally:
        gate.set()
        worker.stop()
        running.join(20)
