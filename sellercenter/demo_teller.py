"""The teller of the demo's past: numbers what happens and keeps a session's facts as the message path would."""

from datetime import datetime
from typing import Any

from chat import facts, serializers, turns
from chat.actions.past import Reception
from chat.actions.ratings import FEW_STARS
from chat.models import Assignment, Conversation, Event, Message, Rating, ServiceSession
from commerce.models import AfterSale, Order
from sellercenter.demo_rows import Stage
from sellercenter.demo_talk import Script
from shops.models import Buyer, Member

State = ServiceSession.State
_REASONS = (Rating.Reason.SLOW, Rating.Reason.UNSOLVED, Rating.Reason.UNHELPFUL)


class Teller:
    """Tells one reception, from the buyer's first message on; `now` is its clock."""

    def __init__(self, stage: Stage, buyer: Buyer, script: Script, at: datetime) -> None:
        self.stage, self.buyer, self.script, self.now = stage, buyer, script, at
        self.line: Conversation = stage.lines[buyer.pk]
        orders = stage.orders[buyer.pk]
        case = AfterSale.objects.filter(order__in=orders).first() if script.entry == "after_sale" else None
        self.order: Order = case.order if case else orders[len(script.lines) % len(orders)]
        self.product = stage.products[self.line.last_seq % len(stage.products)]
        entry = script.entry if case or script.entry != "after_sale" else "order"
        self.session = ServiceSession(
            shop=stage.shop, conversation=self.line, buyer=buyer, state=State.BOT, entry=entry,
            entry_product=self.product if entry == "product" else None, entry_order=self.order if entry != "product" else None,
            entry_after_sale=case, first_seq=self.line.last_seq + 1, started_at=at, last_message_at=at,
        )  # fmt: skip
        self.told = Reception(self.session)
        self.event(Event.Kind.OPENED, {"by": "buyer", "entry": entry})

    def buyer_says(self, words: str, kind: str = Message.Kind.TEXT, data: dict[str, Any] | None = None) -> None:
        seq, words = self.line.last_seq + 1, self._filled(words)
        facts.buyer_spoke(self.session, seq, self.now, self.stage.shop.policy, facts.preview(kind, words))
        self._say(Message.Sender.BUYER, f"b:{self.buyer.pk}", kind, words, data)

    def bot_says(self, words: str, data: dict[str, Any], *, automatic: bool) -> Message:
        line = facts.preview(Message.Kind.BOT_ANSWER, words)
        seq, policy = self.line.last_seq + 1, self.stage.shop.policy
        facts.bot_spoke(self.session, seq, self.now, policy, line, automatic=automatic)
        return self._say(Message.Sender.BOT, "bot", Message.Kind.BOT_ANSWER, words, data)

    def note(self, words: str, data: dict[str, Any]) -> None:
        self._say(Message.Sender.SYSTEM, "system", Message.Kind.NOTE, words, data)

    def buyer_shows_card(self) -> None:
        if self.session.entry == "product":
            data: dict[str, Any] = {"product": serializers.product(self.product, self.stage.shop)}
            self.buyer_says("", Message.Kind.PRODUCT_CARD, data)

    def queue(self) -> None:
        self.session.state, self.session.queued_at = State.QUEUED, self.now
        self.event(Event.Kind.QUEUED, {})

    def assign(self, agent: Member) -> None:
        session, stage = self.session, self.stage
        session.state, session.queued_at = State.ASSIGNED, session.queued_at or self.now
        session.assignee = session.last_assignee = agent
        facts.assigned(session, self.now)
        only = stage.shop.policy.sole_agent_takes_all and len(stage.agents) == 1
        kind = Assignment.Kind.SOLE if only else Assignment.Kind.AUTO
        why = {} if only else {"idle": {str(a.pk): 1.0 for a in stage.agents}, "load": 0, "capacity": agent.capacity}
        self.told.assignments.append(
            Assignment(
                shop=stage.shop,
                member=agent,
                kind=kind,
                why=why,
                started_at=self.now,
                **{name: getattr(session, name) for name in turns.COUNTS},
            )
        )
        self.event(Event.Kind.ASSIGNED, {"agent": agent.nickname})

    def agent_says(self, words: str) -> None:
        agent, seq, words = self.session.assignee, self.line.last_seq + 1, self._filled(words)
        assert agent is not None
        facts.agent_spoke(
            self.session, seq, self.now, self.stage.shop.policy, facts.preview(Message.Kind.TEXT, words), agent.pk
        )
        running = self.told.assignments[-1]
        running.first_reply_at = running.first_reply_at or self.now
        self._say(Message.Sender.AGENT, f"a:{agent.pk}", Message.Kind.TEXT, words, member=agent)

    def invite(self) -> None:
        self.session.invited_at = self.now
        self.survey()

    def survey(self) -> None:
        self._say(Message.Sender.SYSTEM, "system", Message.Kind.RATING_CARD, "")

    def close(self, reason: str) -> None:
        session, policy = self.session, self.stage.shop.policy
        if self.told.assignments:
            self.told.assignments[-1].ended_at = self.now
        session.state, session.assignee, session.close_reason, session.unread = State.CLOSED, None, reason, 0
        facts.closed(session, self.now, policy)
        survey = policy.survey_at_close and session.last_answer_at is not None
        if survey and session.invited_at is None:
            session.invited_at = self.now
        self.event(Event.Kind.CLOSED, {"reason": reason, "survey": survey})

    def rate(self, stars: int, words: str) -> None:
        source = Rating.Source.BUYER
        if self.session.invited_at:
            source = Rating.Source.SURVEY if self.stage.shop.policy.survey_at_close else Rating.Source.INVITATION
        agent = self.session.last_assignee if self.session.first_human_at else None
        turns.rated(self.session, stars, agent.pk if agent else None, source)
        reasons = [str(_REASONS[self.line.last_seq % len(_REASONS)])] if stars <= FEW_STARS else []
        self.told.rating = Rating(
            shop=self.stage.shop,
            member=agent,
            stars=stars,
            words=words,
            reasons=reasons,
            source=source,
            created_at=self.now,
        )
        name = agent.nickname if agent else None
        data = {"stars": stars, "words": words, "reasons": reasons, "source": source, "agent": name}
        self.event(Event.Kind.RATED, data)

    def _filled(self, words: str) -> str:
        return words.replace("{t}", self.product.title).replace("{n}", self.order.number)

    def _say(
        self, by: str, key: str, kind: str, text: str, data: dict[str, Any] | None = None, member: Member | None = None
    ) -> Message:
        said = Message(
            shop=self.stage.shop, conversation=self.line, seq=self.line.last_seq + 1, sender_kind=by, sender=key,
            member=member, kind=kind, text=text, data=data or {}, created_at=self.now,
        )  # fmt: skip
        self.event(Event.Kind.MESSAGE, {}, said)
        return said

    def event(self, kind: str, data: dict[str, Any], message: Message | None = None) -> None:
        self.line.last_seq += 1
        self.told.events.append(
            Event(shop=self.stage.shop, conversation=self.line, seq=self.line.last_seq, kind=kind, data=data,
                  message=message, at=self.now)
        )  # fmt: skip
