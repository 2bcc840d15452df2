"""Let programs in: the platform makes them, a shop authorises them, a code becomes tokens. Each secret is told once."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import outgoing
from lib import sealing
from lib.db import write
from openplatform import faults, hooks, signing
from openplatform.models import PURPOSE, App, AuthCode, Grant, Token
from shops import audit
from shops.errors import Refused
from shops.models import Member, Seller, User

CODE_LIFE = timedelta(minutes=30)
ACCESS_LIFE, REFRESH_LIFE = timedelta(days=7), timedelta(days=365)
SWEPT = 1000


class Issued(NamedTuple):
    """A program with its secret in plain, to be shown once."""

    app: App
    secret: str


class Given(NamedTuple):
    """A shop's consent with the code to hand to the program, to be shown once."""

    grant: Grant
    code: str


class Pair(NamedTuple):
    """Tokens in plain, as the program gets them."""

    token: Token
    access: str
    refresh: str


def issue(name: str, scopes: list[str], by: User | None, redirect_url: str = "") -> Issued:
    """Make a program with a key and a secret."""
    secret = secrets.token_hex(20)
    with write():
        app = App.objects.create(
            name=name,
            key=secrets.token_hex(7),
            sealed=_sealed(secret),
            scopes=scopes,
            redirect_url=redirect_url,
            created_by=by,
        )
        more = {"redirect_url": redirect_url} if redirect_url else {}
        audit.record(audit.Kind.KEY, by, what=_about(app), after={"scopes": scopes, **more})
    return Issued(app, secret)


def renew_secret(app: App, by: User) -> Issued:
    """Give a program a new secret; the old one signs nothing from now on."""
    secret = secrets.token_hex(20)
    with write():
        app.sealed = _sealed(secret)
        app.save(update_fields=["sealed"])
        audit.record(audit.Kind.KEY, by, what=_about(app), after={"secret": "new"})
    return Issued(app, secret)


def redirect(app: App, address: str, by: User) -> None:
    """Set where sellers are sent back to with a code."""
    with write():
        App.objects.filter(pk=app.pk).update(redirect_url=address)
        before, after = {"redirect_url": app.redirect_url}, {"redirect_url": address}
        audit.record(audit.Kind.KEY, by, what=_about(app), before=before, after=after)


def switch(app: App, on: bool, by: User) -> None:
    """Shut a program out of every shop, or let it in again."""
    with write():
        App.objects.filter(pk=app.pk).update(is_active=on)
        audit.record(audit.Kind.KEY, by, what=_about(app), before={"active": app.is_active}, after={"active": on})


def authorise(by: Member, key: str, speaker: Member) -> Given:
    """Let a program into the member's shop and return a code for it; done again, a new code and perhaps a new speaker.

    Refused `no_app`, `not_agent` (the speaker may not write to buyers, A1).
    """
    app = App.objects.filter(key=key[:32], is_active=True).first()
    if app is None:
        raise Refused("no_app", _("There is no app with this key."))
    if not Member.objects.agents().filter(pk=speaker.pk, shop_id=by.shop_id).exists():
        raise Refused("not_agent", _("This colleague has no IM permission."))
    with write():
        grant, _created = Grant.objects.update_or_create(
            app=app,
            shop_id=by.shop_id,
            defaults={"speaker": speaker, "by": by},
            create_defaults={"speaker": speaker, "by": by, "cipher": f"{secrets.token_urlsafe(24)}"},
        )
        audit.record(audit.Kind.KEY, by, what=_about(app), after={"authorised": True, "as": speaker.nickname})
        code = _code(app, by.shop.seller)
    return Given(grant, code)


def revoke(grant: Grant, by: Member) -> None:
    """Take a shop's consent back, at once; without any shop left the seller's tokens of that program go too."""
    with write():
        hooks.unsubscribe(grant.subscriptions.all())
        Grant.objects.filter(pk=grant.pk).delete()
        outgoing.settle(by.shop_id)
        if not Grant.objects.filter(app=grant.app_id, shop__seller=by.shop.seller_id).exists():
            for kind in (Token, AuthCode):
                kind.objects.filter(app=grant.app_id, seller=by.shop.seller_id).delete()
        audit.record(audit.Kind.KEY, by, what=_about(grant.app), after={"authorised": False})


def exchange(key: str, secret: str, code: str, now: datetime | None = None) -> Pair:
    """Exchange a code, once, for tokens; raise Fault."""
    app, now = _proved(key, secret), now or timezone.now()
    with write():
        found = AuthCode.objects.select_for_update().filter(app=app, hash=signing.hashed(code)).first()
        if found is None or found.expires_at <= now:
            raise faults.bad("Invalid auth_code: unknown, used or expired")
        found.delete()
        return _tokens(app, found.seller, now)


def refresh(key: str, secret: str, token: str, now: datetime | None = None) -> Pair:
    """Exchange a refresh token, once, for new tokens; the access token before lives on until its time; raise Fault."""
    app, now = _proved(key, secret), now or timezone.now()
    with write():
        found = Token.objects.select_for_update().filter(app=app, refresh=signing.hashed(token)).first()
        if found is None or found.refresh_until <= now:
            raise faults.bad("Invalid refresh_token: unknown, used or expired")
        found.refresh = None
        found.save(update_fields=["refresh"])
        return _tokens(app, found.seller, now)


def sweep(now: datetime) -> int:
    """Forget codes and tokens that have run out, at most 1,000 of each."""
    gone = 0
    for kind, old in (
        (AuthCode, AuthCode.objects.filter(expires_at__lt=now)),
        (Token, Token.objects.filter(refresh_until__lt=now)),
    ):
        ids = list(old.values_list("pk", flat=True)[:SWEPT])
        if ids:
            with write():
                gone += kind.objects.filter(pk__in=ids).delete()[0]
    return gone


def _proved(key: str, secret: str) -> App:
    app = App.objects.filter(key=key[:32], is_active=True).first()
    if app is None or not signing.same(secret, app.secret):
        raise faults.bad("Invalid app_key or app_secret")
    return app


def _code(app: App, seller: Seller) -> str:
    code = secrets.token_urlsafe(24)
    expires_at = timezone.now() + CODE_LIFE
    AuthCode.objects.create(app=app, seller=seller, hash=signing.hashed(code), expires_at=expires_at)
    return code


def _tokens(app: App, seller: Seller, now: datetime) -> Pair:
    access, again = f"acc_{secrets.token_urlsafe(32)}", f"ref_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        app=app,
        seller=seller,
        access=signing.hashed(access),
        access_until=now + ACCESS_LIFE,
        refresh=signing.hashed(again),
        refresh_until=now + REFRESH_LIFE,
    )
    return Pair(token, access, again)


def _sealed(secret: str) -> str:
    return sealing.seal(secret, settings.SECRET_KEY, PURPOSE)


def _about(app: App) -> str:
    return f"{app.name} ({app.key})"
