"""What the message path prepares is planned once and kept: no plan may join tables that were empty when it was made."""

import json

import pytest
from django.db import connection

from chat import history, locks
from lib import pipeline
from lib.db import write
from tests import base

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def nodes(plan):
    yield plan["Node Type"]
    for part in plan.get("Plans", []):
        yield from nodes(part)


def kept_plans():
    """Return each prepared query that looks behind keys, with the nodes of the plan that is kept for any values."""
    found = {}
    with connection.cursor() as cursor:
        for sql, _kinds in connection.connection.prepared_here.names:
            if sql.startswith("SELECT") and ("ARRAY(SELECT" in sql or " IN (SELECT" in sql):
                text = pipeline.numbered(sql).decode()
                rows = connection.connection.pgconn.exec_(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {text}".encode())
                assert rows.error_message == b"", text
                found[sql] = set(nodes(json.loads(rows.get_value(0, 0))[0]["Plan"]))
        cursor.execute("SELECT 1")
    return found


def test_rows_behind_a_key_are_found_without_a_join():
    shop = base.shop()
    line = base.buyer(shop)
    session = base.writes(line)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # the tables are known to hold next to nothing
    connection.close()
    with write():
        locks.reception(shop.pk, session.pk)
        locks.sessions(shop.pk, [session.pk])
    history.page(line, 0, None, 50)
    plans = kept_plans()
    assert len(plans) >= 6
    assert {sql: kinds for sql, kinds in plans.items() if any("Join" in kind or "Loop" in kind for kind in kinds)} == {}
