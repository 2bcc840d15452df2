"""Reach people whose pages are closed: the worker finds whom, the outbox sends, one browser or app at a time."""

import json
import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from chat import vapid
from chat.actions import notices, outbox
from chat.models import Assignment, Conversation, Message, PushSubscription, PushTold, ServiceSession
from lib import outbound, webpush
from lib.db import let_go, write
from lib.redacting import veil
from shops import sign_ins
from shops.models import Member

RECENT = timedelta(minutes=5)  # what is older was there when the console was closed
AGAIN = timedelta(minutes=1)  # the least between two pushes for one session
MANY = 3  # from here on one push for all
PATIENCE = 3.0  # seconds
THREADS = 4  # how many slow push services may be waited for at once
TRIES = 3  # of one push; the next message brings another
REST, LONGEST = timedelta(seconds=30), timedelta(days=1)  # after a failure no new push, twice as long each time
GIVEN_UP = 15  # failures in a row, over a day at least: such a browser is forgotten
ROUND = 500  # sessions looked at in one turn of the loop
TTL = 4 * 3600
HANDED = (Assignment.Kind.MANUAL, Assignment.Kind.TRANSFER)
MESSAGE, HANDOVER = KINDS = ("message", "handover")  # what an app may want to be told


class Notice(NamedTuple):
    """What is shown, and what an app is told beside it."""

    said: dict[str, str]  # title, body, tag, url
    about: dict[str, str]


def tell_agents(now: datetime | None = None) -> int:
    """Promise pushes to agents without an open console: new buyer messages, and what colleagues handed over (C11)."""
    now = now or timezone.now()
    due: dict[int, list[ServiceSession]] = defaultdict(list)
    for session in untold(now):
        due[session.assignee_id or 0].append(session)
    members = Member.objects.select_related("shop").in_bulk(due)
    return sum(promise_agent(members[pk], sessions, now) for pk, sessions in due.items())


def untold(now: datetime) -> list[ServiceSession]:
    """Return sessions that somebody without an open console should hear of, the longest untold first, at most 500."""
    running = Assignment.objects.filter(session=OuterRef("pk"), ended_at=None)
    handed = running.filter(kind__in=HANDED, started_at__gt=now - RECENT).exclude(by=F("member"))
    told = Q(push_told__member=F("assignee"))
    news = Q(unread__gt=0, last_buyer_at__gt=now - RECENT) & (
        Q(push_told=None) | ~told | Q(push_told__seq__lt=F("last_buyer_seq"), push_told__at__lt=now - AGAIN)
    )
    rows = (
        ServiceSession.objects.assigned()
        .filter(assignee__in=_away(now))
        .annotate(handed=Exists(handed), automatic=Exists(running.exclude(kind__in=HANDED)))
    )
    rows = rows.filter(news | (Q(handed=True) & (Q(push_told=None) | ~told)))
    # It came by itself to somebody who does not accept, and has not answered yet (C11).
    rows = rows.exclude(assignee__accepting=False, automatic=True, assignee_replied=False)
    return list(rows.select_related("buyer", "conversation", "push_told").order_by("last_message_at", "pk")[:ROUND])


def _away(now: datetime) -> QuerySet[Member]:
    """Return agents with a browser or an app to reach them by and no console open; one in the background is none."""
    reachable = Member.objects.agents().filter(Exists(PushSubscription.objects.filter(member=OuterRef("pk"))))
    return reachable.exclude(notice_choice__push=False).exclude(
        pk__in=Member.objects.online(now, in_front=True).values("pk")
    )


def promise_agent(member: Member, sessions: list[ServiceSession], now: datetime) -> int:
    """Promise pushes of those sessions that no other worker has told of since they were read; return how many."""
    with write():
        mine = [session for session in sorted(sessions, key=lambda one: one.pk) if _claim(session, member, now)]
        words: dict[tuple[str, ...], list[Notice]] = {}
        for browser in _awake(PushSubscription.objects.filter(member=member), now) if mine else ():
            alike = (browser.language, *browser.kinds)
            if alike not in words:
                wanted = [one for one in mine if not browser.kinds or _kind(one, member) in browser.kinds]
                with translation.override(browser.language):
                    words[alike] = _agent_words(member, wanted)
            for notice in words[alike]:
                _promise(browser, notice)
    return len(mine)


def _claim(session: ServiceSession, member: Member, now: datetime) -> bool:
    """Note that this member is told up to the newest message, unless somebody noted it first."""
    seen = {"member": member, "seq": session.last_buyer_seq, "at": now}
    told: PushTold | None = getattr(session, "push_told", None)
    if told is None:
        return PushTold.objects.get_or_create(session_id=session.pk, defaults=seen)[1]
    as_read = PushTold.objects.filter(session_id=session.pk, member=told.member_id, seq=told.seq, at=told.at)
    return bool(as_read.update(**seen))


def _awake(browsers: QuerySet[PushSubscription], now: datetime) -> list[PushSubscription]:
    """Leave out browsers whose push service failed lately."""
    return [one for one in browsers if one.failed_at is None or one.failed_at + _rest(one.failures) <= now]


def _rest(failures: int) -> timedelta:
    return min(LONGEST, REST * 2 ** min(failures, GIVEN_UP))


