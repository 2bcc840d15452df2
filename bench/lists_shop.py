"""The shop that bench/lists.py asks: a year of closed sessions, 500 open ones; runs inside the product's settings."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from bench import stamping
from bench.loading import loading
from bench.stamping import Stamp
from chat import inbox, past, word_index
from chat.models import Conversation, Message, ServiceSession
from lib import documents, words
from shops import actions, names
from shops.models import Buyer, Member, Seller, User

OPEN, CHUNK, ROUNDS, MESSAGES = 500, 5_000, 7, 5
TEXTS = 20_000  # different sentences, before what is searched for
EXAMPLE = datetime(2026, 1, 5, tzinfo=UTC)
TABLES = (Buyer, Conversation, ServiceSession, Message)
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
    past = _Past(agent, count)
    with loading(*(model._meta.db_table for model in TABLES)):
        for low in range(0, count, CHUNK):
            past.write(range(low, min(count, low + CHUNK)))
    with loading(word_index.TABLE, names.TABLE):
        for low in range(0, count, CHUNK):
            past.index(range(low, min(count, low + CHUNK)))
    stamping.count_on(*TABLES)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return agent


def filled() -> Member:
    """Return the agent of a shop made before, its tables brought up to date."""
    call_command("migrate", verbosity=0)
    return Member.objects.get(user__username="lists")


class _Past:
    """The rows by number: buyer, line and session n have the key n + 1, and five messages each."""

    def __init__(self, agent: Member, count: int) -> None:
        self.agent, self.count, self.now = agent, count, timezone.now()
        rng = random.Random(1)
        self.texts = ["".join(rng.choices(WORDS, k=6)) for _n in range(TEXTS)]
        self.pairs = [words.pairs(words.fold(text)) for text in self.texts]
        buyer = Buyer(pk=1, shop=agent.shop, created_at=EXAMPLE)
        line = Conversation(pk=1, shop=agent.shop, buyer=buyer, last_seq=MESSAGES)
        both = [self._session(line, is_open) for is_open in (False, True)]
        said = Message(
            shop=agent.shop, conversation=line, session=both[0], seq=1, sender_kind="buyer", kind="text",
            created_at=EXAMPLE,
        )  # fmt: skip
        roles = [agent.pk]
        self.buyer, self.line, self.said = (Stamp(one, roles) for one in (buyer, line, said))
        self.closed, self.running = (Stamp(one, roles) for one in both)

    def _session(self, line: Conversation, is_open: bool) -> ServiceSession:
        agent, end = self.agent, None if is_open else EXAMPLE
        return ServiceSession(
            shop=agent.shop, conversation=line, buyer=line.buyer, state="assigned" if is_open else "closed",
            assignee=agent if is_open else None, last_assignee=agent, entry="product", first_seq=1,
            started_at=EXAMPLE, first_assigned_at=EXAMPLE, closed_at=end, unread=int(is_open),
            waiting_since=EXAMPLE if is_open else None, last_message_at=EXAMPLE, last_message_text="x",
            last_sender="buyer",
        )  # fmt: skip

    def write(self, numbers: range) -> None:
        """Write the rows of these sessions."""
        rows: dict[Any, list[list[Any]]] = {model: [] for model in TABLES}
        people = [self.agent.pk]
        for n in numbers:
            key, moved = n + 1, self.began(n) - EXAMPLE
            mine = {"id": key, "buyer_id": key, "conversation_id": key, "session_id": key}
            is_open = self.is_open(n)
            named = {"id": key, "uid": f"b{n}", "nickname": f"买家{n}", "name_doc": key}
            rows[Buyer].append(self.buyer.row(moved, 0, people, named))
            rows[Conversation].append(self.line.row(moved, 0, people, mine))
            doc = {} if is_open else {"words_doc": key}
            rows[ServiceSession].append(
                (self.running if is_open else self.closed).row(moved, 0, people, {**mine, **doc})
            )
            for place in range(MESSAGES):
                own = {**mine, "id": n * MESSAGES + place + 1, "sender": f"b:{key}", "text": self.text(n, place)}
                rows[Message].append(self.said.row(moved, place, people, own))
        with transaction.atomic():
            for model, some in rows.items():
                stamping.write(model, some)

    def index(self, numbers: range) -> None:
        """Write what the worker would into the indexes of words and nicknames."""
        shop, said, named = self.agent.shop_id, [], []
        for n in numbers:
            name = words.fold(f"买家{n}")
            named.append((n + 1, documents.packed(str(shop), names.all_terms(name))))
            if not self.is_open(n):
                pairs = set().union(*(self.pairs[self.which(n, place)] for place in range(MESSAGES)))
                pairs |= words.pairs(words.fold(self.text(n, 1)))
                week = word_index.week(self.began(n))
                terms = word_index.terms(shop, week, word_index.SAID, pairs)
                said.append((n + 1, terms + word_index.terms(shop, week, word_index.NAME, words.pairs(name))))
        with transaction.atomic():
            stamping.write_documents(word_index.TABLE, said)
            stamping.write_documents(names.TABLE, named)

    def is_open(self, n: int) -> bool:
        return n >= self.count - OPEN

    def began(self, n: int) -> datetime:
        """Return when a session began: within the last year, the open ones a minute apart."""
        if self.is_open(n):
            return self.now - timedelta(minutes=self.count - n)
        return self.now - timedelta(days=365) * (1 - n / self.count)

    def which(self, n: int, place: int) -> int:
        return (n * 7 + place * 1_013) % TEXTS

    def text(self, n: int, place: int) -> str:
        """Return a message; the second of each session may hold what is searched for."""
        more = FREQUENT * (n % 3 == 0) + RARE * (n % 4_999 == 0) if place == 1 else ""
        return self.texts[self.which(n, place)] + more


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
