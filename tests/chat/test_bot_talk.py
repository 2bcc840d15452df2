"""What the bot does in a talk beside answering: buttons, verdicts, stars, hours, the own order (E3, E6, E11)."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from botfaq import access
from botfaq import actions as knowledge
from botfaq.models import Miss
from chat import history
from chat.actions import bot, people, policy, ratings, sessions
from chat.models import BotAnswer, Event, Message, Rating, ServiceSession
from commerce.models import Shipment
from shops.errors import NotAllowed, NotYours, Refused
from tests import base, invariants

pytestmark = pytest.mark.django_db(transaction=True)
State, Part = ServiceSession.State, ServiceSession.BotPart
NEAR = "My parcel is blue"
ASKED = ["When do you ship my parcel?", "Do you ship my parcel abroad?", "Which colours do you have?"]


@pytest.fixture
def shop():
    found = base.shop(bot_enabled=True, language="en")
    base.agent(found, "Boss", role="owner", online=False)
    for text in ASKED:
        base.question(found, text, f"About: {text}", place=None)
    knowledge.changed(found.pk)
    return found


def asks(line, text):
    """The buyer writes, the bot looks; return the session."""
    bot.answer(base.writes(line, text).pk)
    return base.session(line)


def last(line):
    """Return the bot's newest words."""
    return Message.objects.filter(conversation=line, sender_kind="bot").latest("seq")


def boss(shop):
    return shop.members.get(role="owner")


@pytest.mark.rule("E3")
def test_what_comes_near_is_offered_to_click_and_a_click_resets_the_count(shop):
    line = base.buyer(shop)
    session = asks(line, NEAR)
    offered = last(line).data["suggestions"]
    assert {one["text"] for one in offered} == set(ASKED[:2])
    assert (session.bot_misses, session.state) == (1, State.BOT)
    chosen = shop.questions.get(pk=offered[0]["id"])
    session = base.clicks(line, chosen)
    assert (session.bot_misses, last(line).text) == (0, chosen.answer)
    assert asks(line, "Qwerty").state == State.BOT
    assert asks(line, "Asdfgh").bot_part == Part.MISSES
    invariants.check()


@pytest.mark.rule("E3")
def test_an_answer_brings_related_questions_its_link_and_its_product_but_no_draft(shop):
    first, second, third = shop.questions.order_by("pk")
    first.related.set([second, third])
    third.published = False
    third.save()
    first.link, first.product = "https://example.com/shipping", base.product(shop)
    first.save()
    line = base.buyer(shop)
    asks(line, first.text)
    data = last(line).data
    assert data["related"] == [{"id": second.pk, "text": second.text}]
    assert (data["link"], data["product"]["title"]) == ("https://example.com/shipping", "Blue kettle")


@pytest.mark.rule("E1")
def test_a_draft_is_neither_recognised_nor_clickable_nor_on_the_card(shop):
    draft = base.question(shop, "Do you sell tea?", "Yes.", place=1)
    draft.published = False
    draft.save()
    knowledge.changed(shop.pk)
    line = base.buyer(shop)
    assert asks(line, draft.text).bot_misses == 1
    click = {"client_msg_id": "6f1b9a52-1a50-4a8e-8a8b-2a4d6ad4f1aa", "question": draft.pk}
    assert base.phone(line).post("/api/v1/buyer/faq-click", click, format="json").status_code == 404
    assert list(access.card(shop)) == []


@pytest.mark.rule("E2")
def test_the_card_by_hits_shows_the_five_most_asked(shop):
    for hits in range(4):
        base.question(shop, f"Number {hits}?", place=None)
        shop.questions.filter(text=f"Number {hits}?").update(hits=hits + 1)
    shop = policy.set_faq_by_hits(shop, True, boss(shop))
    assert [question.hits for question in access.card(shop)] == [4, 3, 2, 1, 0]


