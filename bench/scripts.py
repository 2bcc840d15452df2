"""What a reception looks like: a few hundred of ten messages each, played once by the product's own import code."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.utils import timezone

from chat import told
from chat.actions import importing
from chat.actions.past import Reception
from chat.models import BotAnswer, Conversation, ServiceSession, Suggestion
from shops.models import Buyer, Member

MESSAGES, SCRIPTS = 10, 400
SHORT = timedelta(minutes=18)  # what fits before now
BEGAN = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
# Of a hundred receptions; the rest is answered by one agent within minutes.
KINDS = {
    "bot_only": 14, "bot_first": 12, "transfer": 8, "unanswered": 5, "late": 3, "no_reply_needed": 3, "holiday": 2,
    "by_agent": 2, "reported": 1,
}  # fmt: skip
ASKS = (
    "请问什么时候发货",
    "这款还有货吗",
    "尺码怎么选",
    "可以便宜一点吗",
    "我想退款",
    "快递到哪里了",
    "颜色会不会褪色",
    "好的谢谢",
)
ANSWERS = ("您好, 今天就发", "有货的, 请放心拍", "按平时的尺码选就可以", "已为您申请优惠", "这边帮您处理", "请您稍等")
Part = ServiceSession.BotPart
TOPICS = ("pre_sale", "logistics", "after_sale", "other")


@dataclass(slots=True)
class Script:
    """One reception as it was played, how long it takes to its last event, and its chance."""

    made: Reception
    took: timedelta
    weight: float


def make(agents: list[Member], rng: random.Random, count: int = SCRIPTS) -> list[Script]:
    """Return scripts between a buyer and these two agents, to be stamped with other times, buyers and agents."""
    shop, members = agents[0].shop, {one.nickname: one for one in agents}
    plain = 100 - sum(KINDS.values())
    chances = {**KINDS, "plain": plain}
    found = []
    for n in range(count):
        kind = (*chances, *["plain"] * len(chances))[n % (2 * len(chances))]
        read = told.read(orjson.dumps(_line(kind, n, agents, rng)), members, timezone.now())
        buyer = Buyer(pk=1, shop=shop, uid="b", nickname="b")
        made = importing._reception(shop, Conversation(pk=1, shop=shop, buyer=buyer), read)
        _with_bot(made, kind, rng)
        found.append(Script(made, made.events[-1].at - BEGAN, chances[kind]))
    _even_out(found)
    return found


def _with_bot(made: Reception, kind: str, rng: random.Random) -> None:
    """Add what an import knows nothing of: the bot's part and answers, and what was suggested (E4, E8)."""
    session, said = made.session, [event.message for event in made.events if event.message]
    kept = {"shop": session.shop, "session": session}
    if kind in ("bot_only", "bot_first"):
        session.bot_part = Part.KEPT if kind == "bot_only" else rng.choice((Part.ASKED, Part.MISSES, Part.RATED_LOW))
    for one in said:
        if one.sender_kind == "bot":
            solved = rng.choice((True, False, None))
            made.answers.append(
                BotAnswer(**kept, message=one, how="recognised", solved=solved, created_at=one.created_at)
            )
    asked = next((one for one in said if one.sender_kind == "buyer"), None)
    if asked and made.assignments:
        outcome = rng.choice(("offered", "offered", "changed", "sent"))
        row = Suggestion(**kept, member=made.assignments[0].member, seq=asked.seq, outcome=outcome)
        row.created_at = asked.created_at
        made.suggestions.append(row)


def _even_out(found: list[Script]) -> None:
    """Let each kind have its chance, however many scripts it has."""
    often: dict[float, int] = {}
    for one in found:
        often[one.weight] = often.get(one.weight, 0) + 1
    for one in found:
        one.weight /= often[one.weight]


def _line(kind: str, n: int, agents: list[Member], rng: random.Random) -> dict[str, Any]:
    events, at = _talk(kind, agents, rng)
    at += timedelta(seconds=rng.randint(20, 200))
    events.append(_event(at, "closed", reason="agent"))
    if kind not in ("unanswered", "by_agent") and rng.random() < 0.35:
        stars = rng.choices((5, 4, 3, 2, 1), (60, 16, 9, 5, 10))[0]
        source = rng.choice(("buyer", "invitation", "survey"))
        at += timedelta(seconds=rng.randint(5, 90))
        events.append(_event(at, "rated", stars=stars, words=rng.choice(("", "", "态度很好", "=太慢")), source=source))
    return {
        "id": str(n), "buyer": {"uid": "b"}, "entry": rng.choice(("product", "order", "after_sale", "shop")),
        "started_at": BEGAN.isoformat(), "topic": rng.choice(TOPICS), "events": events,
        "started_by": "agent" if kind == "by_agent" else "buyer", "holiday_mode": kind == "holiday",
        "no_reply_needed": kind == "no_reply_needed", "report": "approved" if kind == "reported" else "",
    }  # fmt: skip


def _talk(kind: str, agents: list[Member], rng: random.Random) -> tuple[list[dict[str, Any]], datetime]:
    """Return ten messages with the assignments between them, and when the last was said."""
    events: list[dict[str, Any]] = []
    at, agent = BEGAN, agents[0].nickname
    pace = rng.choice((4, 6, 8, 20)) if kind != "late" else 30
    for n, who in enumerate(_turn_by_turn(kind)):
        at += timedelta(seconds=rng.randint(1, pace * 5) if n else 0)
        if n == _given(kind):
            events.append(_event(at, "assigned", agent=agent))
        if kind == "transfer" and n == 6:
            agent = agents[1].nickname
            events.append(_event(at, "assigned", agent=agent))
        if kind == "late" and n == 5:
            at += timedelta(hours=25)
        more = {"agent": agent} if who == "agent" else {"automatic": True} if who == "bot" else {}
        events.append(
            _event(at, "message", **{"from": who}, text=rng.choice(ASKS if who == "buyer" else ANSWERS), **more)
        )
    return events, at


def _turn_by_turn(kind: str) -> list[str]:
    rest = MESSAGES // 2
    return {
        "bot_only": ["buyer", "bot"] * rest,
        "bot_first": ["buyer", "bot", "buyer", "agent"] + ["buyer", "agent"] * (rest - 2),
        "unanswered": ["buyer"] * MESSAGES,
        "late": ["buyer"] * rest + ["agent", "buyer", "agent", "buyer", "agent"],
        "by_agent": ["agent", "buyer"] * rest,
    }.get(kind, ["buyer", "agent"] * rest)


def _given(kind: str) -> int:
    """Before which message an agent gets the session; a bot's alone has none."""
    return {"bot_only": -1, "bot_first": 3, "by_agent": 0}.get(kind, 1)


def _event(at: datetime, kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "at": at.isoformat(), **more}
