"""Tell a server that somebody chose: one POST outside any transaction, and what it answered as the outbox keeps it."""

from collections.abc import Container, Mapping

from django.conf import settings

from chat.actions.outbox import Failed, Heard
from lib import outbound
from lib.db import let_go

PATIENCE = 5.0  # seconds
READ = 4096  # bytes of an answer
SHOWN = 500  # characters of it that are kept


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    patience: float = PATIENCE,
    good: Container[int] = range(200, 300),
) -> Heard:
    """Post, redirects not followed; raise Failed unless the answer's status is a good one."""
    let_go()
    try:
        allow = settings.OUTBOUND_ALLOW
        reply = outbound.post_public(address, body, headers, timeout=patience, limit=READ, allow=allow, cut=True)
    except outbound.OutboundError as error:
        raise Failed(str(error)) from error
    heard = Heard(reply.status, words(reply.body))
    if reply.status not in good:
        raise Failed(f"status: {reply.status}", *heard)
    return heard


def words(body: bytes) -> str:
    """Return the beginning of an answer as text that can be stored and shown."""
    return body.decode(errors="replace").replace("\0", "")[:SHOWN]
