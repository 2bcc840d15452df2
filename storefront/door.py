"""The door of the storefront API: a key of the shop, and nothing else, says which shop it is."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from shops.models import Shop
from shops.rest import taken
from storefront import keys
from storefront.models import ShopKey

STORE: list[Any] = [{"storefrontKey": []}]


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer sfk_…`; `request.auth` is then the ShopKey and there is no user."""

    def authenticate(self, request: Request) -> tuple[None, ShopKey] | None:
        address = str(request.META.get("REMOTE_ADDR", ""))
        return taken(request, lambda text: (None, keys.read(text, address)))

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class StoreView(APIView):
    """A call of a shop's storefront."""

    authentication_classes = [KeyAuthentication]
    permission_classes = [AllowAny]
    key: ShopKey

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not isinstance(request.auth, ShopKey):
            self.permission_denied(request)
        self.key = request.auth
        keys.paced(self.key)

    @property
    def shop(self) -> Shop:
        return self.key.shop
