"""A marker in words and files, and where it is found again: in any column of any table, in any file."""

import io
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from chat.models import Attachment
from shops.models import Shop

MARK = "zqxmarkerw"


def file_of(owner_key: str, of: Shop, *, bound: bool) -> Attachment:
    name = default_storage.save(f"aa/{'a' * 32}.jpg", io.BytesIO(MARK.encode()))
    preview = default_storage.save("bb/" + "b" * 32 + ".jpg", io.BytesIO(MARK.encode()))
    return Attachment.objects.create(
        shop=of, owner=owner_key, kind="image", mime="image/jpeg", file=name, preview=preview, width=1, height=1,
        size=9, bound=bound,
    )  # fmt: skip


def found_in_database(mark: str) -> list[str]:
    """Return the tables with a row that holds the marker in any column."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(mark in str(value) for row in cursor.fetchall() for value in row):
                found.append(table)
    return found


def found_in_media(mark: str) -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return [str(path) for path in root.rglob("*") if path.is_file() and mark.encode() in path.read_bytes()]
