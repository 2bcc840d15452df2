"""Pages of sign-in and shop choice."""

from django.http import HttpRequest, HttpResponse


def locked_out(request: HttpRequest, credentials: dict[str, str]) -> HttpResponse:
    """Answer a throttled sign-in."""
    return HttpResponse(status=429)
