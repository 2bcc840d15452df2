"""Common questions with their pictures: the words are botfaq's, the files the chat's (E1)."""

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from botfaq import actions as knowledge
from botfaq.models import Question
from chat import media, pacing
from chat.actions import attachments, outbox
from chat.models import Attachment, Message
from lib.db import write
from shops.errors import Refused
from shops.models import Member


def upload(by: Member, file: UploadedFile) -> int:
    """Take in a picture for an answer; return its number for `save`. Slow, see attachments.upload.

    Raise Throttled beyond the pace of uploads, which all ways of a member share.
    """
    pacing.uploads(by)
    if media.check(file) != "image":
        raise media.UploadRefused("bad_type", _("Only a picture, please."))
    return attachments.upload(by.shop, f"a:{by.pk}", file).pk


def save(
    by: Member,
    question: Question,
    phrasings: Sequence[str],
    related: Sequence[Question] | None,
    picture: int | None,
) -> Question:
    """Store a question with its picture: the one it has, one that this member uploaded, or none.

    Refused as botfaq.actions.save, and `attachment_gone`.
    """
    with write():
        had = Question.objects.filter(pk=question.pk).values_list("picture", flat=True).first()
        if picture is not None and picture != had:
            _claim(by, picture)
        question.picture = picture
        knowledge.save(by, question, phrasings, related)
        if had is not None and had != picture:
            _drop(had)
    return question


def sweep(now: datetime) -> int:
    """Let go of questions whose week for an undo is over, and of their pictures; return how many pictures."""
    if not Question.everything.filter(removed_at__lt=now - knowledge.UNDO).exists():  # don't take the write lock
        return 0
    with write():
        pictures = knowledge.purge(now)
        for picture in pictures:
            _drop(picture)
    return len(pictures)


def _claim(by: Member, picture: int) -> None:
    mine = Attachment.objects.filter(pk=picture, shop=by.shop, owner=f"a:{by.pk}", kind=Attachment.Kind.IMAGE)
    if not mine.filter(bound=False).update(bound=True):
        raise Refused("attachment_gone", _("This file is not here any more; please choose it again."))


def _drop(picture: int) -> None:
    """Let go of a picture, unless a message that a buyer got shows it."""
    if Message.objects.filter(attachment=picture).exists():
        return
    file = Attachment.objects.filter(pk=picture).first()
    if file is not None:
        file.delete()
        outbox.promise("attachment.delete", {"files": [file.file, file.preview]}, file.shop_id)