@pytest.mark.rule("E4", "D4")
def test_a_verdict_is_kept_once_and_told_to_all_who_look(shop):
    line = base.buyer(shop)
    answer = base.answered(line, shop.questions.first())
    phone, address = base.phone(line), f"/api/v1/buyer/answers/{answer}/feedback"
    for _twice in range(2):
        assert phone.post(address, {"solved": True}, format="json").json() == {"solved": True}
    refused = phone.post(address, {"solved": False}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_said")
    assert BotAnswer.objects.get().solved is True
    told = Event.objects.get(kind="answer.judged")
    assert told.data == {"seq": last(line).seq, "solved": True}
    assert Message.objects.get(pk=answer).data["solved"] is True
    stranger = base.phone(base.buyer(shop))
    assert stranger.post(address, {"solved": True}, format="json").status_code == 404
    asked = base.writes(line, "Hello").messages.filter(sender_kind="buyer").first()
    assert phone.post(f"/api/v1/buyer/answers/{asked.pk}/feedback", {"solved": True}, format="json").status_code == 404
    invariants.check()


@pytest.mark.rule("E6")
def test_after_the_first_verdict_the_bot_asks_for_stars_inside_the_open_session(shop):
    line = base.buyer(shop)
    phone = base.phone(line)
    for question in shop.questions.all()[:2]:
        answer = base.answered(line, question)
        phone.post(f"/api/v1/buyer/answers/{answer}/feedback", {"solved": True}, format="json")
    session = base.session(line)
    assert Message.objects.filter(session=session, kind="rating_card").count() == 1
    ratings.rate(shop.pk, line.pk, session.pk, 5)
    rating = Rating.objects.get()
    assert (rating.member, rating.source, base.session(line).state) == (None, "survey", State.BOT)


@pytest.mark.rule("E6")
def test_few_stars_for_the_bot_hand_over_to_whom_the_shop_named_else_to_the_idlest(shop):
    lin, wu = base.agent(shop, "Lin", capacity=9), base.agent(shop, "Wu", capacity=2)
    policy.set_after_low_rating(shop, [wu.pk], boss(shop))
    got = []
    for _buyer in range(3):
        line = base.buyer(shop)
        session = asks(line, ASKED[0])
        ratings.rate(shop.pk, line.pk, session.pk, 1)
        session = base.session(line)
        assert session.bot_part == Part.RATED_LOW
        assert Message.objects.get(session=session, kind="note").data["why"] == "rated_low"
        got.append(session.assignee)
    assert got == [wu, wu, lin]
    invariants.check()


@pytest.mark.rule("E6")
def test_the_humans_later_stars_replace_the_bots_and_may_be_asked_for(shop):
    lin = base.agent(shop, "Lin")
    line = base.buyer(shop)
    session = asks(line, ASKED[0])
    ratings.rate(shop.pk, line.pk, session.pk, 2)
    base.replies(lin, base.session(line))
    ratings.invite(session.pk, lin)
    assert history.buyer_session(line)["rated"] is False
    ratings.rate(shop.pk, line.pk, session.pk, 5)
    session = base.session(line)
    assert (Rating.objects.get().stars, session.stars, session.rated_member) == (5, 5, lin)
    with pytest.raises(Refused):
        ratings.rate(shop.pk, line.pk, session.pk, 4)


@pytest.mark.rule("E3")
def test_only_off_hours_the_bot_receives_outside_business_hours_only(shop, time_machine):
    lin = base.agent(shop, "Lin")
    policy.set_week(shop, [[["09:00", "18:00"]]] * 7, boss(shop))
    policy.set_bot_hours(shop, True, boss(shop))
    day = timezone.now().astimezone(shop.zone).replace(hour=12, minute=0) + timedelta(days=1)
    for hour, state, part in ((12, State.ASSIGNED, Part.NONE), (20, State.BOT, Part.KEPT)):
        time_machine.move_to(day.replace(hour=hour))
        people.came_online(lin, "test", f"console-{hour}")
        session = base.writes(base.buyer(shop), ASKED[0])
        assert (session.state, session.bot_part) == (state, part)


@pytest.mark.rule("E3")
def test_each_hand_over_keeps_its_reason(shop):
    asked, off = base.buyer(shop), base.buyer(shop)
    asks(asked, ASKED[0])
    sessions.ask_human(shop.pk, asked.pk)
    asks(off, ASKED[0])
    policy.set_bot(shop, False, boss(shop))
    assert [base.session(line).bot_part for line in (asked, off)] == [Part.ASKED, Part.SWITCHED_OFF]
    assert Message.objects.get(conversation=off, kind="note").data["why"] == "switched_off"


@pytest.mark.rule("E11")
@pytest.mark.parametrize("text", ["Where is my order?", "我的快递到哪了", "¿Dónde está mi pedido?"])
def test_where_is_my_order_is_answered_from_the_buyers_own_newest_order(shop, text):
    line, other = base.buyer(shop), base.buyer(shop)
    order = base.order(line, "A-1")
    base.order(line, "A-0", created_at=timezone.now() - timedelta(days=9))
    base.order(other, "B-1")
    track = [{"at": "2026-11-20T08:00:00Z", "text": "Arrived in Hangzhou"}]
    Shipment.objects.create(
        shop=shop, order=order, carrier="SF", tracking_number="SF1", events=track, updated_at=timezone.now()
    )
    session = asks(line, text)
    said = last(line)
    assert "A-1" in said.text
    assert "Arrived in Hangzhou" in said.text
    assert said.data["order"]["number"] == "A-1"
    assert (session.bot_misses, session.last_automatic_seq, session.first_human_at) == (0, said.seq, None)
    assert BotAnswer.objects.get().how == "order"
    asks(line, f"{text} A-0")
    assert last(line).data["order"]["number"] == "A-0"
    asks(line, f"{text} 20261107000123")
    assert "order" not in last(line).data, "the number of an order that is not the buyer's names no other"
    invariants.check()


@pytest.mark.rule("E11")
@pytest.mark.parametrize(
    "text", ["Do you have it in blue?", "多少钱", "我要退货", "When do you ship?", "Track suit, size M?"]
)
def test_other_words_are_not_taken_for_it(shop, text):
    line = base.buyer(shop)
    base.order(line)
    asks(line, text)
    assert not BotAnswer.objects.filter(how="order").exists()


@pytest.mark.rule("E10")
def test_what_the_bot_has_no_answer_to_is_kept_once_for_each_wording(shop):
    for text in ("Do you repair kettles?", "do you repair kettles", "Gift wrap?"):
        asks(base.buyer(shop), text)
    assert list(Miss.objects.order_by("pk").values_list("count", flat=True)) == [2, 1]
    assert Miss.objects.get(count=2).last_session == ServiceSession.objects.order_by("pk")[1].pk


@pytest.mark.rule("A3")
def test_who_may_not_set_the_bot_sets_none_of_it(shop):
    staff = base.agent(shop, "Staff", role="staff", im=False, online=False)
    for call in (policy.set_bot_hours, policy.set_faq_by_hits):
        with pytest.raises(NotAllowed):
            call(shop, True, staff)
    with pytest.raises(NotAllowed):
        policy.set_after_low_rating(shop, [], staff)
    foreign = base.agent(base.shop("Meadow"), "Far")
    with pytest.raises(NotYours):
        partial(policy.set_after_low_rating, shop, [foreign.pk])(boss(shop))


@pytest.mark.rule("D4")
@pytest.mark.parametrize("wish", ["转人工", "Can I talk to a human, please?"])
def test_a_wish_for_a_person_in_words_is_as_good_as_the_button(shop, wish):
    line = base.buyer(shop)
    session = asks(line, wish)
    assert (session.state, session.bot_part, session.bot_misses) == (State.QUEUED, Part.ASKED, 0)
    assert not Miss.objects.filter(shop=shop).exists()  # nothing for the seller to answer
    assert not BotAnswer.objects.filter(session=session).exists()
