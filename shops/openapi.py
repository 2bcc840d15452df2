"""How callers prove who they are, for the OpenAPI schema."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class Cookie(OpenApiAuthenticationExtension):
    target_class = "chat.api.CookieAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Writes also need X-CSRFToken."}


class AppToken(OpenApiAuthenticationExtension):
    target_class = "shops.rest.AppAuthentication"
    name = "appToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "`access` of POST /api/v1/auth/token."}


class BuyerToken(OpenApiAuthenticationExtension):
    target_class = "shops.rest.BuyerAuthentication"
    name = "buyerToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "From POST /api/v1/buyer/entry."}


class StorefrontKey(OpenApiAuthenticationExtension):
    target_class = "storefront.door.KeyAuthentication"
    name = "storefrontKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key of the shop, from Settings › Keys."}
