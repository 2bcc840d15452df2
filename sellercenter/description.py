"""The descriptions (OpenAPI 3) of the API and of the open platform's: the same for whoever asks, so made but once."""

import hashlib
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, NamedTuple

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from openplatform import openapi

Document = Callable[[], dict[str, Any]]
_one_at_a_time = threading.Lock()


class Made(NamedTuple):
    """The description in one form, with the tag by which browsers and programs know that they have it."""

    content: bytes
    tag: str


def of_api() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


class Description(SpectacularAPIView):
    """YAML or JSON, as asked for; 304 to who has it already."""

    document: ClassVar[Any] = staticmethod(of_api)  # without arguments

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        form: Any = request.accepted_renderer
        made = in_form(type(form), self.document)
        headers = {
            "ETag": made.tag,
            "Cache-Control": "no-cache",
            "Content-Disposition": f'inline; filename="openapi.{form.format}"',
        }
        answer = HttpResponse(made.content, content_type=f"{form.media_type}; charset=utf-8", headers=headers)
        found = get_conditional_response(request._request, etag=made.tag, response=answer)
        return found if isinstance(found, HttpResponse) else answer


class OfPrograms(Description):
    """The same of what programs call (docs/openplatform.md)."""

    document = staticmethod(openapi.document)


def in_form(renderer: Any, document: Document = of_api) -> Made:
    """Return a description as this renderer writes it; who comes while it is made, which takes seconds, waits."""
    with _one_at_a_time:
        return _made(renderer, document)


@cache
def _made(renderer: Any, document: Document) -> Made:
    content: bytes = renderer().render(document(), renderer_context={})
    return Made(content, f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"')
