"""Ninety days of several shops in the real tables: busy hours and weekdays, follow-ups, ratings, orders, some talk now.

Facts come from the product's own replay, daily sums from its worker; the same count gives the same history.
"""

import bisect
import itertools
import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from analytics import periods, rollups
from bench import scripts, stamping
from bench.loading import loading
from bench.scripts import Script
from bench.stamping import Stamp
from botfaq.models import Question
from chat import turns
from chat.actions import sessions
from chat.models import Assignment, BotAnswer, Conversation, DayMark, Event, Message, Rating, ServiceSession, Suggestion
from commerce.models import Order
from shops import actions
from shops.models import Buyer, Member, Seller, Shop, User
from tests import base

SHARES = (0.193, 0.16, 0.14, 0.12, 0.1, 0.09, 0.08, 0.06, 0.04, 0.017)  # of all sessions; the first shop is asked
AGENTS, DAYS, CHUNK, OPEN = 12, 90, 2_000, 60
HOURS = (4, 2, 1, 1, 1, 1, 2, 5, 12, 22, 30, 28, 20, 24, 28, 28, 26, 22, 20, 28, 34, 32, 22, 10)
WEEK = (10, 9, 9, 9, 10, 13, 12)
TABLES = (Buyer, Conversation, ServiceSession, Message, Event, Assignment, Rating, Order, BotAnswer, Suggestion)
QUESTIONS = 20  # of each shop


def fill(count: int, *, shares: tuple[float, ...] = SHARES, days: int = DAYS, seed: int = 1) -> Shop:
    """Make so many sessions in the migrated database, of so many days up to now; return the largest shop."""
    rng, shops = random.Random(seed), []
    with loading(*(model._meta.db_table for model in TABLES)):
        cast: _Cast | None = None
        for n, share in enumerate(shares):
            shop = _shop(n)
            cast = cast or _Cast(shop)
            shops.append(_Past(shop, cast, days, rng))
            shops[-1].make(max(round(count * share), 1))
        stamping.count_on(*TABLES)
    for one in shops:
        one.talk(OPEN if one is shops[0] and count > OPEN else 2)
    while rollups.add_up_due():
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return shops[0].shop


