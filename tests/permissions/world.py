"""Two shops with something of every kind in each, and everybody who could ask."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

from analytics.models import Export
from botfaq import unmatched
from botfaq.models import Category, Miss
from chat.actions import people, quick_replies, reports, sessions
from chat.hub import hub
from chat.models import AvatarReview, Conversation, DataRequest, ServiceSession
from openplatform import grants
from openplatform.models import Subscription
from shops import devices, identity
from shops.models import Member, Shop, SignIn, User
from storefront import keys
from storefront.models import Job, ShopKey
from tests import base, hooks
from tests.openplatform.programs import Program

MISSING = 999_999_999
IM_ROLES = ("agent", "service_lead", "super_admin", "owner")


@dataclass
class Person:
    """Somebody who asks: what the table says of them, and how their calls look."""

    name: str
    role: str = ""  # in the first shop; empty: no member of it, or no longer
    im: bool = False
    signed_in: bool = True
    reviewer: bool = False
    bearer: str = ""  # a buyer's
    token: str = ""  # of an app: it opens the API and no page
    program: Program | None = None
    key: str = ""  # of a shop's storefront
    member: Member | None = None
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def enter(self, user: User) -> Person:
        self.client.force_login(user)
        return self


class Things:
    """What one address may name: by the name of its place in the address."""

    def __init__(self, shop: Shop, holder: Member, tag: str) -> None:
        self.shop, self.holder, self.tag = shop, holder, tag
        self.question = base.question(shop, f"Question {tag}?", f"Answer {tag}.", place=None)
        self.line = base.buyer(shop)
        self.answer = base.answered(self.line, self.question)
        self.session = self.received(self.line)
        self.order = base.order(self.line, f"O-{tag}", **base.RECIPIENT)
        self.reply = quick_replies.create(holder, "agent", f"Title {tag}", f"Text {tag}")
        self.category = Category.objects.create(shop=shop, name=f"Heading {tag}")
        self.product = base.product(shop, f"Kettle {tag}")
        self.export, self.request = self._export(), self._request()
        self.key = ShopKey.objects.create(shop=shop, name="Web shop", prefix=f"sfk_{uuid.uuid4().hex[:12]}", hash="x")
        now = timezone.now()
        self.job = Job.objects.create(shop=shop, kind="orders", state="done", created_at=now, touched_at=now)
        self.account = base.agent(shop, f"Below {tag}", role="agent", im=True, online=False, accepting=False)
        self.report = reports.submit(self.received(base.buyer(shop)).pk, holder, "spam", "Look at this.")
        self.miss = self._miss()
        picture = default_storage.save("av/x.png", ContentFile(b"x"))
        self.review = AvatarReview.objects.create(shop=shop, member=holder, file=picture, submitted_at=timezone.now())
        self.queued = base.writes(base.buyer(shop))
        self.webhook, self.delivery = hooks.with_a_dead_letter(shop)
        self.grant = grants.authorise(holder, grants.issue(f"Helper {tag}", [], None).app.key, holder).grant

    def received(self, line: Conversation) -> ServiceSession:
        """Return the line's session, which the holder has, answered once and asked again."""
        session = sessions.take(base.writes(line, f"Hidden {self.tag}").pk, self.holder)
        base.replies(self.holder, session, f"Secret {self.tag}")
        return base.writes(line, "And now?")

    def _request(self) -> DataRequest:
        now, file = timezone.now(), default_storage.save("data/x.zip", ContentFile(b"x"))
        return DataRequest.objects.create(
            shop=self.shop, buyer=self.line.buyer, who="Owner", kind="export", state="done", file=file, size=1,
            created_at=now, touched_at=now, finished_at=now,
        )  # fmt: skip

    def _export(self) -> Export:
        now = timezone.now()
        return Export.objects.create(
            shop=self.shop, member=self.holder, kind="sessions", form="csv", asked={"days": None}, language="en",
            state="done", file=default_storage.save("exports/x.csv", ContentFile(b"x")), size=1,
            created_at=now, touched_at=now,
        )  # fmt: skip

    def _miss(self) -> Miss:
        words = f"unheard {self.tag}"
        unmatched.missed(self.shop.pk, words, self.session.pk, timezone.now())
        return Miss.objects.get(shop=self.shop, text=words)

    @property
    def ids(self) -> dict[str, int]:
        return {
            "shop_id": self.shop.pk, "session_id": self.session.pk, "buyer_id": self.line.buyer_id,
            "question_id": self.question.pk, "reply_id": self.reply.pk, "order_id": self.order.pk,
            "export_id": self.export.pk, "category_id": self.category.pk, "account_id": self.account.pk,
            "report_id": self.report.pk, "request_id": self.request.pk, "answer_id": self.answer,
            "product_id": self.product.pk, "buyers_order_id": self.order.pk, "conversation_id": self.line.pk,
            "key_id": self.key.pk, "job_id": self.job.pk, "endpoint_id": self.webhook.pk,
            "delivery_id": self.delivery.pk, "grant_id": self.grant.pk,
        }  # fmt: skip


