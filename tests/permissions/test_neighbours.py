"""What is a colleague's or another shop's stays as it is, whatever one does with one's own (SPEC A6)."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import handover, people, suggestions, translations
from chat.models import Message, MessageTranslation, ServiceSession, Translation
from shops.errors import Refused
from shops.models import Duty
from tests import base
from tests.permissions.world import Ears, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("A6")]


def test_translations_and_suggestions_are_of_the_own_session(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    own, beside, far = world.things["agent"], world.colleagues, world.foreign
    said = {
        one: Message.objects.filter(session=one.session, sender_kind="buyer").latest("seq") for one in (own, beside)
    }
    for one, text in ((own, "Mine"), (beside, "Theirs")):
        MessageTranslation.objects.create(message=said[one], language="fr", text=text)
    assert said[own].seq == said[beside].seq
    assert translations.of_messages(own.session, own.holder, [said[own].seq], "fr") == {said[own].seq: "Mine"}
    with pytest.raises(Refused, match="not_assignee"):
        suggestions.note(own.session, beside.holder, said[own].seq, "offered")
    suggestions.note(own.session, own.holder, said[own].seq, "offered")
    monkeypatch.setattr(translations, "TRIM_EVERY", 1)
    monkeypatch.setattr(translations, "KEPT", 2)
    for of, digest in ((far, "a"), (own, "b"), (far, "c"), (own, "d"), (own, "e")):
        translations._keep(of.session, {digest: "Kept"})
        if digest == "d":
            assert set(Translation.objects.values_list("digest", flat=True)) == set("abcd")
    assert set(Translation.objects.values_list("digest", flat=True)) == set("acde")


def test_a_new_password_lets_only_ones_own_consoles_come_anew() -> None:
    world, ears = World(), Ears()
    try:
        people.sign_out_elsewhere(world.members["agent"].user)
        ears._do(asyncio.sleep(0))
        assert {ear.member_id for ear in ears.all if "again" in ear.heard} == {world.members["agent"].pk}
    finally:
        ears.stop()


def test_agents_of_another_shop_may_be_away_as_long_as_they_like() -> None:
    world = World()
    later = timezone.now() + timedelta(hours=1)
    type(world.shop).objects.filter(pk=world.shop.pk).update(requeue_after=5)
    for member in (world.colleagues.holder, world.stranger):
        base.leave(member)
    Duty.objects.update(started_at=timezone.now() - timedelta(days=1))
    assert handover.requeue_unanswered(later) == 2
    assert not ServiceSession.objects.filter(assignee=world.colleagues.holder, waiting_since__isnull=False).exists()
    assert ServiceSession.objects.filter(assignee=world.stranger, waiting_since__isnull=False).exists()
