"""What the bot answers with, and what the buyer says of it (E3, E4, E11)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from botfaq.models import Question
from chat import access, bot_runner, locks, serializers
from chat.actions import figures, talk
from chat.events import record
from chat.models import BotAnswer, Event, Message, ServiceSession
from commerce.models import Order, Shipment
from lib.db import write
from shops.access import MAX_ID
from shops.errors import NotYours, Refused

RELATED = 3  # questions offered below an answer


def give(session: ServiceSession, question: Question, now: datetime, how: str) -> None:
    """Answer a question, count its hit, and offer what is asked along with it."""
    question_id = question.pk
    transaction.on_commit(lambda: bot_runner.aside(lambda: _count_hit(question_id)), robust=True)
    data: dict[str, Any] = {"question": question.pk}
    related = serializers.faq(question.related.filter(published=True).order_by("-hits", "pk")[:RELATED])
    if related:
        data["related"] = related
    if question.link:
        data["link"] = question.link
    if question.product:
        data["product"] = serializers.product(question.product, session.shop)
    picture = access.answer_picture(question)
    _said(session, talk.bot_says(session, question.answer, now, data, picture), question.pk, how)


def tell_order(session: ServiceSession, order: Order, now: datetime) -> None:
    """Tell the buyer where its own order is (E11)."""
    data = {"question": None, "order": serializers.order(order, session.shop)}
    said = talk.bot_says(session, _whereabouts(session, order), now, data)
    _said(session, said, None, BotAnswer.How.ORDER)


def ask_again(session: ServiceSession, near: list[Question], now: datetime) -> None:
    """Ask the buyer to put it another way, with the nearest questions to choose from (E3)."""
    with translation.override(session.shop.language):
        words = _("Sorry, I did not understand. Could you put it another way?")
        if near:
            words = _("Sorry, I am not sure what you mean. Is it one of these? Or put it another way.")
    data: dict[str, Any] = {"question": None}
    if near:
        data["suggestions"] = serializers.faq(near)
    talk.bot_says(session, words, now, data)


def judge(shop_id: int, conversation_id: int, message_id: int, solved: bool) -> None:
    """Keep whether an answer helped, once (D4, E4); the first verdict of a session asks for the bot's stars (E6)."""
    found = BotAnswer.objects.select_related("message").filter(message_id=message_id) if message_id <= MAX_ID else None
    answer = found.first() if found is not None else None
    if answer is None:
        raise NotYours
    assert answer.message is not None, "it was found by its message"
    with write():
        session = locks.of_buyer(shop_id, conversation_id, answer.session_id)[1]  # refuses another's
        answer.refresh_from_db(fields=["solved"])
        if answer.solved is not None:
            if answer.solved != solved:
                raise Refused("already_said", _("You have told us already whether this helped."))
            return
        now, said = timezone.now(), answer.message
        BotAnswer.objects.filter(pk=answer.pk).update(solved=solved)
        Message.objects.filter(pk=said.pk).update(data={**said.data, "solved": solved})
        record(session, Event.Kind.JUDGED, now, {"seq": said.seq, "solved": solved})
        figures.changed(session)
        if session.state == ServiceSession.State.BOT and session.bot_survey_at is None and session.stars is None:
            session.bot_survey_at = now
            session.save(update_fields=["bot_survey_at"])
            talk.rating_card(session, now)


def _count_hit(question_id: int) -> None:
    """Count in a transaction of its own: a question's row has no place in the order in which batches take locks."""
    with write():
        Question.objects.filter(pk=question_id).update(hits=F("hits") + 1)


def _said(session: ServiceSession, said: Event, question_id: int | None, how: str) -> None:
    assert said.message is not None, "a bot answer is a message"
    BotAnswer.objects.create(
        shop_id=session.shop_id,
        session=session,
        message=said.message,
        question_id=question_id,
        how=how,
        created_at=said.at,
    )


def _whereabouts(session: ServiceSession, order: Order) -> str:
    """Return an order's state in the shop's language, and what the carrier said last of each parcel."""
    with translation.override(session.shop.language):
        state = {"number": order.number, "state": order.get_state_display()}
        lines = [_("Your order %(number)s: %(state)s.") % state]
        lines += [parcel_line(parcel) for parcel in order.shipments.all()]
    return "\n".join(lines)


def parcel_line(parcel: Shipment) -> str:
    """Return where a parcel is, in the language in force, and what its carrier said last."""
    about = {
        "carrier": parcel.carrier,
        "number": parcel.tracking_number,
        "state": parcel.get_state_display(),
        "news": parcel.events[0]["text"] if parcel.events else "",
    }
    if not about["news"]:
        return _("%(carrier)s %(number)s: %(state)s") % about
    return _("%(carrier)s %(number)s: %(state)s. %(news)s") % about
