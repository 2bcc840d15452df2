"""A webhook with a dead letter, for tests that need something of every kind."""

import uuid

from django.conf import settings
from django.utils import timezone

from chat.models import Outbox
from lib import sealing
from shops.models import Shop
from webhooks.models import PURPOSE, Endpoint
from webhooks.promising import KIND

FORM = {"name": "Depot", "url": "https://hooks.example/told", "kinds": ["session.rated"]}


def with_a_dead_letter(of: Shop, *, is_on: bool = False) -> tuple[Endpoint, Outbox]:
    """Return a webhook whose address is refused before anything is looked up, and what it could not be told."""
    made = Endpoint.objects.create(
        shop=of, name="Warehouse", url="https://127.0.0.1/x", kinds=["report.decided"], is_on=is_on,
        sealed=sealing.seal("x", settings.SECRET_KEY, PURPOSE), base="http://x",
    )  # fmt: skip
    told = {"to": made.pk, "id": str(uuid.uuid4()), "type": "session.opened", "line": 1, "session": 1, "seq": 1}
    row = Outbox.objects.create(
        shop=of, kind=KIND, lane="webhooks", target=made.target, payload=told, dead=True, due_at=timezone.now()
    )
    return made, row
