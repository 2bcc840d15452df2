"""Take an own message back within two minutes (C21): its words go for good, its number and its time stay."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from chat import facts, locks
from chat.actions import outbox
from chat.events import record
from chat.models import Attachment, Event, Message, MessageTranslation, ServiceSession
from lib.db import write
from shops.errors import NotYours, Refused
from shops.models import Member

WITHIN = timedelta(minutes=2)


def recall(session_id: int, by: Member, seq: int) -> ServiceSession:
    """Blank an own message and tell both sides. What it did stays done: a recalled reply still was a reply."""
    with write():
        session = locks.sessions(by.shop_id, [session_id])[0]
        said = Message.objects.select_related("attachment").filter(session=session, seq=seq).first()
        if said is None or said.sender != f"a:{by.pk}":
            raise NotYours
        now = timezone.now()
        if said.kind == Message.Kind.RECALLED:
            raise Refused("already_recalled", _("This message was recalled already."))
        if said.created_at + WITHIN < now:
            raise Refused("too_late", _("A message can be recalled within two minutes only."))
        _blank(said)
        session.words_doc = None  # a closed session is indexed again, without these words
        if not _spoke_later(session, seq):
            session.last_message_text = facts.preview(said.kind, "")
        session.save(update_fields=["words_doc", "last_message_text"])
        record(session, Event.Kind.RECALLED, now, {"seq": seq, "agent": by.nickname})
    return session


def _blank(said: Message) -> None:
    """Leave the tombstone: who, when, which number. The key stays too, so that a resend finds it."""
    file = said.attachment
    MessageTranslation.objects.filter(message=said).delete()
    said.kind, said.text, said.data, said.attachment, said.body_hash = Message.Kind.RECALLED, "", {}, None, ""
    said.save(update_fields=["kind", "text", "data", "attachment", "body_hash"])
    if file:
        outbox.promise("attachment.delete", {"files": [file.file, file.preview]})
        Attachment.objects.filter(pk=file.pk).delete()


def _spoke_later(session: ServiceSession, seq: int) -> bool:
    later = Message.objects.filter(session=session, seq__gt=seq)
    return later.exclude(sender_kind=Message.Sender.SYSTEM).exists()
