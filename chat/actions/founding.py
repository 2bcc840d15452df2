"""The first shop of a seller, and further ones: what the platform's staff open, with the owner's account (A7, A1)."""

from typing import NamedTuple

from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext as _

from botfaq import presets_taken
from botfaq.preset_questions import PRESETS
from chat.actions import mails
from lib.db import write
from shops import actions, audit, invitations, presets, ranks
from shops.errors import NotYours, Refused
from shops.models import Invitation, Member, Seller, Shop, User


class Plan(NamedTuple):
    """A shop about to be opened, well formed."""

    seller_id: int | None  # None: a new seller of the name
    seller: str
    name: str
    preset: str
    time_zone: str
    language: str
    currency: str
    nickname: str  # the owner's
    username: str
    email: str


def found(plan: Plan, base: str, by: User | None = None, letter: str = "") -> Member:
    """Open a shop and its owner's account, who is invited by letter unless it has a password; return the owner.

    `base` is for the letter, `letter` its language (the shop's by default), `by` the platform's person (None: the
    command). Refused `seller_taken` `shop_taken` `username_taken`.
    """
    with write():
        seller = _seller(plan)
        if Shop.objects.filter(seller=seller, name__iexact=plan.name).exists():
            raise Refused("shop_taken", _("This seller has a shop of this name already."))
        person = _person(plan, seller)
        settings = {name: getattr(plan, name) for name in ("time_zone", "language", "currency")}
        shop = actions.create_shop(seller, plan.name, plan.preset, **settings)
        owner = actions.add_member(shop, person, plan.nickname, presets.OWNER, im=True)
        told = {"name": plan.name, "preset": plan.preset, "owner": person.username}
        audit.record(audit.Kind.SHOP, by, shop, subject=audit.Subject.SHOP, subject_id=shop.pk, after=told)
        # As drafts, for the seller to rewrite and publish (E1).
        presets_taken.take(owner, shop.language, range(len(PRESETS[shop.language])))
        if invitations.state(owner) == "expired":  # a letter that is on its way stays good for every shop
            with translation.override(letter or shop.language):
                mails.invite(invitations.issue(owner), base)
    return owner


def invite_again(owner: Member, base: str, by: User | None = None) -> Invitation:
    """Make a fresh link for an owner who has no password yet and promise its letter; Refused `already_joined`."""
    with write():
        fresh = invitations.issue(owner)
        with translation.override(owner.shop.language):
            mails.invite(fresh, base)
        subject, name = audit.Subject.MEMBER, owner.nickname
        audit.record(audit.Kind.INVITED, by, owner.shop_id, subject=subject, subject_id=owner.pk, name=name)
    return fresh


def readdress(owner: Member, email: str, base: str, by: User | None = None) -> Member:
    """Correct the address of an owner who has not joined, and invite there; Refused `already_joined`."""
    with write():
        owner.user = User.objects.select_for_update().get(pk=owner.user_id)
        if ranks.has_joined(owner):
            raise Refused("already_joined", _("This account has a password already; its address is its own to change."))
        owner.user.email = email
        owner.user.save(update_fields=["email"])
        invite_again(owner, base, by)
    return owner


def _seller(plan: Plan) -> Seller:
    if plan.seller_id is not None:
        known = Seller.objects.select_for_update().filter(pk=plan.seller_id).first()
        if known is None:
            raise NotYours
        return known
    if Seller.objects.filter(name__iexact=plan.seller).exists():
        words = _("There is a seller of this name. If it is the same company, add the shop to that seller.")
        raise Refused("seller_taken", words)
    return Seller.objects.create(name=plan.seller)


def _person(plan: Plan, seller: Seller) -> User:
    """Return whose shop it becomes: somebody new, or one who works for this very seller."""
    known = User.objects.filter(username__iexact=plan.username).first()
    if known is None:
        try:
            with write():
                return User.objects.create_user(plan.username, plan.email)  # no password yet
        except IntegrityError:  # another was faster
            raise _taken() from None
    if not Member.objects.active().filter(user=known, shop__seller=seller).exists():
        raise _taken()
    return known


def _taken() -> Refused:
    return Refused("username_taken", _("Somebody who does not work for this seller has this sign-in name."))
