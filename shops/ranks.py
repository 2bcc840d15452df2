"""Who may manage whose sub-account (A1): the owner all of them, a super admin those below it. Pure questions."""

from shops.models import Member
from shops.presets import AGENT, OWNER, SERVICE_LEAD, STAFF, SUPER_ADMIN

_BELOW = {OWNER: (SUPER_ADMIN, SERVICE_LEAD, AGENT, STAFF), SUPER_ADMIN: (SERVICE_LEAD, AGENT, STAFF)}
FIELDS = ("nickname", "email", "role", "im_permission", "is_active")


def grantable(by: Member) -> tuple[str, ...]:
    """Return the roles that a member may give: below its own, nobody makes a second owner."""
    return _BELOW.get(by.role, ())


def changes(by: Member, of: Member) -> tuple[str, ...]:
    """Return which of FIELDS a member may change of an account; none: it may only look.

    The owner gives itself no role and does not close its own account; the nickname is the owner's to set where the
    platform says so (P7); the e-mail address is the person's own once it has joined, or it would be a way in.
    """
    if of.role not in _BELOW.get(by.role, ()):
        return ("im_permission",) if by.role == OWNER and of.pk == by.pk else ()
    mine = {"role", "im_permission", "is_active"}
    if of.nickname_set_by == "owner":
        mine.add("nickname")
    if not has_joined(of):
        mine.add("email")
    return tuple(name for name in FIELDS if name in mine)


def has_joined(of: Member) -> bool:
    """Whether the person has set a password."""
    return of.user.has_usable_password()
