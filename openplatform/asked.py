"""What a call asks: its parameters as they came, decoded once; its body as a JSON object."""

from typing import Any
from urllib.parse import parse_qsl

import orjson
from django.conf import settings
from django.http import HttpRequest

from openplatform import faults

MOST = 4096  # characters of a parameter
LAST_SECOND = 2**33 - 1


class Asked:
    """One call: parameters are decoded as they were signed; clients and documents differ, so this is liberal."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.content_type = request.META.get("CONTENT_TYPE", "")
        try:
            self.pairs = parse_qsl(
                request.META.get("QUERY_STRING", ""),
                keep_blank_values=True,
                errors="surrogateescape",
                max_num_fields=60,
            )
        except ValueError:
            raise faults.bad("There are too many parameters") from None
        self._query = dict(self.pairs)
        self._fields: dict[str, Any] | None = None

    @property
    def is_multipart(self) -> bool:
        return self.content_type.lower().startswith("multipart/form-data")

    @property
    def raw(self) -> bytes:
        """The body that was signed; of a form with files there is none."""
        return b"" if self.is_multipart else self.request.body

    def text(self, name: str) -> str:
        """Return a parameter, empty where it is missing; what can't be stored or shown is none."""
        value = self._query.get(name, "")
        clean = len(value) <= MOST and "\0" not in value and value.isprintable()
        return value.strip() if clean else ""

    def given(self, name: str) -> bool:
        return name in self._query

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1")

    def page_size(self, most: int) -> int:
        """Return how many are asked for; more than there may be is as many as there may be."""
        value = self.text("page_size")
        if not value:
            raise faults.bad("page_size is missing")
        if not (value.isascii() and value.isdigit()) or int(value[:9]) < 1:
            raise faults.bad("page_size is not a positive number")
        return min(most, int(value[:9]))

    @property
    def body(self) -> dict[str, Any]:
        """The fields of the body; an empty body has none."""
        if self._fields is None:
            self._fields = self._parsed()
        return self._fields

    def _parsed(self) -> dict[str, Any]:
        if not self.raw.strip():
            return {}
        kind = self.content_type.partition(";")[0].strip().lower()
        if kind and "json" not in kind:
            raise faults.bad_type()
        if len(self.raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise faults.too_large()
        try:
            found = orjson.loads(self.raw)
        except orjson.JSONDecodeError:
            raise faults.bad_body() from None
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise faults.bad_body()
        return found

    def field(self, name: str) -> str:
        """Return a field of text that must be there; a number is taken for its digits."""
        value = self.body.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise faults.bad(f"{name} is missing or not a text")
        return value.strip()

    def whole(self, name: str) -> int:
        """Return a field that is a whole number; digits in a text are taken too."""
        value = self.field(name)
        if not (value.isascii() and value.isdigit() and len(value) <= 12):
            raise faults.bad(f"{name} is not a whole number")
        return int(value)

    def moment(self, name: str) -> int:
        """Return a time in seconds that must be there; digits in a text are taken too."""
        value = self.body.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value[:12])
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_SECOND:
            raise faults.bad(f"{name} is missing or not a time in seconds")
        return value
