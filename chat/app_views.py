"""What makes the console an app (C15): its manifest, its service workers, the page for when one is offline."""

import json

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shops.models import Member

SHELL = ("css/tokens.css", "css/base.css", "css/pages.css", "js/theme.js", "js/offline.js", "img/mark.svg")


@require_safe
@never_cache
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how the installed console is called and looks."""
    icons = [
        {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any maskable"},
        {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        {"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
    ]
    about = {"name": _("Customer service"), "short_name": _("Service desk"), "id": "/desk/", "start_url": "/desk/"}
    looks = {"scope": "/", "display": "standalone", "background_color": "#f2f4f7", "theme_color": "#2756c5"}
    return JsonResponse({**about, **looks, "icons": icons}, content_type="application/manifest+json")


@require_safe
@never_cache
def desk_worker(request: HttpRequest) -> HttpResponse:
    """Return the console's service worker; other files to keep make it another worker, which browsers then take."""
    return _worker([reverse("desk-offline"), reverse("jsi18n"), *map(static, SHELL)])


@require_safe
@never_cache
def buyer_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker of the buyer's page: pushes only."""
    return _worker([])


def _worker(shell: list[str]) -> HttpResponse:
    source = (settings.BASE_DIR / "static/js/sw.js").read_text()
    source = source.replace("/static/img/icon-192.png", static("img/icon-192.png"))
    return HttpResponse(f"const SHELL = {json.dumps(shell)};\n{source}", content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Return the page that stands in for the console without a connection; it holds nobody's data."""
    return render(request, "chat/offline.html")


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Open the installed app: the only shop's console, else the choice of shops."""
    shops = Member.objects.agents().filter(user=request.user.pk).values_list("shop_id", flat=True)[:2]
    return redirect("desk", shops[0]) if len(shops) == 1 else redirect("home")
