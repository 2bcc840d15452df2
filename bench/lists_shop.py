"""The shop that bench/lists.py asks: a year of closed sessions, 500 open ones; runs inside the product's settings."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from chat import inbox, past
from chat.actions import indexing
from chat.models import Conversation, Message, ServiceSession
from shops import actions
from shops.models import Buyer, Member, Seller, User

OPEN, CHUNK, ROUNDS, MESSAGES = 500, 5_000, 7, 5
WORDS = [
    "你好",
    "发货",
    "什么时候",
    "多久",
    "可以",
    "便宜",
    "尺码",
    "颜色",
    "包邮",
    "快递",
    "收到",
    "质量",
    "优惠",
    "订单",
    "物流",
    "谢谢",
    "在吗",
    "请问",
]
FREQUENT, RARE = "退款", "碎屏"  # in every third session, and in one of 4,999


def fill(count: int) -> Member:
    """Migrate the empty database and make the sessions; return the one agent, a lead."""
    call_command("migrate", verbosity=0)
    shop = actions.create_shop(Seller.objects.create(name="Lists Ltd"), "Lists", "douyin")
    agent = actions.add_member(shop, User.objects.create_user(username="lists"), "Ann", role="service_lead")
    now, rng = timezone.now(), random.Random(1)
    for low in range(0, count, CHUNK):
        _chunk(agent, range(low, min(count, low + CHUNK)), count, now, rng)
    while indexing.index_due(most=50):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return agent


def _chunk(agent: Member, numbers: range, count: int, now: datetime, rng: random.Random) -> None:
    shop = agent.shop
    buyers = Buyer.objects.bulk_create([Buyer(shop=shop, uid=f"b{n}", nickname=f"买家{n}") for n in numbers])
    lines = Conversation.objects.bulk_create([Conversation(shop=shop, buyer=b, last_seq=MESSAGES) for b in buyers])
    rows = [_session(agent, n, count, now, line) for n, line in zip(numbers, lines, strict=True)]
    rows = ServiceSession.objects.bulk_create(rows)
    said = [
        Message(
            shop=shop, conversation=row.conversation, session=row, seq=seq, sender_kind="buyer",
            sender=f"b:{row.buyer_id}", kind="text", text=_text(n if seq == 2 else 1, rng), created_at=row.started_at,
        )
        for n, row in zip(numbers, rows, strict=True)
        for seq in range(1, MESSAGES + 1)
    ]  # fmt: skip
    Message.objects.bulk_create(said, batch_size=2_000)


def _session(agent: Member, n: int, count: int, now: datetime, line: Conversation) -> ServiceSession:
    is_open = n >= count - OPEN
    at = now - (timedelta(minutes=count - n) if is_open else timedelta(days=365) * (1 - n / count))
    return ServiceSession(
        shop=agent.shop, conversation=line, buyer=line.buyer, state="assigned" if is_open else "closed",
        assignee=agent if is_open else None, last_assignee=agent, entry="product", first_seq=1, started_at=at,
        first_assigned_at=at, closed_at=None if is_open else at, unread=int(is_open),
        waiting_since=at if is_open else None, last_message_at=at, last_message_text="x", last_sender="buyer",
    )  # fmt: skip


def _text(n: int, rng: random.Random) -> str:
    return "".join(rng.choices(WORDS, k=6)) + FREQUENT * (n % 3 == 0) + RARE * (n % 4_999 == 0)


def measure(agent: Member) -> dict[str, float]:
    """Return milliseconds of database time of each question, the median of some rounds."""
    now, asked = timezone.now(), inbox.Asked
    deep = now - timedelta(days=330)
    history = asked(list="history")
    questions: dict[str, Callable[[], Any]] = {
        "inbox page and counts": lambda: (inbox.page(agent, asked(), now), inbox.counts(agent, now)),
        "history, first page": lambda: inbox.page(agent, history, now),
        "history, deep": lambda: inbox.page(agent, history._replace(cursor=inbox.write_cursor(deep, 10)), now),
        "history page of the shop, first": lambda: past.page(agent, past.Asked()),
        "history page of the shop, deep": lambda: past.page(agent, past.Asked(before=(deep, 10))),
        "history page, one UID": lambda: past.page(agent, past.Asked(buyer="b7")),
        "search, rare word": lambda: inbox.search(agent, history._replace(q=RARE), now),
        "search, frequent word": lambda: inbox.search(agent, history._replace(q=FREQUENT), now),
    }
    return {name: round(statistics.median(_took(ask) for _ in range(ROUNDS)), 2) for name, ask in questions.items()}


def _took(ask: Callable[[], Any]) -> float:
    spent = 0.0

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent += time.perf_counter() - began

    with connection.execute_wrapper(watch):
        ask()
    return spent * 1000
