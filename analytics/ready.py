"""Sums over conditions, compiled once: the ORM took ten times as long to say forty of them as to send them."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import RawSQL


class Ready(RawSQL):
    """A sum or count as SQL. It names tables as the question it was made for: put it into no other."""

    contains_aggregate = True

    def get_group_by_cols(self) -> list[Any]:
        return []


def made(model: type[Model], wanted: Mapping[str, Any]) -> dict[str, Ready]:
    """Return sums over rows of a model, by name, for questions that read these rows from the table itself."""
    query = model._default_manager.order_by().annotate(**wanted).query
    compiler = query.get_compiler(connection=connection)
    return {name: Ready(*compiler.compile(one)) for name, one in query.annotation_select.items()}