def _program(speaker: Member) -> Program:
    """Return a program with an address to be told at; nothing is promised here, so that a call's traces are its own."""
    found = Program(speaker)
    Subscription.objects.create(
        grant=found.grant, event="NEW_MESSAGE", address="https://hooks.example/x", base="http://x"
    )
    return found


class World:
    """The people of the first shop, each agent with things of its own; Wu is everybody's colleague."""

    def __init__(self, preset: str = "douyin") -> None:
        self.shop, self.other = base.shop("Harbour", preset), base.shop("Meadow", preset)
        self.members = {role: self._member(role) for role in ("staff", *IM_ROLES)}
        self.things = {role: Things(self.shop, self.members[role], role) for role in IM_ROLES}
        wu = base.agent(self.shop, "Wu", accepting=False, capacity=50)
        self.colleagues = Things(self.shop, wu, "Wu")
        self.receiver = base.agent(self.shop, "Chen", accepting=False, capacity=50)
        self.stranger = base.agent(self.other, "Stranger", role="owner", accepting=False, capacity=50)
        base.agent(self.other, "Stranger's colleague", accepting=False)  # else all would come to the one (B4)
        self.foreign = Things(self.other, self.stranger, "Stranger")
        self.neighbour = base.buyer(self.shop)
        self.people = self._people()

    def _member(self, role: str) -> Member:
        im = role != "staff"
        return base.agent(self.shop, role.title(), role=role, im=im, online=im, accepting=False, capacity=50)

    def _people(self) -> list[Person]:
        known = [
            Person(role, role, im=role != "staff", member=member).enter(member.user)
            for role, member in self.members.items()
        ]
        without = base.agent(self.shop, "Desk-less", role="super_admin", im=False, online=False)
        disabled = base.agent(self.shop, "Gone", role="super_admin", online=False)
        reviewer = User.objects.create_user("reviewer", password="not-a-secret-9", is_staff=True)
        line = self.things["agent"].line
        known += [
            Person("super admin without IM", "super_admin", member=without).enter(without.user),
            Person("anonymous", signed_in=False),
            Person("buyer", signed_in=False, bearer=identity.issue(base.token(line))),
            Person("reviewer", reviewer=True).enter(reviewer),
            Person("owner of another shop").enter(self.stranger.user),
            Person("program", signed_in=False, program=_program(self.members["owner"])),
            Person("storefront", signed_in=False, key=self._key()),
            Person("revoked key", signed_in=False, token=self._revoked_key()),
            Person("disabled member").enter(disabled.user),
            Person("token", "service_lead", im=True, member=self.members["service_lead"]),
            Person("expired token", signed_in=False),
            Person("expired sign-in", signed_in=False).enter(self.members["owner"].user),
        ]
        app = devices.issue(self.members["service_lead"].user, "phone", "", "")
        known[-3].token = app.access
        said = devices._parts(devices._access, app.access)
        known[-2].token = devices._access.sign_object([said.device, said.secret, 1])
        people.disable(disabled)
        key = known[-1].client.cookies["sessionid"].value
        SignIn.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
        return known

    def _key(self) -> str:
        """Return a key whose last use need not be kept for an hour: that would be a trace of every call."""
        issued = keys.issue(self.members["owner"], "Web shop")
        ShopKey.objects.filter(pk=issued.key.pk).update(used_at=timezone.now() + timedelta(hours=1))
        return issued.text

    def _revoked_key(self) -> str:
        issued = keys.issue(self.members["owner"], "Old")
        keys.revoke(issued.key, self.members["owner"])
        return issued.text

    def of(self, person: Person) -> Things:
        """Return what is this person's own; who has nothing points at the agent's."""
        return self.things.get(person.role if person.im else "", self.things["agent"])


