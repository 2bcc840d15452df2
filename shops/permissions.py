"""Who may do what: shops/permissions.toml, as the doors ask it. What has no row there is nobody's."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from shops.errors import NotAllowed

if TYPE_CHECKING:
    from shops.models import Member

TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
OTHERS = ("anybody", "signed in", "platform", "buyer", "app", "storefront", "demo")  # who is no member of a shop
WHOSE = ("", "own", "any", "said")
_METHOD: dict[str | None, str] = {"HEAD": "GET"}
Condition = Callable[["Member"], bool]


class Row(NamedTuple):
    """One method of one address: the actions that it needs, all of them, and whose session it may change."""

    needs: tuple[str, ...]
    whose: str = ""


def may(member: "Member", action: str) -> bool:
    """Whether the member may do this in its shop."""
    return any(all(holds(member) for holds in line) for line in _ACTIONS[action])


def require(member: "Member", action: str) -> None:
    """Raise NotAllowed unless the member may do this."""
    if not may(member, action):
        raise NotAllowed(_refusal(member, action))


def enter(member: "Member", request: HttpRequest) -> None:
    """Raise NotAllowed unless the member may make this call; one without a row lets nobody in."""
    found = methods(request).get(_METHOD.get(request.method, request.method))
    if found is None:
        raise NotAllowed(_("Your role may not do this."))
    for action in found.needs:
        require(member, action)


def enter_frame(who: "Member | None", name: str) -> None:
    """Raise NotAllowed unless the row of a frame lets in a member, or (None) a buyer's page; without a row, nobody."""
    found = FRAMES.get(name)
    if found is None:
        raise NotAllowed(_("Your role may not do this."))
    for need in found.needs:
        if need != "anybody" and not _fits(who, need):
            raise NotAllowed(_("Your role may not do this."))


def hears(who: "Member | None", topic: str) -> bool:
    """Whether a member, or (None) a buyer's page, may hear topics of this letter: any need of its row will do."""
    found = TOPICS.get(topic[:1])
    return found is not None and any(_fits(who, need) for need in found.needs)


def _fits(who: "Member | None", need: str) -> bool:
    """Whether a buyer's page meets the need of buyers, and a member the need of an action."""
    return need == "buyer" if who is None else need in _ACTIONS and may(who, need)


def knows(request: HttpRequest) -> bool:
    """Whether the address of a call knows its method."""
    return _METHOD.get(request.method, request.method) in methods(request)


def methods(request: HttpRequest) -> Mapping[str | None, Row]:
    """Return the methods that the address of a call knows, each with its row."""
    return ADDRESSES.get(request.resolver_match.route, {}) if request.resolver_match else {}


def _refusal(member: "Member", action: str) -> str:
    asks_im = any(_im in line for line in _ACTIONS[action])
    return _("This account has no IM permission.") if asks_im and not _im(member) else _("Your role may not do this.")


def _member(member: "Member") -> bool:
    return True


def _im(member: "Member") -> bool:
    return member.is_agent


def _of_role(roles: frozenset[str], member: "Member") -> bool:
    return member.role in roles


def _by_platform(name: str, member: "Member") -> bool:
    said = getattr(member.shop.policy, name)
    return member.role in said if isinstance(said, tuple) else bool(said)


def _condition(word: str) -> Condition:
    if word in ("member", "im"):
        return {"member": _member, "im": _im}[word]
    if word.startswith("@"):
        return partial(_by_platform, word[1:])
    return partial(_of_role, frozenset(TABLE["groups"].get(word, word).split()))


def _row(text: str) -> Row:
    needs, _semicolon, whose = text.partition(";")
    found = Row(tuple(part.strip() for part in needs.split(",")), whose.strip())
    unknown = [need for need in found.needs if need not in TABLE["actions"] and need not in OTHERS]
    if unknown or found.whose not in WHOSE:
        raise ValueError(f"permissions.toml: {text!r} names nothing known")
    return found


def _rows(table: dict[str, str]) -> Iterable[tuple[str, str, Row]]:
    for key, text in table.items():
        *named, address = key.split(" ")
        for method in named:
            yield address, method, _row(text)


_ACTIONS: dict[str, list[list[Condition]]] = {
    action: [[_condition(word) for word in line.split()] for line in lines]
    for action, lines in TABLE["actions"].items()
}
ADDRESSES: dict[str, dict[str | None, Row]] = {}
for _address, _method, _found in _rows(TABLE["addresses"]):
    ADDRESSES.setdefault(_address, {})[_method] = _found
FRAMES = {name: _row(text) for name, text in TABLE["frames"].items()}
TOPICS = {letter: _row(text) for letter, text in TABLE["topics"].items()}
