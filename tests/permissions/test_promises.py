"""What is promised to each of a shop's people, in so many words (SPEC A1-A7).

Written by hand and without a look at shops/permissions.toml: the other tests here ask whether the doors do what that
table says, these whether the table says what was promised.
"""

import http.cookies
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from tests.chat import lines
from tests.permissions.bodies import BODIES
from tests.permissions.world import Person, World

# Who asks, in the order of the columns: four who serve buyers, two of the shop without IM permission, four of no shop.
PEOPLE = (
    "owner", "super_admin", "service_lead", "agent", "super admin without IM", "staff",
    "disabled member", "owner of another shop", "reviewer", "anonymous",
)  # fmt: skip
# "+" lets in, "-" forbids (403), "0" is not there (404), "?" asks to sign in first (401, or the way to the login page).
EVERY_MEMBER, IM = "++++ ++ 000 ?", "++++ -- 000 ?"
LEADS, MANAGERS, OWNER = "+++- +- 000 ?", "++-- +- 000 ?", "+--- -- 000 ?"
SEES_ALL = "+++0 -- 000 ?"  # with IM permission; to an agent the session of a colleague is not there
PLATFORM = "0000 00 00+ ?"
HERE, API = "shops/<int:shop_id>/", "api/v1/shops/<int:shop_id>/"
ONE = f"{API}sessions/<int:session_id>"

# On both platforms. "mine", "Wu's": whose the session or buyer is; a shop's other things are nobody's in particular.
EVERYWHERE = (
    # A1: the chat tool and sessions are for IM permission, sub-accounts are the owner's and the super admin's
    ("GET desk/<int:shop_id>/", "mine", IM),
    (f"GET {API}sessions", "mine", IM),
    (f"PATCH {API}presence", "mine", IM),  # A3: everybody the own capacity
    (f"POST {ONE}/notes", "mine", IM),
    (f"POST {ONE}/transfer", "mine", IM),
    (f"POST {ONE}/take", "waiting", IM),
    (f"GET {HERE}accounts/", "mine", MANAGERS),
    (f"POST {HERE}accounts/new/", "mine", MANAGERS),
    (f"POST {API}accounts", "mine", MANAGERS),
    (f"GET {API}accounts/<int:account_id>", "mine", MANAGERS),
    (f"PATCH {API}accounts/<int:account_id>", "mine", MANAGERS),
    # C26: who leads sees all sessions of the shop; an agent finds no colleague's
    (f"GET {ONE}", "Wu's", SEES_ALL),
    (f"GET {ONE}/messages", "Wu's", SEES_ALL),
    (f"GET {HERE}sessions/<int:session_id>/transcript/", "Wu's", SEES_ALL),
    (f"GET {API}buyers/<int:buyer_id>/orders", "Wu's", SEES_ALL),
    (f"GET {API}duty", "mine", "+++- -- 000 ?"),  # C22
    (f"GET {HERE}history/", "mine", "++++ +- 000 ?"),  # C8
    (f"GET {API}history", "mine", "++++ +- 000 ?"),
    (f"GET {API}storefront-jobs", "mine", MANAGERS),
    # A2: figures, and what leaves the shop with them
    (f"GET {HERE}analytics/", "mine", MANAGERS),
    (f"GET {API}analytics/overview", "mine", MANAGERS),
    (f"POST {HERE}analytics/exports/", "mine", MANAGERS),
    (f"GET {HERE}analytics/exports/<int:export_id>/", "mine", MANAGERS),
    (f"GET {HERE}analytics/mine/", "mine", IM),
    (f"GET {API}analytics/reception", "mine", IM),
    # who answers for the shop: its buyers' data, its audit log, the programs it lets in
    (f"GET {HERE}audit/audit.csv", "mine", MANAGERS),
    (f"POST {API}data-requests", "mine", MANAGERS),
    (f"GET {HERE}buyers/data/", "mine", MANAGERS),
    (f"PATCH {API}retention", "mine", MANAGERS),
    (f"GET {HERE}settings/apps/", "mine", MANAGERS),
    (f"GET {HERE}settings/webhooks/", "mine", MANAGERS),
    (f"POST {API}webhooks", "mine", MANAGERS),
    (f"GET {API}webhooks/<int:endpoint_id>/deliveries/<int:delivery_id>", "mine", MANAGERS),
    # A5: everybody has a face; A7: the platform's people judge it, and what agents report, and keep the rules
    (f"GET {HERE}settings/", "mine", EVERY_MEMBER),
    (f"GET {HERE}settings/rules/", "mine", EVERY_MEMBER),
    ("GET platform/avatars/", "mine", PLATFORM),
    ("POST platform/avatars/", "mine", PLATFORM),
    ("POST platform/reports/<int:report_id>/", "mine", PLATFORM),
    ("GET platform/shops/<int:shop_id>/rules/", "mine", PLATFORM),
    ("POST platform/shops/<int:shop_id>/rules/", "mine", PLATFORM),
)
# A3, A4: here the owner alone sets the desk and sees the team, and whoever serves buyers writes the bot's questions.
TEAM_AND_DESK = (
    f"GET {HERE}team/", f"GET {API}team", f"GET {HERE}team/settings/", f"GET {API}team/settings",
    f"POST {HERE}settings/conversations/", f"PATCH {API}settings",
)  # fmt: skip
BOT = (f"GET {HERE}bot/settings/", f"POST {HERE}bot/switch/", f"POST {API}faq/questions")
OF_PLATFORM = {
    "douyin": [*((call, OWNER) for call in TEAM_AND_DESK), *((call, IM) for call in BOT)],
    "tiktok_shop": [(call, LEADS) for call in (*TEAM_AND_DESK, *BOT)],
}
SHOP_WIDE = {"scope": "shop", "title": "A", "text": "B"}  # C17