def _kind(session: ServiceSession, member: Member) -> str:
    """Say whether a colleague's hand-over is the news, or the buyer's message."""
    told = getattr(session, "push_told", None)
    is_handed = vars(session)["handed"] and (told is None or told.member_id != member.pk)  # as `untold` found it
    return HANDOVER if is_handed else MESSAGE


def _agent_words(member: Member, sessions: list[ServiceSession]) -> list[Notice]:
    desk, shop = f"/desk/{member.shop_id}/", str(member.shop_id)
    if len(sessions) > MANY:
        count = len(sessions)
        words = ngettext("%(n)s buyer waits for you", "%(n)s buyers wait for you", count) % {"n": count}
        said = {"title": member.shop.name, "body": words, "tag": f"desk-{member.shop_id}", "url": desk}
        return [Notice(said, {"shop": shop, "kind": "many"})]
    preview = notices.choice(member)["preview"]
    found = []
    for session in sessions:
        kind = _kind(session, member)
        body = gettext("New message") if kind == MESSAGE else gettext("A colleague has handed this conversation to you")
        if preview and session.last_sender == "buyer" and not session.last_message_text.startswith("["):
            body = veil(session.last_message_text)  # a locked screen is read by anybody
        url = f"{desk}#session={session.pk}"
        said = {"title": session.buyer.nickname, "body": body, "tag": f"session-{session.pk}", "url": url}
        found.append(Notice(said, {"shop": shop, "kind": kind, "session": str(session.pk)}))
    return found


def tell_buyers(now: datetime | None = None) -> int:
    """Promise pushes to buyers who have left and whose page did not get the answer (C25)."""
    now = now or timezone.now()
    told = 0
    due = Conversation.objects.filter(push_due_at__lte=now).select_related("shop").order_by("push_due_at")
    for line in list(due[:100]):
        with write():
            mine = Conversation.objects.filter(pk=line.pk, push_due_at=line.push_due_at)
            if not mine.update(push_due_at=None):
                continue
            told += _promise_buyer(line)
    return told


def _promise_buyer(line: Conversation) -> int:
    answers = Message.objects.filter(conversation=line, sender_kind=Message.Sender.AGENT)
    newest = answers.select_related("member").order_by("-seq").first()
    line.refresh_from_db(fields=["buyer_delivered"])
    if newest is None or newest.seq <= line.buyer_delivered:
        return 0
    browsers = _awake(PushSubscription.objects.filter(buyer_id=line.buyer_id), timezone.now())
    for browser in browsers:
        with translation.override(browser.language):
            name = newest.member.nickname if newest.member else line.shop.name
            words = gettext("%(agent)s has answered you") % {"agent": name}
        url = f"/c/{line.shop_id}/"
        said = {"title": line.shop.name, "body": words, "tag": f"shop-{line.shop_id}", "url": url}
        _promise(browser, Notice(said, {}))
    return len(browsers)


def _promise(browser: PushSubscription, notice: Notice) -> None:
    payload: dict[str, Any] = {"subscription": browser.pk, "said": notice.said}
    if browser.service == PushSubscription.Service.WEB:
        outbox.promise("push.send", payload, browser.shop_id)
    else:
        payload |= {"about": notice.about, "key": str(uuid.uuid4())}
        outbox.promise("push.phone", payload, browser.shop_id)


def send(payload: dict[str, Any]) -> None:
    """Outbox handler of `push.send`; a browser that is gone is forgotten, a busy push service is tried again."""
    browser = reachable(payload["subscription"])
    if browser is None:
        return
    said = payload["said"]
    body = webpush.encrypt(json.dumps(said, ensure_ascii=False).encode(), browser.p256dh, browser.auth)
    headers = webpush.headers(browser.endpoint, vapid.keys(), vapid.contact(), ttl=TTL, topic=said["tag"])
    allow = settings.OUTBOUND_ALLOW
    let_go()
    try:
        reply = outbound.post_public(browser.endpoint, body, headers, timeout=PATIENCE, limit=65536, allow=allow)
    except outbound.OutboundError:
        _note_failure(browser)
        raise
    if reply.status in (404, 410):
        with write():
            PushSubscription.objects.filter(pk=browser.pk).delete()
    elif reply.status >= 300:
        _note_failure(browser)
        raise ValueError(f"the push service answered {reply.status}")
    elif browser.failures:
        with write():
            PushSubscription.objects.filter(pk=browser.pk).update(failures=0, failed_at=None)


def _note_failure(browser: PushSubscription) -> None:
    """Let a browser rest whose push service fails, longer each time, and in the end forget it.

    One failure a rest: further tries of the same minute say nothing new, and a short outage must forget nobody.
    """
    mine, now = PushSubscription.objects.filter(pk=browser.pk), timezone.now()
    with write():
        if not _awake(mine.select_for_update(), now):
            return
        mine.update(failures=F("failures") + 1, failed_at=now)
        mine.filter(failures__gte=GIVEN_UP).delete()


def reachable(subscription: int) -> PushSubscription | None:
    """Return a browser or app by its row, unless it is gone or whose it is may not be told any more."""
    found = PushSubscription.objects.select_related("member__user").filter(pk=subscription).first()
    return found if found is not None and _may_know(found) else None


def _may_know(browser: PushSubscription) -> bool:
    """Whether the member still is an agent and signed in in that browser; buyers may always."""
    if browser.member is None:
        return True
    signed_in = browser.sign_in in sign_ins.alive([browser.sign_in])
    return signed_in and browser.member.is_agent and browser.member.user.is_active
