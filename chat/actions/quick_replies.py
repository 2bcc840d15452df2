"""The sentences that agents keep at hand (C17): the shop's by its leads, one's own by each agent (P10)."""

from django.utils.translation import gettext as _

from chat import access
from chat.models import QuickReply
from lib.db import write
from shops import audit, permissions
from shops.errors import NotAllowed, NotYours, Refused
from shops.models import Member

MOST = 200  # of one owner
SHOP, AGENT = "shop", "agent"


def may_edit(by: Member, scope: str) -> bool:
    """Whether the member may change the replies of this scope; the shop's are its leads' (C17)."""
    if scope not in access.reply_scopes(by):
        return False
    return scope == AGENT or permissions.may(by, "write shop-wide quick replies")


def require(by: Member, scope: str) -> None:
    """Raise NotAllowed unless the member may change the sentences of this scope."""
    if not may_edit(by, scope):
        raise NotAllowed(_("Your role may not do this."))


def create(by: Member, scope: str, title: str, text: str, group: str = "", place: int | None = None) -> QuickReply:
    """Add a sentence at the end of its list, or at a place of it. Refused `too_many`."""
    require(by, scope)
    with write():
        mine = _list(by, scope)
        if len(mine) >= MOST:
            raise Refused("too_many", _("There are %(most)s quick replies already.") % {"most": MOST})
        made = QuickReply.objects.create(
            shop_id=by.shop_id,
            member=by if scope == AGENT else None,
            group=group,
            title=title,
            text=text,
            place=mine[-1].place + 1 if mine else 0,
        )
        _note(made, by, None, {"title": title, "text": text, "group": group})
        if place is not None:
            _move(made, by, place)
    return made


def change(reply: QuickReply, by: Member, *, place: int | None = None, **values: str) -> QuickReply:
    """Change the title, text or group of a sentence, or put it at another place; NotYours where it is gone by now."""
    require(by, scope_of(reply))
    with write():
        reply = _held(reply)
        if values:
            _note(reply, by, {name: getattr(reply, name) for name in values}, values)
        for name, value in values.items():
            setattr(reply, name, value)
        reply.save(update_fields=list(values))
        if place is not None:
            _move(reply, by, place)
    return reply


def delete(reply: QuickReply, by: Member) -> None:
    """Take a sentence out of its list; NotYours where it is gone by now."""
    require(by, scope_of(reply))
    with write():
        reply = _held(reply)
        _note(reply, by, {"title": reply.title, "text": reply.text, "group": reply.group}, None)
        reply.delete()


def _held(reply: QuickReply) -> QuickReply:
    """Return the sentence as it is under its lock: a colleague may have changed or removed it meanwhile."""
    for found in QuickReply.objects.select_for_update().filter(pk=reply.pk):
        return found
    raise NotYours


def scope_of(reply: QuickReply) -> str:
    return SHOP if reply.member_id is None else AGENT


def _note(reply: QuickReply, by: Member, before: dict[str, str] | None, after: dict[str, str] | None) -> None:
    """Write a change of the shop's sentences into the audit log; an agent's own are nobody else's business."""
    if reply.member_id is None and before != after:
        kind, subject = audit.Kind.QUICK_REPLY, audit.Subject.QUICK_REPLY
        audit.record(kind, by, subject=subject, subject_id=reply.pk, before=before, after=after)


def _move(reply: QuickReply, by: Member, place: int) -> None:
    rows = [row for row in _list(by, scope_of(reply)) if row.pk != reply.pk]
    rows.insert(place, reply)
    for index, row in enumerate(rows):
        row.place = index
    QuickReply.objects.bulk_update(rows, ["place"])


def _list(by: Member, scope: str) -> list[QuickReply]:
    owner = by if scope == AGENT else None
    return list(QuickReply.objects.filter(shop_id=by.shop_id, member=owner).order_by("place", "pk"))