@pytest.mark.django_db
@pytest.mark.rule("A1", "A2", "A3", "A4", "A5", "A7", "C17")
def test_everybody_may_do_what_was_promised_and_nothing_else() -> None:
    world = World()
    wrong = list(_wrong(world, list(EVERYWHERE)))
    for preset, rows in OF_PLATFORM.items():
        world.shop.preset = preset
        world.shop.save(update_fields=["preset"])
        wrong += [f"{preset}: {one}" for one in _wrong(world, [(call, "mine", promise) for call, promise in rows])]
    wrong += _wrong(world, [(f"POST {API}quick-replies", "mine", LEADS)], SHOP_WIDE)
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.rule("A6")
def test_nobody_finds_anything_in_the_shop_of_others() -> None:
    world, wrong = World(), []
    for call, _whose, promise in EVERYWHERE:
        if promise != PLATFORM:
            for person in _columns(world)[:6]:
                answer = _came(world, person, call, world.foreign.ids)
                wrong += [] if answer == "0" else [f"{call} in another shop as {person.name}: {answer}"]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("A1", "A4")
def test_sockets_open_and_take_frames_as_promised() -> None:
    world = World()
    came: dict[str, Any] = {}
    for person in _columns(world)[:9]:
        lines.run(partial(_talk, world, person, came))
    promised = {
        "agent": "++++-----", "team": "+--------",
        "watch": {"owner": "+", "super_admin": "+", "service_lead": "+", "agent": "not_found"},
        "typing": {"owner": "not_assignee", "super_admin": "not_assignee", "service_lead": "not_assignee",
                   "agent": "not_found"},
        "message.send": {"owner": "not_assignee", "super_admin": "not_assignee", "service_lead": "not_assignee",
                         "agent": "not_found"},
    }  # fmt: skip
    assert came == promised


async def _talk(world: World, person: Person, came: dict[str, Any]) -> None:
    """Open both sockets of the shop and name a colleague's session in frames."""
    heads = [("host", lines.HOST), ("origin", f"http://{lines.HOST}")]
    heads.append(("cookie", f"sessionid={person.client.cookies['sessionid'].value}"))
    for name in ("agent", "team"):
        line = lines.Line(f"/ws/{name}/{world.shop.pk}/", *heads)
        opened = await line.open()
        came[name] = came.get(name, "") + ("+" if opened else "-")
        if not opened:
            continue
        await line.say("resume")
        await line.hear("resumed")
        frames = {"watch": {}, "typing": {"on": True}, "message.send": lines.base.body()} if name == "agent" else {}
        for frame, fields in frames.items():
            answer = await line.ask(frame, session=world.colleagues.session.pk, **fields)
            came.setdefault(frame, {})[person.name] = answer.get("code", "+")
        await line.leave()


def _columns(world: World) -> list[Person]:
    return [next(one for one in world.people if one.name == name) for name in PEOPLE]


def _wrong(world: World, calls: list[tuple[str, str, str]], body: dict[str, Any] | None = None) -> Iterator[str]:
    for call, whose, promise in calls:
        for person, wanted in zip(_columns(world), promise.replace(" ", ""), strict=True):
            ids = world.colleagues.ids if whose == "Wu's" else world.of(person).ids
            if whose == "waiting":
                ids = {**ids, "session_id": world.of(person).queued.pk}
            came = _came(world, person, call, ids, body)
            if came != wanted:
                yield f"{call} ({whose}) as {person.name}: {came!r} came, {wanted!r} was promised"


def _came(world: World, person: Person, call: str, ids: dict[str, int], body: dict[str, Any] | None = None) -> str:
    """Make a call, take back what it did, and return its letter."""
    method, address = call.split(" ")
    path = "/" + address
    for name, value in ids.items():
        path = path.replace(f"<int:{name}>", str(value))
    if body is None and method != "GET":
        body = BODIES.get(call, lambda world, things: {})(world, world.of(person))
    as_json = {"content_type": "application/json"} if address.startswith("api/") and method != "GET" else {}
    saved = {name: one.value for name, one in person.client.cookies.items()}
    with transaction.atomic():
        answer: Any = getattr(person.client, method.lower())(path, body, **as_json)
        transaction.set_rollback(True)
    person.client.cookies = http.cookies.SimpleCookie(saved)
    if answer.status_code == 302 and answer.headers["Location"].startswith("/login/"):
        return "?"
    letters = {401: "?", 403: "-", 404: "0"}
    return "+" if answer.status_code < 400 else letters.get(answer.status_code, str(answer.status_code))
