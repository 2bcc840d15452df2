"""A shop with a webhook, and a place on loopback that hears it."""

from collections.abc import Iterator
from typing import Any

import pytest

from shops.models import Member
from tests import base
from tests.hook_listener import Listener
from tests.http_server import serving
from webhooks import actions
from webhooks.models import Endpoint, Kind


@pytest.fixture(scope="module")
def place() -> Iterator[Listener]:
    found = Listener()
    with serving(found.handler()) as found.host:
        yield found


@pytest.fixture
def listener(place: Listener, settings: Any) -> Listener:
    """The place, with nothing heard yet; it may be told though it is on loopback."""
    settings.OUTBOUND_ALLOW = [place.host]
    place.heard.clear()
    place.headers.clear()
    place.status, place.answer = 200, b""
    return place


@pytest.fixture
def owner(db: None) -> Member:
    return base.agent(base.shop(), "Owner", role="owner", capacity=50)


@pytest.fixture
def issued(owner: Member, listener: Listener) -> actions.Issued:
    return actions.add(owner, "Warehouse", listener.address, Kind.values, base="https://chat.example")


@pytest.fixture
def hook(issued: actions.Issued) -> Endpoint:
    return issued.endpoint
