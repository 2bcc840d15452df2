"""Who outside hears of what happened in a conversation: called in the transaction that writes it, to promise only.

Only shops that somebody follows are told of, so that nobody else pays for it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from chat.models import ServiceSession
from shops.models import Shop

DECIDED = "report.decided"


class Happened(NamedTuple):
    """One number of a conversation's log, just written; or what that log does not tell, such as a decided report."""

    session: ServiceSession
    kind: str  # Event.Kind, or DECIDED
    seq: int  # 0: no number of the log
    data: dict[str, Any] | None = None  # of what is not in the log


class Follower(NamedTuple):
    """A room that sends what happens to others: it promises, and says whether anybody asked for it."""

    promise: Callable[[Sequence[Happened]], None]
    is_asked: Callable[[int], bool]  # for a shop


_followers: list[Follower] = []


def register(promise: Callable[[Sequence[Happened]], None], is_asked: Callable[[int], bool]) -> None:
    """Let a room that this one may not look into promise what it sends; called from AppConfig.ready()."""
    _followers.append(Follower(promise, is_asked))


def follow(shop_id: int) -> None:
    """From the next change on, tell of this shop. In the transaction of who asked for it, after it is written."""
    # Also where it is set already: the row's lock makes a `settle` at the same time look again, or comes after it.
    Shop.objects.filter(pk=shop_id).update(is_followed=True)


def settle(shop_id: int) -> None:
    """Tell of this shop no more if nobody asks any longer; in the transaction that took somebody's wish back."""
    Shop.objects.select_for_update(no_key=True).filter(pk=shop_id).exists()
    if not any(one.is_asked(shop_id) for one in _followers):
        Shop.objects.filter(pk=shop_id).update(is_followed=False)


def tell(happened: Sequence[Happened]) -> None:
    """Tell the followers, in the running transaction."""
    followed = [one for one in happened if one.session.shop.is_followed]
    for follower in _followers if followed else ():
        follower.promise(followed)
