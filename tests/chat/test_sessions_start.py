"""How a session starts and where it goes first (SPEC C1, E3)."""

import pytest
from django.utils import translation

from chat.actions import attachments, bot, policy, sessions
from chat.desk_api import desk_page
from chat.models import DeskEvent, Event, Message, ServiceSession
from shops import identity
from shops.errors import NotYours, Refused
from tests import base, invariants
from tests.chat import samples

pytestmark = pytest.mark.django_db(transaction=True)
State = ServiceSession.State
KINDS = ["text", "emoji", "image", "video", "product_card", "order_card"]


def first_message(line, kind):
    """Send the buyer's first message of a kind; return the session."""
    match kind:
        case "text":
            return base.writes(line)
        case "emoji":
            return base.writes(line, "😀", kind=kind)
        case "product_card":
            return base.writes(line, kind=kind, ref=base.product(line.shop).pk)
        case "order_card":
            return base.writes(line, kind=kind, ref=base.order(line).pk)
    file = samples.sent(samples.GOOD["png" if kind == "image" else "mp4"](), "x")
    row = attachments.upload(line.shop, f"b:{line.buyer_id}", file)
    return base.writes(line, kind=kind, attachment=row.pk)


def told(session):
    """Return the session's story: messages by sender and kind, other events by name."""
    events = Event.objects.filter(session=session).order_by("seq").select_related("message")
    return [f"{e.message.sender_kind} {e.message.kind}" if e.message else e.kind for e in events]


@pytest.mark.rule("C1")
@pytest.mark.parametrize("kind", KINDS)
def test_the_first_message_of_any_kind_starts_a_session_and_is_routed_at_once(kind):
    lin = base.agent(base.shop(), "Lin")
    session = first_message(base.buyer(lin.shop), kind)
    assert told(session) == ["session.opened", f"buyer {kind}", "session.assigned"]
    assert (session.assignee, session.first_seq, session.unread) == (lin, 1, 1)
    assert session.waiting_since == session.started_at == session.last_message_at
    invariants.check()


@pytest.mark.rule("C1")
@pytest.mark.parametrize("kind", KINDS)
def test_with_the_bot_on_the_first_message_stays_with_the_bot(kind):
    shop = base.shop(bot_enabled=True)
    base.agent(shop, "Lin")
    session = first_message(base.buyer(shop), kind)
    assert (session.state, told(session)) == (State.BOT, ["session.opened", f"buyer {kind}"])
    assert not DeskEvent.objects.filter(session=session).exists()
    invariants.check()


@pytest.mark.rule("C1")
def test_a_second_message_starts_nothing():
    lin = base.agent(base.shop(), "Lin")
    first = base.writes(base.buyer(lin.shop))
    assert base.writes(first.conversation, "Hello?").pk == first.pk
    assert ServiceSession.objects.count() == 1


@pytest.mark.rule("C1")
def test_opening_the_page_starts_nothing_and_shows_greeting_and_faq_card(client):
    shop = base.shop(greeting="Welcome to Harbour")
    base.agent(shop, "Lin")
    asked = base.question(shop)
    base.question(shop, "Off the card?", place=None)
    product = base.product(shop)
    body = {
        "shop": shop.pk,
        "identity": identity.sign(shop, "ann", "Ann"),
        "entry": {"kind": "product", "ref": product.sku},
    }
    for _time in range(2):
        answer = client.post("/api/v1/buyer/entry", body, content_type="application/json")
        assert answer.status_code == 201
    entered = answer.json()
    assert (entered["greeting"], entered["faq"]) == ("Welcome to Harbour", [{"id": asked.pk, "text": asked.text}])
    assert (entered["session"], entered["last_seq"], entered["can_rate"]) == (None, 0, False)
    assert not ServiceSession.objects.exists()
    assert not Event.objects.exists()
    assert not DeskEvent.objects.filter(session__isnull=False).exists()


