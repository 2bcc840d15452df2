"""Translate what agents and buyers write (C12): ask the engine outside any transaction, keep what it says."""

import hashlib
from collections.abc import Sequence
from typing import TypedDict

from django.utils.translation import get_language, gettext

from chat import engines, history, locks
from chat.models import Message, MessageTranslation, ServiceSession, SessionTranslation, Translation
from lib.db import let_go, write
from lib.language import LANGUAGES, detect
from shops.errors import Refused
from shops.models import Member

KEPT = 5000  # answers per shop
TRIM_EVERY = 50
LOOKED_AT = 10  # a buyer's last messages, for the language that the buyer writes


class TranslationSwitchShape(TypedDict):
    on: bool
    engine: str
    ours: str
    theirs: str
    detected: str
    languages: list[str]


def switch(session: ServiceSession) -> TranslationSwitchShape:
    """Return how a session is translated: chosen languages, else one's own and the one the buyer writes."""
    chosen = SessionTranslation.objects.filter(session=session).first()
    detected = buyers_language(session)
    return {
        "on": chosen is not None,
        "engine": engines.configured(),
        "ours": chosen.ours if chosen else own_language(),
        "theirs": chosen.theirs if chosen else detected or "en",
        "detected": detected,
        "languages": list(LANGUAGES),
    }


def own_language() -> str:
    """Return the language of the person who asks: that of the pages it reads."""
    code = (get_language() or "zh").split("-")[0]
    return code if code in LANGUAGES else "en"


def buyers_language(session: ServiceSession) -> str:
    """Return what the buyer's newest text is written in, "" if none says anything about it."""
    texts = Message.objects.filter(session=session, sender_kind=Message.Sender.BUYER, kind=Message.Kind.TEXT)
    for text in texts.order_by("-seq").values_list("text", flat=True)[:LOOKED_AT]:
        if found := detect(text):
            return found
    return ""


def set_switch(session: ServiceSession, by: Member, on: bool, ours: str = "", theirs: str = "") -> None:
    """Switch translation of a session on or off, by its agent (the last one, when closed)."""
    if by.pk not in (session.assignee_id, None if session.is_open else session.last_assignee_id):
        raise Refused("not_assignee", gettext("This session is with somebody else now."))
    if not on:
        with write():
            SessionTranslation.objects.filter(session=session).delete()
        return
    if not engines.configured():
        raise Refused("no_engine", gettext("No translation engine is set up on this server."))
    now = switch(session)
    chosen = {"ours": ours or now["ours"], "theirs": theirs or now["theirs"]}
    with write():
        SessionTranslation.objects.update_or_create(session=session, defaults=chosen)


def translate(session: ServiceSession, texts: Sequence[str], source: str, target: str) -> list[str]:
    """Return texts of a session, said or about to be, in another language; raises as engines do.

    What was asked before in the shop comes from the cache.
    """
    if source == target:
        return list(texts)
    digests = {text: _digest(text, source, target) for text in texts}
    rows = Translation.objects.filter(shop_id=session.shop_id, digest__in=digests.values())
    known = dict(rows.values_list("digest", "text"))
    missing = [text for text, digest in digests.items() if digest not in known]
    if missing:
        let_go()
        for text, said in zip(missing, engines.translate(missing, source, target), strict=True):
            known[digests[text]] = said
        _keep(session, {digests[text]: known[digests[text]] for text in missing})
    return [known[digests[text]] for text in texts]


def of_messages(session: ServiceSession, by: Member, seqs: Sequence[int], target: str) -> dict[int, str]:
    """Return texts of the conversation, as far as the member may read it, by number, in another language.

    What is in that language already is left out. What was translated once stays with its message.
    """
    until = history.horizon(by, session)
    rows = Message.objects.filter(
        conversation_id=session.conversation_id, seq__in=seqs, kind__in=("text", "bot_answer")
    )
    rows = rows.filter(session_id__lte=until) if until else rows
    said = {row.pk: row for row in rows}
    done = MessageTranslation.objects.filter(message__in=said, language=target).values_list("message_id", "text")
    found = {said[pk].seq: text for pk, text in done}
    asked: dict[str, list[Message]] = {}
    for row in said.values():
        source = detect(row.text)
        if row.seq not in found and source != target:
            asked.setdefault(source, []).append(row)
    for source, messages in asked.items():
        texts = translate(session, [one.text for one in messages], source, target)
        with write():
            # What was recalled or is erased meanwhile must not come back.
            line = locks.conversations([session.conversation_id])[session.conversation_id]
            kept = rows.none() if line.buyer.erased_at else rows.filter(pk__in=[one.pk for one in messages])
            there = set(kept.values_list("pk", flat=True))
            made = [
                MessageTranslation(message=one, language=target, text=text)
                for one, text in zip(messages, texts, strict=True)
                if one.pk in there
            ]
            MessageTranslation.objects.bulk_create(made, ignore_conflicts=True)
        found |= {one.message.seq: one.text for one in made}
    return found


def _digest(text: str, source: str, target: str) -> str:
    asked = "\0".join([engines.configured(), source, target, text])
    return hashlib.blake2b(asked.encode(), digest_size=16).hexdigest()


def _keep(session: ServiceSession, found: dict[str, str]) -> None:
    """Keep answers for the shop, but none that came while the buyer was being erased: they hold the buyer's words."""
    shop_id = session.shop_id
    with write():
        if locks.conversations([session.conversation_id])[session.conversation_id].buyer.erased_at:
            return
        Translation.objects.bulk_create(
            [Translation(shop_id=shop_id, digest=digest, text=text) for digest, text in found.items()],
            ignore_conflicts=True,
        )
        newest = Translation.objects.filter(shop_id=shop_id).order_by("-pk").values_list("pk", flat=True)
        last = newest.first() or 0
        if last % TRIM_EVERY < len(found):
            for pk in newest[KEPT : KEPT + 1]:
                Translation.objects.filter(shop_id=shop_id, pk__lte=pk).delete()
