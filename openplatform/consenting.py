"""A consent by link: the program sends the seller here, and gets a code at the one address registered for it.

Where that address is not what the platform registered, nothing is sent anywhere: the code would open the shop.
"""

import re
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.http import QueryDict
from django.utils.translation import gettext as _

from openplatform.models import App, Scope
from shops import permissions
from shops.errors import Invalid, Refused
from shops.models import Member, User

STATE, ADDRESS = 500, 300  # characters
SHOWN = 200  # members who may be chosen, of all shops
_LOCAL = ("localhost", "127.0.0.1")  # where programs are made, plain http will do


class Asked(NamedTuple):
    """A link that is right: which program asks, and what it wants to know its own call by."""

    app: App
    state: str

    @property
    def scopes(self) -> list[str]:
        labels = {scope.value: str(scope.label) for scope in Scope}
        return [labels[one] for one in self.app.scopes if one in labels]

    @property
    def origin(self) -> str:
        parts = urlsplit(self.app.redirect_url)
        return f"{parts.scheme}://{parts.netloc}"

    def back(self, **answer: str) -> str:
        """Return the program's address with an answer and its state."""
        known = {"app_key": self.app.key, **answer, **({"state": self.state} if self.state else {})}
        joint = "&" if urlsplit(self.app.redirect_url).query else "?"
        return f"{self.app.redirect_url}{joint}{urlencode(known)}"


def asked(query: QueryDict) -> Asked:
    """Read a link; Refused `no_app`, `no_redirect` (none is registered), `other_redirect`, `bad_state`."""
    app = App.objects.filter(key=query.get("app_key", "").replace("\0", "")[:32], is_active=True).first()
    if app is None:
        raise Refused("no_app", _("There is no app with this key."))
    if not app.redirect_url:
        raise Refused("no_redirect", _("This app has no redirect address. Let it in with its key, under Apps."))
    if query.get("redirect_uri", app.redirect_url) != app.redirect_url:
        raise Refused("other_redirect", _("The link names another redirect address than the one registered."))
    state = query.get("state", "")
    if len(state) > STATE:
        raise Refused("bad_state", _("The state of the link is too long."))
    return Asked(app, state)


def speakers(user: User) -> list[Member]:
    """Return in whose name a program may write, in every shop where this person may let it in; by shop, then name."""
    mine = [
        member.shop_id
        for member in Member.objects.active().filter(user=user).select_related("shop")
        if permissions.may(member, "let programs in")
    ]
    rows = Member.objects.agents().filter(shop__in=mine).select_related("shop")
    return list(rows.order_by("shop__name", "shop", "nickname", "pk")[:SHOWN])


def address(text: str) -> str:
    """Check a redirect address: https, or http on the maker's own machine; no fragment, nobody's password."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
        plain = re.fullmatch(r"[!-~]*", text) and not set(text) & set("\"'<>\\;,*")
        good = secure and plain and parts.hostname and "@" not in parts.netloc and not parts.fragment
        _port = parts.port  # what is no number is no port
    except ValueError:
        good = None
    if text and (not good or len(text) > ADDRESS):
        raise Invalid(redirect=_("An https address without a fragment, please."))
    return text
