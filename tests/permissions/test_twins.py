"""What somebody does on a page, an app does by REST (H1): a page with a form names its operations."""

from itertools import product

import pytest

from shops import presets
from shops.models import Member
from shops.permissions import ADDRESSES, TABLE, Row
from tests.permissions.cells import may
from tests.permissions.world import Person

TWINS: dict[str, list[str]] = TABLE["twins"]
SHOWN: dict[str, list[str]] = TABLE["shown"]
BROWSER_ONLY: dict[str, str] = TABLE["browser_only"]
HERE = "api/v1/shops/<int:shop_id>/"
# The parts of a page that are for who serves buyers.
STRICTER = {f"{method} {HERE}{part}" for method in ("GET", "PATCH") for part in ("presence", "notifications")}
MACHINES = ("app", "storefront", "buyer")
PAGES = [
    address
    for address, methods in ADDRESSES.items()
    if "POST" in methods and not address.startswith(("api/", "^")) and methods["POST"].needs[0] not in MACHINES
]


@pytest.mark.rule("H1")
def test_every_page_that_takes_a_form_has_its_operations_or_a_reason() -> None:
    without = [one for one in PAGES if one not in TWINS and not any(one.startswith(start) for start in BROWSER_ONLY)]
    assert without == ["open/upload/<str:token>"], "name what an app calls, in shops/permissions.toml"
    assert [one for one in TWINS if one not in PAGES] == []
    assert [one for one in BROWSER_ONLY if not any(page.startswith(one) for page in PAGES)] == []


@pytest.mark.rule("H1")
def test_every_page_of_a_shop_has_the_operations_that_tell_what_it_shows() -> None:
    pages = [
        address for address, methods in ADDRESSES.items() if "GET" in methods and address.startswith("shops/<int:shop_")
    ]
    assert [one for one in pages if one not in SHOWN] == [], "name what an app calls, in shops/permissions.toml"
    assert [one for one in SHOWN if one not in pages] == []
    assert [one for one, calls in SHOWN.items() if not calls and one not in TWINS] == []


@pytest.mark.rule("H1")
@pytest.mark.parametrize(("does", "table"), [("POST", TWINS), ("GET", SHOWN)])
def test_an_operation_is_for_whoever_the_page_is_for(does: str, table: dict[str, list[str]]) -> None:
    wrong = []
    for page, calls in table.items():
        assert calls or does == "GET", page
        for call in calls:
            method, _space, address = call.partition(" ")
            found = ADDRESSES.get(address, {}).get(method)
            assert found, f"{page}: there is no {call}"
            if not address.startswith("api/v1/shops/") or call in STRICTER:
                continue
            theirs, mine = who_may(found), who_may(ADDRESSES[page][does])
            if not mine <= theirs or (does == "POST" and mine != theirs):  # to read, another page may let more in
                wrong.append(f"{page} is for {mine}, {call} for {theirs}")
    assert wrong == []


def who_may(row: Row) -> set[tuple[str, str, bool]]:
    """Return on which platform which role, with IM permission or without, may make a call."""
    everybody = product(presets.PRESETS, Member.Role.values, (True, False))
    return {
        (preset, role, im)
        for preset, role, im in everybody
        if all(may(preset, Person("somebody", role, im=im), need) for need in row.needs)
    }
