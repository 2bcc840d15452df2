"""Addresses of this app. The programs' stand at the root of the server: their clients know no prefix."""

from django.urls import path, re_path

from openplatform import (
    app_api,
    app_pages,
    consent_pages,
    conversation_api,
    hook_api,
    service_api,
    token_api,
    upload_api,
    videos,
)
from openplatform.gate import of_seller, of_shop, unknown, unsigned
from openplatform.models import Scope

_SHOP = "api/v1/shops/<int:shop_id>/"
_HERE = "customer_service/<int:version>"
_LINE = f"{_HERE}/conversations/<int:conversation_id>"
urlpatterns = [
    path("shops/<int:shop_id>/settings/apps/", app_pages.of_shop, name="settings-apps"),
    path("oauth/authorize/", consent_pages.authorize, name="authorize"),
    path("platform/apps/", app_pages.of_platform, name="platform-apps"),
    path(f"{_SHOP}apps", app_api.Apps.as_view()),
    path(f"{_SHOP}apps/<int:grant_id>", app_api.OneApp.as_view()),
    path(f"{_SHOP}apps/<int:grant_id>/again", app_api.Again.as_view()),
    path("api/v2/token/get", unsigned(GET=token_api.get)),
    path("api/v2/token/refresh", unsigned(GET=token_api.refresh)),
    path("authorization/<int:version>/shops", of_seller(Scope.SHOPS, GET=token_api.shops)),
    path(f"{_HERE}/conversations", of_shop(GET=conversation_api.many, POST=conversation_api.create)),
    path(_LINE, of_shop(GET=conversation_api.one)),
    path(f"{_LINE}/messages", of_shop(GET=conversation_api.messages, POST=conversation_api.send)),
    path(f"{_LINE}/messages/read", of_shop(POST=conversation_api.read)),
    path(f"{_LINE}/sessions/<int:session_id>/end", of_shop(POST=service_api.end)),
    path(f"{_HERE}/images/upload", of_shop(POST=upload_api.image)),
    path(f"{_HERE}/agents/settings", of_shop(GET=service_api.settings, PUT=service_api.change)),
    path(f"{_HERE}/performance", of_shop(GET=service_api.performance)),
    path(f"{_HERE}/sessions/search", of_shop(POST=service_api.search)),
    path("open/<int:version>/file/init", of_shop(POST=videos.init)),
    path("open/upload/<str:token>", unsigned(PUT=videos.chunk, POST=videos.chunk)),
    path(
        "event/<int:version>/webhooks",
        of_shop(GET=hook_api.many, PUT=hook_api.put, DELETE=hook_api.delete),
    ),
    re_path(r"^(?:customer_service|authorization|event|open|api/v2/token)/", unknown),
]
