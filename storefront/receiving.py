"""Take in what a job is made of: JSON lines as they come, or one JSON object; never more than is allowed at a time."""

from collections.abc import Iterator
from typing import IO, Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import BaseParser

from chat.incoming import fields
from shops.errors import Invalid

MOST = 10_000  # rows of one job
BYTES, JSON_BYTES = 32 << 20, 8 << 20  # as lines; as one object, which has to be held whole
LINE = 64 << 10
SPOOL = 1 << 20  # more than that waits on the disk


class JsonLines(BaseParser):
    """One row a line; whoever reads `request.data` reads the stream itself."""

    media_type = "application/x-ndjson"

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> Any:
        return iter(_lines(stream))


class JsonRows(BaseParser):
    """`{"rows": […]}`, larger than other calls may be."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, context: Any = None) -> Any:
        text = stream.read(JSON_BYTES + 1)
        if len(text) > JSON_BYTES:
            raise RequestDataTooBig
        try:
            return iter([orjson.dumps(row) for row in rows(orjson.loads(text), MOST)])
        except orjson.JSONDecodeError as error:
            raise exceptions.ParseError(_("This is not valid JSON.")) from error


def rows(body: Any, most: int) -> list[dict[str, Any]]:
    """Check a body of rows: objects, not none and not too many; raise Invalid. What is in each is its own matter."""
    if not isinstance(body, dict):
        raise exceptions.ParseError(_("The body must be a JSON object."))
    fields(body, "rows")
    found = body.get("rows")
    if not isinstance(found, list) or not 0 < len(found) <= most or not all(isinstance(one, dict) for one in found):
        raise Invalid(rows=_("A list of 1 to %(most)s objects, please.") % {"most": most})
    return found


def spool(lines: Iterator[bytes], out: IO[bytes]) -> int:
    """Write one row a line into a file, from whose start it is then to be read; return how many rows.

    Empty lines are no rows. Raise Invalid or RequestDataTooBig.
    """
    count = 0
    for line in lines:
        if text := line.strip():
            count += 1
            if count > MOST:
                raise Invalid(rows=_("At most %(most)s rows in one job.") % {"most": MOST})
            out.write(text + b"\n")
    if not count:
        raise Invalid(rows=_("There is no row in it."))
    out.seek(0)
    return count


def _lines(stream: Any) -> Iterator[bytes]:
    size = 0
    while line := stream.readline(LINE + 1):
        size += len(line)
        if len(line) > LINE:
            raise Invalid(rows=_("A line is longer than %(most)s bytes.") % {"most": LINE})
        if size > BYTES:
            raise RequestDataTooBig
        yield line
