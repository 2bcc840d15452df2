"""Operations of the API that are to go, and how their callers hear of it (docs/api.md, "Versions")."""

import re
from asyncio import iscoroutinefunction
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware
from django.utils.http import http_date
from django.utils.translation import gettext as _

KEPT = timedelta(days=365)  # from the notice to the end


@dataclass(frozen=True)
class Going:
    """Since when an operation is deprecated, and the address that tells what takes its place."""

    since: datetime
    instead: str

    @property
    def sunset(self) -> datetime:
        return self.since + KEPT

    @property
    def headers(self) -> dict[str, str]:
        """Return what an answer carries: RFC 9745, RFC 8594."""
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": http_date(self.sunset.timestamp()),
            "Link": f'<{self.instead}>; rel="deprecation"; type="text/html"',
        }


# "METHOD address", the address as in shops/permissions.toml. A row stays after its sunset: it is what answers 410.
# Going(datetime(2027, 1, 15, tzinfo=UTC), "/api/v1/docs/#/api/session_mark") would be one.
GOING: dict[str, Going] = {}


@sync_and_async_middleware
def tell(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: say in every answer of an operation that is to go when it does; after that there is no other."""

    async def later(request: HttpRequest) -> Any:
        going = _of(request)
        return _told(going, _gone(going) or await get_response(request))

    def now(request: HttpRequest) -> Any:
        going = _of(request)
        return _told(going, _gone(going) or get_response(request))

    return later if iscoroutinefunction(get_response) else now


def described() -> dict[tuple[str, str], Going]:
    """Return the table by method and address as the schema writes them."""
    found = {}
    for key, going in GOING.items():
        method, address = key.split(" ")
        found[method.lower(), "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address)] = going
    return found


def _of(request: HttpRequest) -> Going | None:
    if not GOING or request.method is None:
        return None
    try:
        return GOING.get(f"{request.method} {resolve(request.path_info).route}")
    except Resolver404:
        return None


def _gone(going: Going | None) -> HttpResponseBase | None:
    if going is None or timezone.now() < going.sunset:
        return None
    return JsonResponse(
        {"code": "gone", "detail": _("This operation has ended; its Link says what to use.")}, status=410
    )


def _told(going: Going | None, answer: Any) -> Any:
    for name, value in going.headers.items() if going else ():
        answer[name] = value
    return answer
