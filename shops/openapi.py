"""How callers prove who they are, for the OpenAPI schema."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class Cookie(OpenApiAuthenticationExtension):
    target_class = "chat.api.CookieAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "Writes also need X-CSRFToken."}


class BuyerToken(OpenApiAuthenticationExtension):
    target_class = "shops.rest.BuyerAuthentication"
    name = "buyerToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "From POST /api/v1/buyer/entry."}
