"""What a storefront embeds (D2, docs/widget.md): the loader, how it looks, and the buyer's page in a frame."""

import functools
import json
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chat.views import buyer_page
from shops import access, widget
from shops.errors import NotYours
from shops.models import Shop

FRESH = "public, max-age=300"


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """The script; its address never changes, so it may be kept for minutes only."""
    answer = HttpResponse(_file("static/js/widget.js"), content_type="text/javascript; charset=utf-8")
    return _for_anybody(answer)


@require_safe
def look(request: HttpRequest, shop_id: int) -> HttpResponse:
    """How a shop's launcher looks, as a script: a fetch would need more of the host page's policy."""
    found = widget.of(_shop(shop_id))
    with translation.override(spoken(request) or translation.get_language()):
        values = {
            "anonymous": found.anonymous,
            "position": found.position,
            "css": widget.launcher_colours(found) + _file("static/css/widget.css").decode(),
            "label": found.label,
            "words": {"open": _("Chat with the shop"), "unread": _("unread"), "frame": _("Chat")},
        }
    body = f"SellerChat('settings', {json.dumps(values)});\n"
    return _for_anybody(HttpResponse(body, content_type="text/javascript; charset=utf-8"))


@require_safe
def style(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The shop's colours on the chat page."""
    return _for_anybody(HttpResponse(widget.style(widget.of(_shop(shop_id))), content_type="text/css"))


@require_safe
def frame(request: HttpRequest, shop_id: int) -> HttpResponse:
    """The buyer's page for a frame on the shop's own sites, and on no other's."""
    shop = _shop(shop_id)
    found = widget.of(shop)
    answer = buyer_page(request, shop, found, hosts=[*found.origins, *([_own(request)] if settings.DEMO else [])])
    answer._csp_replace = {"frame-ancestors": widget.ancestors(found)}  # type: ignore[attr-defined]
    answer.xframe_options_exempt = True  # an older word for the same; it knows no list
    return answer


def spoken(request: HttpRequest) -> str:
    """Return the language that the address asks for, if we speak it: a frame gets no cookie that could tell."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def _own(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _shop(shop_id: int) -> Shop:
    try:
        return access.shop(shop_id)
    except NotYours:
        raise Http404 from None


@functools.cache
def _file(path: str) -> bytes:
    return Path(settings.BASE_DIR, path).read_bytes()


def _for_anybody(answer: HttpResponse) -> HttpResponse:
    answer.headers["Cache-Control"] = FRESH
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
