"""Hand in a picture of oneself; the platform decides, and only then it is shown (A5, A7)."""

import tempfile
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import media, pacing
from chat.actions import outbox, people
from chat.models import AvatarReview
from lib.db import write
from shops import audit
from shops.errors import Refused
from shops.models import Member, User

State = AvatarReview.State


def submit(member: Member, file: UploadedFile) -> AvatarReview:
    """Check, re-encode and keep a picture for review; one that waits already is taken back. Slow, see attachments.

    Raise Throttled beyond the pace of uploads: pages and REST share it.
    """
    pacing.uploads(member)
    if media.check(file) != "image":
        raise media.UploadRefused("bad_type", _("Only a picture, please."))
    with media.disk_errors():
        folder = tempfile.TemporaryDirectory(prefix="avatar-", ignore_cleanup_errors=True)
    with folder as path:
        made = media.make(file, Path(path))
        name = media.keep(made.preview, made.preview_mime)  # 480 pixels: more than any page shows
    try:
        with write():
            people.hold(member)
            _drop(AvatarReview.objects.filter(member=member, state=State.PENDING))
            return AvatarReview.objects.create(
                shop_id=member.shop_id, member=member, file=name, submitted_at=timezone.now()
            )
    except BaseException:
        media.forget(name)
        raise


def withdraw(member: Member) -> None:
    """Take the picture away: the one shown, and one that waits."""
    with write():
        people.hold(member)
        _drop(AvatarReview.objects.filter(member=member, state=State.PENDING))
        _show(member, "")


def decide(review: AvatarReview, by: User, approve: bool, words: str = "") -> AvatarReview:
    """Approve or reject a picture that waits; nobody decides in a shop of its own."""
    if Member.objects.active().filter(shop_id=review.shop_id, user=by).exists():
        raise Refused("own_shop", _("Pictures of your own shop are for another reviewer."))
    with write():
        people.hold(review.member)
        found = AvatarReview.objects.select_related("member").filter(pk=review.pk, state=State.PENDING).first()
        if found is None:
            raise Refused("already_decided", _("Somebody has decided this already, or it was taken back."))
        found.state = State.APPROVED if approve else State.REJECTED
        found.decided_at, found.decided_by, found.words = timezone.now(), by, words
        if approve:
            _show(found.member, found.file)
        else:
            outbox.promise("attachment.delete", {"files": [found.file]}, found.shop_id)
            found.file = ""
        found.save(update_fields=["state", "decided_at", "decided_by", "words", "file"])
        audit.record(
            audit.Kind.AVATAR,
            by,
            found.shop_id,
            subject=audit.Subject.MEMBER,
            subject_id=found.member_id,
            name=found.member.nickname,
            state=found.state,
            words=words,
        )
    return found


def _show(member: Member, name: str) -> None:
    old = Member.objects.values_list("avatar", flat=True).get(pk=member.pk)
    if old and old != name:
        outbox.promise("attachment.delete", {"files": [old]}, member.shop_id)
    people.set_avatar(member, name)


def _drop(rows: "QuerySet[AvatarReview]") -> None:
    for row in rows:
        outbox.promise("attachment.delete", {"files": [row.file]}, row.shop_id)
        row.delete()