@pytest.mark.rule("C1")
def test_a_faq_click_starts_a_session_with_question_answer_and_then_routing_where_the_bot_is_off():
    lin = base.agent(base.shop(), "Lin")
    session = base.clicks(base.buyer(lin.shop), base.question(lin.shop))
    assert told(session) == ["session.opened", "buyer text", "bot bot_answer", "session.assigned"]
    assert session.assignee == lin
    said = list(Message.objects.filter(session=session).order_by("seq").values_list("text", flat=True))
    assert said == ["When do you ship?", "Within a day."]
    assert (session.last_automatic_seq, session.waiting_since) == (3, session.started_at)
    invariants.check()


@pytest.mark.rule("C1")
def test_a_faq_click_with_nobody_there_waits_in_the_queue():
    shop = base.shop()
    session = base.clicks(base.buyer(shop), base.question(shop))
    assert told(session) == ["session.opened", "buyer text", "bot bot_answer", "session.queued"]
    invariants.check()


@pytest.mark.rule("C1")
def test_a_faq_click_with_the_bot_on_is_answered_once_and_stays_with_the_bot():
    shop = base.shop(bot_enabled=True)
    base.agent(shop, "Lin")
    question = base.question(shop)
    session = base.clicks(base.buyer(shop), question)
    bot.answer(session.pk)
    assert told(session) == ["session.opened", "buyer text", "bot bot_answer"]
    question.refresh_from_db()
    assert (base.session(session.conversation).state, question.hits) == (State.BOT, 1)


@pytest.mark.rule("C1")
def test_the_bot_answers_what_it_knows_and_keeps_the_session():
    shop = base.shop(bot_enabled=True)
    base.agent(shop, "Lin")
    question = base.question(shop)
    session = base.writes(base.buyer(shop), "when do you ship")
    bot.answer(session.pk)
    session = base.session(session.conversation)
    assert told(session) == ["session.opened", "buyer text", "bot bot_answer"]
    assert (session.state, session.bot_misses, session.bot_due_at) == (State.BOT, 0, None)
    assert Message.objects.get(session=session, sender_kind="bot").data == {"question": question.pk}


@pytest.mark.rule("C1", "E3")
def test_the_second_miss_in_a_row_hands_over_without_the_put_it_another_way_sentence():
    lin = base.agent(base.shop(bot_enabled=True), "Lin")
    base.question(lin.shop)
    session = base.writes(base.buyer(lin.shop), "Qwerty?")
    bot.answer(session.pk)
    assert told(session)[1:] == ["buyer text", "bot bot_answer"]
    assert Message.objects.get(session=session, sender_kind="bot").data == {"question": None}
    base.writes(session.conversation, "Asdfgh?")
    bot.answer(session.pk)
    session = base.session(session.conversation)
    assert told(session)[3:] == ["buyer text", "system note", "session.assigned"]
    assert Message.objects.get(session=session, kind="note").data == {"code": "handover", "why": "misses"}
    assert (session.assignee, session.bot_due_at) == (lin, None)
    assert (session.unread, session.waiting_since) == (2, session.started_at)
    invariants.check()


@pytest.mark.rule("E3")
@pytest.mark.parametrize("kind", KINDS[1:])
def test_pictures_emoji_and_cards_count_as_misses(kind):
    shop = base.shop(bot_enabled=True)
    line = base.buyer(shop)
    for state in (State.BOT, State.QUEUED):
        session = first_message(line, kind)
        bot.answer(session.pk)
        assert base.session(line).state == state


@pytest.mark.rule("E3")
@pytest.mark.parametrize("how", ["recognised", "clicked"])
def test_an_answer_between_two_misses_resets_the_count(how):
    shop = base.shop(bot_enabled=True)
    question, line = base.question(shop), base.buyer(shop)
    bot.answer(base.writes(line, "Qwerty?").pk)
    bot.answer((base.clicks(line, question) if how == "clicked" else base.writes(line, question.text)).pk)
    bot.answer(base.writes(line, "Asdfgh?").pk)
    assert (base.session(line).state, base.session(line).bot_misses) == (State.BOT, 1)


