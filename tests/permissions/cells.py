"""The cells of the table: who asks for what, whose it is, and what must come of it."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver

from shops import presets
from shops.permissions import ADDRESSES, OTHERS, TABLE, Row
from tests.permissions.world import MISSING, Person, Things, World

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STORE = "api/v1/storefront/"
PROGRAMS = ("customer_service/", "authorization/", "event/", "open/")
# Words in an address that are no ids: something that is there.
WORDS = {
    "scope": "agent",
    "kind": "csv",
    "form": "csv",
    "template": "shop_traffic",
    "uidb64": "x",
    "token": "x",
    "name": "x.png",
    "version": "202309",
}
OF_ADDRESS = {"shops/<int:shop_id>/analytics/exports/<str:kind>.<str:form>": {"kind": "agents"},
              "demo/<int:shop_id>/ask/<str:kind>/<int:ref>/": {"kind": "product", "ref": "1"}}  # fmt: skip

# Where the shop of the cells differs from what the row says of all shops, by the platform that it is on.
OWN_REPLIES = {"super admin without IM": "404"}  # one's own sentences, of whom has none
OTHERWISE: dict[str, dict[str, dict[str, str]]] = {
    "": {
        "GET shops/<int:shop_id>/settings/quick-replies/<str:scope>.<str:kind>": OWN_REPLIES,
        "GET api/v1/shops/<int:shop_id>/quick-replies/file": OWN_REPLIES,
        "POST api/v1/shops/<int:shop_id>/quick-replies/file": {"super admin without IM": "403"},
        "POST api/v1/shops/<int:shop_id>/quick-replies": {"super admin without IM": "403"},
        "PATCH api/v1/shops/<int:shop_id>/quick-replies/<int:reply_id>": OWN_REPLIES,
        "DELETE api/v1/shops/<int:shop_id>/quick-replies/<int:reply_id>": OWN_REPLIES,
        "GET oauth/authorize/": {"everybody": "400"},  # a link of no app
        "POST oauth/authorize/": {"everybody": "400"},
        "POST api/v1/auth/devices/end": {"everybody": "404"},  # it names nothing of whoever asks
    },
    "douyin": {"PATCH api/v1/shops/<int:shop_id>/profile": {"everybody": "403"}},  # P7: not one's own to set
}


class Cell(NamedTuple):
    """One call and what must come of it: `in` (done, or a refusal of the business), or a status."""

    method: str
    address: str
    relation: str
    person: Person
    things: Things
    ids: dict[str, int]
    verdict: str

    @property
    def path(self) -> str:
        return filled(self.address, self.ids)

    def __str__(self) -> str:
        return f"{self.method} {self.address} as {self.person.name}, {self.relation}: {self.verdict} wanted"


def decided_by_platforms(world: World, other: str) -> Iterator[Cell]:
    """Return the cells of which a shop on the other platform says something else."""
    for cell in cells(world):
        row = ADDRESSES[cell.address].get(cell.method)
        if cell.verdict != wanted(other, cell.method, cell.address, row, cell.person, cell.relation):
            yield cell


def filled(address: str, ids: dict[str, int]) -> str:
    """Return the address with these ids, and with words that are there."""
    words = {**WORDS, **OF_ADDRESS.get(address, {})}
    path = re.sub(r"<int:(\w+)>", lambda found: str(ids.get(found[1], words.get(found[1]))), address)
    return "/" + re.sub(r"<str:(\w+)>", lambda found: words[found[1]], path).strip("^")


def cells(world: World) -> Iterator[Cell]:
    """Return every cell, each address after the other."""
    for address, methods in ADDRESSES.items():
        for method in METHODS:
            row = methods.get(method)
            for person in askers(world, methods, row):
                for relation, ids in relations(world, address, person) if row else [("own", world.of(person).ids)]:
                    things = world.colleagues if relation == "colleague's" else world.of(person)
                    found = wanted(world.shop.preset, method, address, row, person, relation)
                    yield Cell(method, address, relation, person, things, ids, found)


def askers(world: World, methods: dict[str | None, Row], row: Row | None) -> list[Person]:
    """Return who asks: everybody, unless the answer is the same for all."""
    shared = {one.needs[0] for one in methods.values()} <= {"anybody", "demo"}
    if shared:
        return [one for one in world.people if row and one.name in ("anonymous", "agent", "buyer")]
    return world.people if row else [one for one in world.people if one.name in ("owner", "anonymous")]


def relations(world: World, address: str, person: Person) -> list[tuple[str, dict[str, int]]]:
    """Return whose things the address may name, with their ids."""
    own, names = world.of(person).ids, set(re.findall(r"<int:(\w+)>", address)) - {"shop_id", "ref", "version"}
    found = [("own", own)]
    if address.startswith(("demo/", "c/", "w/", "widget/")):
        return found
    if not (
        person.signed_in
        or person.bearer
        or (person.program and address.startswith(PROGRAMS))
        or (person.key and address.startswith(STORE))
    ):  # told before anything is looked for
        return [*found, ("missing", dict.fromkeys(own, MISSING))] if "<int:" in address else found
    if "answer_id" in names:
        found.append(("another buyer's", world.colleagues.ids))
    elif names:
        found.append(("colleague's", world.colleagues.ids))
    if "session_id" in names:
        found.append(("waiting", {**own, "session_id": world.of(person).queued.pk}))
    if names and not address.startswith("platform/"):
        found.append(("another shop's", {**own, **{name: world.foreign.ids[name] for name in names}}))
    if names:
        found.append(("missing", {**own, **dict.fromkeys(names, MISSING)}))
    if "<int:shop_id>" in address and not address.startswith("platform/"):
        found.append(("in another shop", world.foreign.ids))
        found.append(("in no shop", {**own, "shop_id": MISSING}))
    if person.role or person.bearer or person.program or person.key or address.startswith("platform/"):
        return found
    return [one for one in found if one[0] in ("own", "in another shop")]  # they stand before the shop's door already


def wanted(preset: str, method: str, address: str, row: Row | None, person: Person, relation: str) -> str:
    """Return what must come of a call: what the table says, but for what this shop has not got."""
    found, call = verdict(preset, address, row, person, relation), f"{method} {address}"
    others = OTHERWISE[""].get(call) or OTHERWISE.get(preset, {}).get(call, {})
    return others.get(person.name, others.get("everybody", found)) if found in ("in", "home") else found


def verdict(preset: str, address: str, row: Row | None, person: Person, relation: str) -> str:
    """Return what the table says of a call."""
    api = address.startswith("api/")
    signed_in = person.signed_in and (api or not person.token)
    who = row.needs[0] if row else ""
    if who in ("anybody", "demo"):
        return "open"
    if who in ("app", "storefront"):
        return _of_a_machine(who, person, relation)
    if who == "buyer":
        return ("in" if relation == "own" else "404") if person.bearer else "401"
    if who in OTHERS or "<int:shop_id>" not in address or address.startswith("platform/"):
        return _outside(who, person, relation, api, signed_in)
    if not signed_in:
        return "401" if api else ("login" if row else "login or 405")
    if relation in ("in another shop", "in no shop") and person.role:
        return "404"
    if not person.role:
        home = person.name == "owner of another shop" and relation == "in another shop"
        return "home" if home else "404" if row else "404 or 405"
    if row is None:
        return "405"
    if not all(may(preset, person, need) for need in row.needs):
        return "403"
    return _whose(preset, address, row, person, relation)


def _of_a_machine(who: str, person: Person, relation: str) -> str:
    """Return what becomes of a program's call, or a storefront's."""
    if not (person.program if who == "app" else person.key):
        return "400" if who == "app" else "401"
    return "404" if relation in ("another shop's", "missing", "waiting") else "in"


def _outside(who: str, person: Person, relation: str, api: bool, signed_in: bool) -> str:
    """Return what becomes of a call that belongs to no shop."""
    if not who:
        return "any"  # Django's own views answer each method as they like
    if not signed_in:
        return "401" if api else "login"
    if who == "platform":
        return "in" if person.reviewer and relation != "missing" else "404"
    return "in"


def _whose(preset: str, address: str, row: Row, person: Person, relation: str) -> str:
    names = set(re.findall(r"<int:(\w+)>", address)) - {"shop_id"}
    kinds = {TABLE["things"][name] for name in names}
    if relation in ("another shop's", "missing") or (row.whose == "said" and relation != "own"):
        return "404"
    if relation != "colleague's" or kinds <= {"any"}:
        return "in"
    if row.whose == "any":
        return "409"
    sees = "seen" in kinds and may(preset, person, "see all sessions")
    return ("409" if row.whose == "own" else "in") if sees else "404"


def may(preset: str, person: Person, action: str) -> bool:
    """Read the table as people do: any line, all its words."""
    policy, groups = presets.policy(preset), TABLE["groups"]

    def holds(word: str) -> bool:
        if word in ("member", "im"):
            return bool(person.role) and (word == "member" or person.im)
        if word.startswith("@"):
            said: Any = getattr(policy, word[1:])
            return person.role in said if isinstance(said, tuple) else bool(said)
        return person.role in groups.get(word, word).split()

    return any(all(map(holds, line.split())) for line in TABLE["actions"][action])


def routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    """Return every address of the product with its view."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback
