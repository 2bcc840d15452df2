"""Rows by key with constant SQL: on the message path, compiling a query costs more than running it."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def among(column: str, values: Iterable[Any]) -> tuple[str, list[Any]]:
    """Return the condition "column is one of values" and its parameters; PostgreSQL sees one text for any number."""
    found = list(values)
    if connection.vendor == "postgresql":
        return f'"{column}" = ANY(%s)', [found]
    return f'"{column}" IN ({", ".join(["%s"] * len(found))})', found


def rows(model: type[M], where: str, params: list[Any], *, order: str = "", lock: bool = False) -> list[M]:
    """Return whole rows of a model; `lock` locks them in that order where the database has row locks."""
    sql = f'SELECT * FROM "{model._meta.db_table}" WHERE {where}'
    if order:
        sql += f' ORDER BY "{order}"'
    if lock and connection.features.has_select_for_update:
        sql += " FOR UPDATE"
    return list(model._default_manager.raw(sql, params))


def by_id(model: type[M], ids: Iterable[int]) -> dict[int, M]:
    """Return rows by primary key."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row.pk: row for row in rows(model, *among("id", wanted))}