@pytest.mark.rule("P2")
def test_who_is_handed_over_after_two_misses_at_once_is_not_silent():
    shop = base.shop(bot_enabled=True)
    line = base.buyer(shop)
    base.send(base.from_buyer(line, "Qwerty"), base.from_buyer(line, "Asdf"))
    bot.answer(base.session(line).pk)
    assert (base.session(line).state, base.session(line).closes_at) == (State.QUEUED, None)


@pytest.mark.rule("C1", "E3")
def test_a_buyer_who_asks_for_a_human_is_handed_over_at_once_and_only_once():
    lin = base.agent(base.shop(bot_enabled=True), "Lin")
    line = base.buyer(lin.shop)
    with pytest.raises(Refused) as refused:
        sessions.ask_human(lin.shop_id, line.pk)
    assert refused.value.code == "no_session"
    session = base.writes(line)
    assert base.phone(line).post("/api/v1/buyer/human", {}, format="json").json()["session"]["agent"] == "Lin"
    again = base.phone(line).post("/api/v1/buyer/human", {}, format="json")
    assert (again.status_code, again.json()["session"]["state"]) == (200, "assigned")
    assert told(session) == ["session.opened", "buyer text", "system note", "session.assigned"]
    bot.answer(session.pk)
    assert len(told(session)) == 4
    invariants.check()


@pytest.mark.rule("C1", "E3")
def test_until_the_hand_over_no_agent_sees_or_is_told_anything():
    shop = base.shop(bot_enabled=True)
    lin, lead = base.agent(shop, "Lin"), base.agent(shop, "Lead", role="service_lead")
    before = {member: desk_page(member, 0)["last_seq"] for member in (lin, lead)}
    session = base.writes(base.buyer(shop))
    bot.answer(session.pk)
    for member, last in before.items():
        here, rest = f"/api/v1/shops/{shop.pk}/sessions", base.desk(member)
        lists = [rest.get(f"{here}?list={name}").json()["results"] for name in ("open", "unassigned", "history")]
        assert lists == [[], [], []]
        assert rest.get(f"{here}?q=stock").json()["results"] == []
        assert [rest.get(f"{here}/{session.pk}{part}").status_code for part in ("", "/events", "/messages")] == [
            404
        ] * 3
        assert rest.post(f"{here}/{session.pk}/take").status_code == 404
        assert rest.get(f"/api/v1/shops/{shop.pk}/desk/events?after={last}").json()["results"] == []
    sessions.ask_human(shop.pk, session.conversation_id)
    assert desk_page(lin, before[lin])["results"] != []


@pytest.mark.rule("C1")
def test_switching_the_bot_off_hands_what_it_held_to_the_humans():
    lin = base.agent(base.shop(bot_enabled=True), "Lin")
    session = base.writes(base.buyer(lin.shop))
    policy.set_bot(lin.shop, False, lin)
    assert base.session(session.conversation).assignee == lin
    invariants.check()


@pytest.mark.rule("C1")
def test_a_question_that_is_gone_starts_nothing():
    shop = base.shop()
    question = base.question(shop)
    line = base.buyer(shop)
    draft = base.incoming.draft(base.body(question.text))
    click = base.sending.click(base.token(line), draft, question.pk)
    question.delete()
    assert isinstance(base.send(click)[0], NotYours)
    line.refresh_from_db()
    assert (line.last_seq, ServiceSession.objects.count(), Event.objects.count()) == (0, 0, 0)
    invariants.check()


@pytest.mark.rule("C1")
def test_the_bot_speaks_the_language_of_the_shop():
    session = base.writes(base.buyer(base.shop(bot_enabled=True, language="en")), "Qwerty?")
    with translation.override("zh-hans"):
        bot.answer(session.pk)
    assert "another way" in Message.objects.get(session=session, sender_kind="bot").text