class Traces:
    """What a call left behind: rows written by anybody, and what any socket would have heard."""

    def __init__(self) -> None:
        self.file: sqlite3.Connection = connection.connection
        self.kept = sqlite3.connect(":memory:", check_same_thread=False)
        self.file.backup(self.kept)
        self.before = self._mark()

    def _mark(self) -> tuple[int, int]:
        (others,) = self.file.execute("PRAGMA data_version").fetchone()
        return self.file.total_changes, others

    def wrote(self) -> bool:
        """Whether a row was written since the last look, by this connection or another."""
        now = self._mark()
        changed, self.before = now != self.before, now
        return changed

    def changed(self) -> list[str]:
        """Return the tables whose rows are not what they were: what was rolled back is no trace."""
        names = self.kept.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        asked = [(name, f'SELECT * FROM "{name}"') for (name,) in names if not name.startswith("sqlite_")]
        now = sqlite3.connect(":memory:")
        self.file.backup(now)
        return [name for name, all_rows in asked
                if now.execute(all_rows).fetchall() != self.kept.execute(all_rows).fetchall()]  # fmt: skip

    def undo(self) -> None:
        """Put every row back."""
        self.kept.backup(self.file)
        self.before = self._mark()


class Ear:
    """A socket's place in the hub, of a member or a buyer."""

    def __init__(self, shop: Shop, member_id: int | None = None) -> None:
        self.shop, self.member_id = shop, member_id
        self.heard: list[str] = []

    def push(self, text: str) -> None:
        self.heard.append(text)

    def order(self, what: str) -> None:
        self.heard.append(what)


class Ears:
    """The hub on a loop of its own, with an ear on every topic of both shops."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.all: list[Ear] = []
        self._do(self._start())

    async def _start(self) -> None:
        await hub.start()
        for shop in await asyncio.to_thread(_shops):
            for member_id, topics in shop[1]:
                ear = Ear(shop[0], member_id)
                self.all.append(ear)
                for topic in topics:
                    hub.listen(topic, ear)

    def heard(self) -> list[tuple[int, str]]:
        """Return what was heard since the last time: the shop of the ear, and the frame."""
        self._do(asyncio.sleep(0))
        found = [(ear.shop.pk, text) for ear in self.all for text in ear.heard]
        for ear in self.all:
            ear.heard.clear()
        return found

    def stop(self) -> None:
        async def end() -> None:
            for ear in self.all:
                hub.unlisten(ear)
            await hub.stop()

        self._do(end())
        self.loop.call_soon_threadsafe(self.loop.stop)

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self.loop).result(10)


def _shops() -> list[tuple[Shop, list[tuple[int | None, list[str]]]]]:
    """Return every shop with who could listen there: each member to the desk, each buyer to the own line."""
    found: list[tuple[Shop, list[tuple[int | None, list[str]]]]] = []
    for shop in Shop.objects.all():
        who: list[tuple[int | None, list[str]]] = [(m.pk, [f"s{shop.pk}", f"m{m.pk}"]) for m in shop.members.all()]
        rooms = [f"l{pk}" for pk in ServiceSession.objects.filter(shop=shop).values_list("pk", flat=True)]
        lines = ServiceSession.objects.filter(shop=shop).values_list("conversation_id", flat=True)
        found.append((shop, [*who, (None, [*rooms, *(f"{letter}{pk}" for pk in lines for letter in "cw")])]))
    connection.close()
    return found


def key() -> str:
    return str(uuid.uuid4())