def migrated(count: int) -> Shop:
    """The same for an empty database, with the files that pages name."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return fill(count)


def largest() -> Shop:
    """Return the shop that is asked, of a history made before, its tables brought up to date."""
    call_command("migrate", verbosity=0)
    return Shop.objects.earliest("pk")


def owner(shop: Shop) -> Member:
    """Return who may see the figures."""
    return Member.objects.get(shop=shop, role="owner")


def _shop(n: int) -> Shop:
    shop = actions.create_shop(Seller.objects.create(name=f"Seller {n}"), f"港湾{n}号店", "tiktok_shop")
    actions.add_member(shop, User.objects.create_user(username=f"owner-{shop.pk}"), "店主", role="owner", im=False)
    for place in range(AGENTS):
        user = User.objects.create_user(username=f"agent-{shop.pk}-{place}")  # no password: none is asked for
        actions.add_member(shop, user, f"客服{place + 1:02}")
    Question.objects.bulk_create(Question(shop=shop, text=f"问题 {n}", answer="答案") for n in range(QUESTIONS))
    return shop


class _Past:
    """What a shop has behind it; keys are given here, so that rows can point at each other before they are written."""

    def __init__(self, shop: Shop, cast: "_Cast", days: int, rng: random.Random) -> None:
        self.shop, self.cast, self.days, self.rng, self.now = shop, cast, days, rng, timezone.now()
        self.team, self.questions = _team(shop), list(shop.questions.values_list("pk", flat=True))
        self.keys = {model: itertools.count(stamping.next_key(model)) for model in TABLES}
        self.buyers: list[list[Any]] = []  # key, key of the line, last number, free from

    def make(self, count: int) -> None:
        """Write so many sessions, in the order in which they began."""
        weights = list(itertools.accumulate(one.script.weight for one in self.cast.scripts))
        marked: set[Any] = set()
        rows: dict[Any, list[Any]] = {model: [] for model in TABLES}
        for at in self._starts(count):
            ready = self.cast.scripts[bisect.bisect(weights, self.rng.random() * weights[-1])]
            while at + ready.script.took > stamping.naive(self.now) and ready.script.took > scripts.SHORT:
                ready = self.rng.choice(self.cast.scripts)
            self._stamp(ready, at, rows)
            day = periods.local_day(self.shop, at.replace(tzinfo=self.now.tzinfo))
            if day not in marked:
                marked.add(day)
                DayMark.objects.create(shop=self.shop, at=at.replace(tzinfo=self.now.tzinfo))
            if len(rows[ServiceSession]) >= CHUNK:
                self._write(rows)
        read = ("last_seq", "buyer_delivered", "buyer_read", "shop_delivered", "shop_read")
        for buyer, key, last, _free in self.buyers:
            own = {"id": key, "shop_id": self.shop.pk, "buyer_id": buyer, **dict.fromkeys(read, last)}
            rows[Conversation].append(self.cast.line.row(timedelta(0), 0, (), own))
        self._write(rows)

    def talk(self, many: int) -> None:
        """Open some sessions now, through the product: half of them answered."""
        for n in range(many):
            opened = base.writes(base.buyer(self.shop, f"now-{self.shop.pk}-{n}"))
            if n % 2:
                agent = self.team[n % len(self.team)]
                sessions.take(opened.pk, agent)
                base.replies(agent, opened)

    def _starts(self, count: int) -> list[datetime]:
        """Return when sessions began, by hour and weekday of the shop; none so late that it could not be over."""
        today = periods.local_day(self.shop, self.now)
        days = [today - timedelta(days=n) for n in range(self.days)]
        weights = [WEEK[day.weekday()] for day in days]
        latest, found = stamping.naive(self.now) - scripts.SHORT - timedelta(minutes=2), []
        midnights = {day: stamping.naive(periods.midnight(self.shop, day)) for day in days}
        for day in self.rng.choices(days, weights, k=count):
            hour = self.rng.choices(range(24), HOURS)[0]
            at = midnights[day] + timedelta(hours=hour, seconds=self.rng.randrange(3600), microseconds=1000)
            found.append(at if at < latest else at - timedelta(days=1))
        return sorted(found)

    def _stamp(self, ready: "_Ready", at: datetime, rows: dict[Any, list[Any]]) -> None:
        buyer = self._buyer(at, rows)
        people = self.rng.sample(self.team, 2)
        keys = {model: next(self.keys[model]) for model in (ServiceSession,)}
        about = _About(self, ready, at, buyer, people, keys[ServiceSession])
        for model, row in about.rows():
            rows[model].append(row)
        buyer[2] += len(ready.events)
        buyer[3] = at + ready.script.took
        if self.rng.random() < 0.15:
            rows[Order].append(about.order(self.rng))

    def _buyer(self, at: datetime, rows: dict[Any, list[Any]]) -> list[Any]:
        """Return who writes: four of ten times somebody who has written before, and whose last talk is over."""
        if self.buyers and self.rng.random() < 0.4:
            known = self.rng.choice(self.buyers)
            if known[3] < at:
                return known
        key = next(self.keys[Buyer])
        own = {"id": key, "shop_id": self.shop.pk, "uid": f"u{key}", "nickname": f"买家{key}"}
        rows[Buyer].append(self.cast.buyer.row(at - stamping.naive(scripts.BEGAN), 0, (), own))
        self.buyers.append([key, next(self.keys[Conversation]), 0, at])
        return self.buyers[-1]

    def _write(self, rows: dict[Any, list[Any]]) -> None:
        with transaction.atomic():
            for model in TABLES:
                stamping.write(model, rows[model])
                rows[model].clear()


class _Cast:
    """What the shops share: the scripts, and one row of each kind beside them."""

    def __init__(self, shop: Shop) -> None:
        two = _team(shop)[:2]
        roles, self.names = [one.pk for one in two], [one.nickname for one in two]
        self.scripts = [_Ready(one, roles) for one in scripts.make(two, random.Random(7))]
        self.buyer = Stamp(Buyer(shop=shop, created_at=scripts.BEGAN), ())
        self.line = Stamp(Conversation(shop=shop), ())
        self.order = Stamp(Order(shop=shop, total="0.00", created_at=scripts.BEGAN), ())


def _team(shop: Shop) -> list[Member]:
    return list(Member.objects.filter(shop=shop, role="agent").order_by("pk"))


class _Ready:
    """A script as stamps."""

    def __init__(self, script: Script, roles: list[int]) -> None:
        made = script.made
        self.script = script
        self.session = Stamp(made.session, roles)
        self.events = [(Stamp(one, roles), Stamp(one.message, roles) if one.message else None) for one in made.events]
        self.answers = {id(one.message): Stamp(one, roles) for one in made.answers}
        self.asked = [id(one.message) for one in made.events]
        self.suggestions = [Stamp(one, roles) for one in made.suggestions]
        self.assignments = [Stamp(one, roles) for one in made.assignments]
        self.rating = Stamp(made.rating, roles) if made.rating else None
        # Turns by when they began: they are due or not by the hour of the day (G9).
        self.turns = _turns(script)


def _turns(script: Script) -> list[tuple[datetime, timedelta, int]]:
    """Return each measured turn: when it began, how long it took, and how many assignments there were before."""
    found, since, given = [], None, 0
    for event in script.made.events:
        said = event.message
        if said is None:
            given += event.kind == Event.Kind.ASSIGNED
        elif said.sender_kind == "buyer":
            since = since or event.at
        else:
            if since and said.sender_kind == "agent":
                found.append((stamping.naive(since), event.at - since, given))
            since = None
    return found


class _About:
    """One session about to be written."""

    def __init__(
        self, past: _Past, ready: _Ready, at: datetime, buyer: list[Any], people: list[Member], key: int
    ) -> None:
        self.past, self.ready, self.at, self.key = past, ready, at, key
        self.buyer, self.line, self.seq, _free = buyer
        self.moved = at - stamping.naive(scripts.BEGAN)
        self.people, self.nicknames = [one.pk for one in people], [one.nickname for one in people]

    def rows(self) -> Iterator[tuple[Any, list[Any]]]:
        due = self._due()
        own = {"id": self.key, "turns_due": len(due), "turns_due_fast": sum(f for _g, f in due)}
        yield ServiceSession, self._row(self.ready.session, own | self._running())
        for (event, message), asked in zip(self.ready.events, self.ready.asked, strict=True):
            said = None
            if message is not None:
                said = next(self.past.keys[Message])
                yield Message, self._row(message, {"id": said, "sender": self._sender(message)})
            if asked in self.ready.answers:
                key, question = next(self.past.keys[BotAnswer]), self._question(said)
                answer = self.ready.answers[asked]
                yield BotAnswer, self._row(answer, {"id": key, "message_id": said, "question_id": question})
            data = event.base[event.place["data"]]
            for name, other in zip(self.past.cast.names, self.nicknames, strict=True) if message is None else ():
                data = data.replace(_told(name), _told(other))
            yield Event, self._row(event, {"id": next(self.past.keys[Event]), "message_id": said, "data": data})
        for n, row in enumerate(self.ready.assignments):
            before = [fast for given, fast in due if given <= n]
            counts = {"turns_due": len(before), "turns_due_fast": sum(before)}
            yield Assignment, self._row(row, {"id": next(self.past.keys[Assignment]), **counts})
        for row in self.ready.suggestions:
            yield Suggestion, self._row(row, {"id": next(self.past.keys[Suggestion])})
        if self.ready.rating is not None:
            yield Rating, self._row(self.ready.rating, {"id": next(self.past.keys[Rating])})

    def _question(self, said: int | None) -> int:
        """Some questions are asked much more than others."""
        return self.past.questions[min((said or 0) % 7 * ((said or 0) % 5), QUESTIONS - 1)]

    def order(self, rng: random.Random) -> list[Any]:
        """Return what the buyer ordered within ten days."""
        placed = self.at + timedelta(seconds=rng.randrange(10 * 86400))
        key, state = next(self.past.keys[Order]), rng.choice(("completed", "in_transit", "unpaid", "cancelled"))
        return self._row(
            self.past.cast.order, {"id": key, "number": f"N{key}", "buyer_id": self.buyer, "state": state,
                    "total": f"{rng.randrange(500, 90000) / 100:.2f}", "created_at": stamping.stored(placed)},
        )  # fmt: skip

    def _row(self, stamp: Stamp, own: dict[str, Any]) -> list[Any]:
        mine = {"shop_id": self.past.shop.pk, "conversation_id": self.line, "session_id": self.key}
        return stamp.row(self.moved, self.seq, self.people, {**mine, "buyer_id": self.buyer, **own})

    def _sender(self, message: Stamp) -> str:
        kind = message.base[message.place["sender_kind"]]
        if kind == "agent":
            role = dict(message.people)[message.place["member_id"]]
            return f"a:{self.people[role]}"
        return f"b:{self.buyer}" if kind == "buyer" else str(kind)

    def _due(self) -> list[tuple[int, bool]]:
        """Return the turns that began when a human is expected: how many assignments before, and whether quick."""
        zone = self.past.shop.zone
        return [
            (given, took <= turns.DUE)
            for began, took, given in self.ready.turns
            if (began + self.moved).replace(tzinfo=self.past.now.tzinfo).astimezone(zone).hour in turns.DUE_HOURS
        ]

    def _running(self) -> dict[str, Any]:
        """A turn that nobody has ended is due, or not, by its own hour."""
        since = self.ready.script.made.session.turn_since
        if since is None:
            return {}
        hour = (since + self.moved).astimezone(self.past.shop.zone).hour
        return {"turn_due": hour in turns.DUE_HOURS}


def _told(name: str) -> str:
    """Return a name as JSON text holds it."""
    return json.dumps(name)
