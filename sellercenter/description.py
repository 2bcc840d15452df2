"""The API's description (OpenAPI 3): it is the same for whoever asks, so each process makes it once in each form."""

import hashlib
import threading
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

_one_at_a_time = threading.Lock()


class Made(NamedTuple):
    """The description in one form, with the tag by which browsers and programs know that they have it."""

    content: bytes
    tag: str


class Description(SpectacularAPIView):
    """YAML or JSON, as asked for; 304 to who has it already."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        form: Any = request.accepted_renderer
        made = in_form(type(form))
        headers = {
            "ETag": made.tag,
            "Cache-Control": "no-cache",
            "Content-Disposition": f'inline; filename="openapi.{form.format}"',
        }
        answer = HttpResponse(made.content, content_type=f"{form.media_type}; charset=utf-8", headers=headers)
        found = get_conditional_response(request._request, etag=made.tag, response=answer)
        return found if isinstance(found, HttpResponse) else answer


def in_form(renderer: Any) -> Made:
    """Return the description as this renderer writes it; who comes while it is made, which takes seconds, waits."""
    with _one_at_a_time:
        return _made(renderer)


@cache
def _made(renderer: Any) -> Made:
    content: bytes = renderer().render(SchemaGenerator().get_schema(request=None, public=True), renderer_context={})
    return Made(content, f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"')
