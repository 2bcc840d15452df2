from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


class SellerCenterConfig(AppConfig):
    name = "sellercenter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(open_doors, Tags.security, deploy=True)


def open_doors(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of what lets strangers in: the demo's people, whose password everybody knows, and no second factor."""
    found: list[CheckMessage] = []
    if settings.DEMO:
        words = (
            "DEMO is on: its people all have the same known password, and its storefront signs anybody in as a buyer."
        )
        found.append(Warning(words, hint="Set DEMO=0 and begin with an empty database.", id="sellercenter.W001"))
    if not settings.SECOND_FACTOR:
        words = "SECOND_FACTOR is off: owners, super admins and platform staff may sign in by a password alone."
        found.append(Warning(words, hint="Set SECOND_FACTOR=1.", id="sellercenter.W002"))
    return found
