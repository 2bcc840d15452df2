"""What somebody does on a page, an app does by REST (H1): a page with a form names its operations."""

import pytest

from shops.permissions import ADDRESSES, TABLE

TWINS: dict[str, list[str]] = TABLE["twins"]
BROWSER_ONLY: dict[str, str] = TABLE["browser_only"]
HERE = "api/v1/shops/<int:shop_id>/"
STRICTER = (f"PATCH {HERE}presence", f"PATCH {HERE}notifications")  # the page's forms for who serves buyers
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
def test_an_operation_is_for_whoever_the_page_is_for() -> None:
    wrong = []
    for page, calls in TWINS.items():
        assert calls, page
        for call in calls:
            method, _space, address = call.partition(" ")
            found = ADDRESSES.get(address, {}).get(method)
            assert found, f"{page}: there is no {call}"
            mine = set(ADDRESSES[page]["POST"].needs)
            if address.startswith("api/v1/shops/") and not (mine <= set(found.needs) or call in STRICTER):
                wrong.append(f"{page} is for {mine}, {call} for {found.needs}")
    assert wrong == []
