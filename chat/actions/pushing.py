"""Reach people whose pages are closed: the worker finds whom, the outbox sends, one browser at a time."""

import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

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
from shops.models import Member, SignIn

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
    """Return agents who have a browser to reach them by and no console open."""
    reachable = Member.objects.agents().filter(Exists(PushSubscription.objects.filter(member=OuterRef("pk"))))
    return reachable.exclude(notice_choice__push=False).exclude(pk__in=Member.objects.online(now).values("pk"))


def promise_agent(member: Member, sessions: list[ServiceSession], now: datetime) -> int:
    """Promise pushes of those sessions that no other worker has told of since they were read; return how many."""
    with write():
        mine = [session for session in sorted(sessions, key=lambda one: one.pk) if _claim(session, member, now)]
        words: dict[str, Any] = {}
        for browser in _awake(PushSubscription.objects.filter(member=member), now) if mine else ():
            if browser.language not in words:
                with translation.override(browser.language):
                    words[browser.language] = _agent_words(member, mine)
            for said in words[browser.language]:
                _promise(browser, said)
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


def _agent_words(member: Member, sessions: list[ServiceSession]) -> list[dict[str, str]]:
    desk = f"/desk/{member.shop_id}/"
    if len(sessions) > MANY:
        count = len(sessions)
        words = ngettext("%(n)s buyer waits for you", "%(n)s buyers wait for you", count) % {"n": count}
        return [{"title": member.shop.name, "body": words, "tag": f"desk-{member.shop_id}", "url": desk}]
    preview = notices.choice(member)["preview"]
    said = []
    for session in sessions:
        told = getattr(session, "push_told", None)
        is_handed = session.handed and (told is None or told.member_id != member.pk)  # type: ignore[attr-defined]
        body = gettext("A colleague has handed this conversation to you") if is_handed else gettext("New message")
        if preview and session.last_sender == "buyer" and not session.last_message_text.startswith("["):
            body = veil(session.last_message_text)  # a locked screen is read by anybody
        url = f"{desk}#session={session.pk}"
        said.append({"title": session.buyer.nickname, "body": body, "tag": f"session-{session.pk}", "url": url})
    return said


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
        _promise(browser, {"title": line.shop.name, "body": words, "tag": f"shop-{line.shop_id}", "url": url})
    return len(browsers)


def _promise(browser: PushSubscription, said: dict[str, str]) -> None:
    outbox.promise("push.send", {"subscription": browser.pk, "said": said}, browser.shop_id)


def send(payload: dict[str, Any]) -> None:
    """Outbox handler of `push.send`; a browser that is gone is forgotten, a busy push service is tried again."""
    browser = PushSubscription.objects.select_related("member__user").filter(pk=payload["subscription"]).first()
    if browser is None or not _may_know(browser):
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


def _may_know(browser: PushSubscription) -> bool:
    """Whether the member still is an agent and signed in in that browser; buyers may always."""
    if browser.member is None:
        return True
    signed_in = SignIn.objects.filter(session_key=browser.sign_in, expire_date__gt=timezone.now()).exists()
    return signed_in and browser.member.is_agent and browser.member.user.is_active
