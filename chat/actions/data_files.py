"""One buyer's data as a ZIP: a JSON file that programs and people can read, and the pictures and videos beside it."""

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson
from django.core.files import File
from django.core.files.storage import default_storage

from chat import serializers
from chat.models import Attachment, Conversation, Message, Note, Rating, ServiceSession
from commerce import recipients
from commerce.models import Order
from shops.models import Buyer

EVERY = 200  # messages between two words about progress


def make(buyer: Buyer, name: str, told: Callable[[int], object]) -> int:
    """Write the file and store it under a name; return its size. Messages are read as they are written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "buyer.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            with book.open("messages.jsonl", "w") as out:
                files = _messages(buyer, out, told)
            book.writestr("buyer.json", orjson.dumps(_about(buyer), option=orjson.OPT_INDENT_2))
            for one in files:
                if default_storage.exists(one):
                    with default_storage.open(one) as source, book.open(f"files/{Path(one).name}", "w") as out:
                        while chunk := source.read(1 << 18):
                            out.write(chunk)
        with path.open("rb") as made:
            default_storage.save(name, File(made))
        return path.stat().st_size


def _messages(buyer: Buyer, out: IO[bytes], told: Callable[[int], object]) -> list[str]:
    """Write one message a line, oldest first; return the files that they carry."""
    lines = Conversation.objects.filter(buyer=buyer).values_list("pk", flat=True)
    rows = Message.objects.filter(conversation__in=list(lines)).select_related("member", "attachment").order_by("seq")
    files, count, last = [], 0, 0
    # Page by page: while a cursor is being read SQLite refuses the words about progress.
    while page := list(rows.filter(seq__gt=last)[:EVERY]):
        for said in page:
            if said.attachment:
                files.append(said.attachment.file)
            out.write(orjson.dumps(_message(said, buyer)) + b"\n")
        count, last = count + len(page), page[-1].seq
        told(count)
    return files


def _message(said: Message, buyer: Buyer) -> dict[str, Any]:
    file: Attachment | None = said.attachment
    return {
        "seq": said.seq,
        "session": said.session_id,
        "at": serializers.moment(said.created_at),
        "from": serializers.sender_name(said, buyer.nickname) or said.sender_kind,
        "side": said.sender_kind,
        "kind": said.kind,
        "text": said.text,
        "data": said.data,
        "file": f"files/{Path(file.file).name}" if file else None,
    }


def _about(buyer: Buyer) -> dict[str, Any]:
    orders = Order.objects.filter(buyer=buyer).prefetch_related("items__product", "shipments", "after_sales")
    return {
        "shop": buyer.shop.name,
        "buyer": {"uid": buyer.uid, "nickname": buyer.nickname, "since": serializers.moment(buyer.created_at)},
        "orders": [_order(one, buyer) for one in orders.order_by("pk")],
        "sessions": list(_sessions(buyer)),
    }


def _order(one: Order, buyer: Buyer) -> dict[str, Any]:
    """Return an order with its recipient in plain: the file is the buyer's own data, and its making is audited."""
    known = recipients.plain(one)
    return {**serializers.order(one, buyer.shop), "recipient": serializers.recipient(known) if known else None}


def _sessions(buyer: Buyer) -> Iterator[dict[str, Any]]:
    rows = ServiceSession.objects.filter(buyer=buyer).order_by("pk")
    ratings = {one.session_id: one for one in Rating.objects.filter(session__buyer=buyer)}
    notes: dict[int, list[str]] = {}
    for note in Note.objects.filter(session__buyer=buyer).order_by("pk"):
        notes.setdefault(note.session_id, []).append(note.text)
    for row in rows:
        rating = ratings.get(row.pk)
        yield {
            "id": row.pk,
            "started_at": serializers.moment(row.started_at),
            "closed_at": serializers.maybe(row.closed_at),
            "topic": row.topic,
            "rating": {"stars": rating.stars, "words": rating.words, "reasons": rating.reasons} if rating else None,
            "notes": notes.get(row.pk, []),
        }
