"""One buyer's data as a ZIP: a JSON file that programs and people can read, and the pictures and videos beside it."""

import tempfile
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson
from django.core.files import File
from django.core.files.storage import default_storage

from chat import serializers
from chat.models import Attachment, Message, Note, Rating, ServiceSession
from commerce import recipients
from commerce.models import Order
from shops.models import Buyer

EVERY = 200  # messages between two words about progress


def make(buyer: Buyer, told: Callable[[int], object]) -> tuple[str, int]:
    """Write the file and store it; return its name and size. Messages are read as they are written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "buyer.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
            with book.open("messages.jsonl", "w") as out:
                files = _messages(buyer, out, told)
            book.writestr("buyer.json", orjson.dumps(_about(buyer), option=orjson.OPT_INDENT_2))
            for name in files:
                if default_storage.exists(name):
                    with default_storage.open(name) as source, book.open(f"files/{Path(name).name}", "w") as out:
                        while chunk := source.read(1 << 18):
                            out.write(chunk)
        with path.open("rb") as made:
            return default_storage.save(f"exports/{uuid.uuid4().hex}.zip", File(made)), path.stat().st_size


def _messages(buyer: Buyer, out: IO[bytes], told: Callable[[int], object]) -> list[str]:
    """Write one message a line, oldest first; return the files that they carry."""
    rows = Message.objects.filter(conversation__buyer=buyer).select_related("member", "attachment").order_by("seq")
    files = []
    for count, said in enumerate(rows.iterator(chunk_size=EVERY), 1):
        file: Attachment | None = said.attachment
        if file:
            files.append(file.file)
        shape = {
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
        out.write(orjson.dumps(shape) + b"\n")
        if count % EVERY == 0:
            told(count)
    return files


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
