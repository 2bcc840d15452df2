"""Let go of visitors who opened the chat and never wrote (D2)."""

from datetime import datetime, timedelta

from chat import locks
from chat.models import Conversation
from lib.db import write
from shops.models import Buyer

UNUSED = timedelta(days=2)
SWEEP = 200


def sweep(now: datetime) -> int:
    """Drop lines that are empty days after they were opened, at most 200; whoever writes just now keeps the own."""
    old = Conversation.objects.filter(last_seq=0, buyer__visitor__created_at__lt=now - UNUSED)
    ids = list(old.order_by("buyer__visitor__created_at").values_list("pk", flat=True)[:SWEEP])
    if not ids:  # the usual case: don't take the write lock
        return 0
    with write():
        empty = [line.buyer_id for line in locks.conversations(ids).values() if line.last_seq == 0]
        Buyer.objects.filter(pk__in=empty).delete()
    return len(empty)
