"""The figures once more, by DuckDB over the raw rows: what was said, who had it, the stars. No stored fact is read.

The rules are the guides' profile with the clock at the session's start (G1-G9, G14).
"""

import csv
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection

TABLES = {
    "said": """SELECT id, session_id, shop_id, seq, sender_kind, member_id, kind = 'bot_answer' AS automatic, created_at
        FROM chat_message WHERE sender_kind IN ('buyer', 'agent', 'bot')""",
    "sessions": """SELECT id, shop_id, buyer_id, started_by, started_at, holiday_mode, no_reply_needed, report_upheld,
        state FROM chat_servicesession""",
    "assignments": "SELECT id, session_id, member_id FROM chat_assignment",
    "ratings": "SELECT session_id, member_id, stars FROM chat_rating",
    "orders": "SELECT shop_id, buyer_id, state, total, created_at FROM commerce_order",
}
TYPES = {"total": "DECIMAL(12,2)", "created_at": "TIMESTAMPTZ", "started_at": "TIMESTAMPTZ"}
FACTS = """
CREATE OR REPLACE TEMP TABLE mine AS
    SELECT s.*, (started_at AT TIME ZONE $zone) AS local FROM sessions s
    WHERE shop_id = $shop AND started_at >= $start AND started_at < $until;
CREATE OR REPLACE TEMP TABLE talk AS
    SELECT session_id, seq, sender_kind, member_id, automatic, created_at,
        sender_kind = 'agent' OR automatic AS answers,
        COALESCE(SUM(CASE WHEN sender_kind = 'agent' OR automatic THEN 1 ELSE 0 END) OVER (
            PARTITION BY session_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS turn
    FROM said WHERE shop_id = $shop AND session_id IN (SELECT id FROM mine);
CREATE OR REPLACE TEMP TABLE turns AS
    SELECT session_id, MIN(created_at) FILTER (sender_kind = 'buyer') AS since,
        MIN(created_at) FILTER (answers) AS ended, BOOL_OR(sender_kind = 'agent') AS by_human,
        MIN(member_id) FILTER (sender_kind = 'agent') AS member_id
    FROM talk GROUP BY session_id, turn;
CREATE OR REPLACE TEMP TABLE facts AS
    SELECT m.*, first_human_at, first_human_by, started_by = 'buyer' AS by_buyer,
        (epoch_us(first_human_at) - epoch_us(started_at)) / 1e6 AS reply,
        COALESCE(last_auto > COALESCE(last_buyer, 0), FALSE) AS no_follow_up, last_auto IS NOT NULL AS with_auto,
        stars, r.member_id AS rated_member
    FROM mine m LEFT JOIN (
        SELECT session_id, MIN(created_at) FILTER (sender_kind = 'agent') AS first_human_at,
            ARG_MIN(member_id, seq) FILTER (sender_kind = 'agent') AS first_human_by,
            MAX(seq) FILTER (sender_kind = 'buyer') AS last_buyer, MAX(seq) FILTER (automatic) AS last_auto
        FROM talk GROUP BY session_id) t ON t.session_id = m.id
    LEFT JOIN ratings r ON r.session_id = m.id;
"""
IN_TIME = "COALESCE(reply <= 86400, FALSE)"
AUTO = f"(no_follow_up AND NOT {IN_TIME})"
COUNTED = "by_buyer AND NOT holiday_mode AND NOT no_reply_needed AND NOT report_upheld"
REPLIED = f"by_buyer AND NOT holiday_mode AND reply IS NOT NULL AND NOT {AUTO}"
VALUES = {
    "consultations": "COUNT(*) FILTER (by_buyer)",
    "response_rate": f"AVG(({IN_TIME} OR no_follow_up)::INT) FILTER ({COUNTED})",
    "satisfaction": "AVG((stars >= 4)::INT) FILTER (stars IS NOT NULL)",
    "first_response": f"AVG(reply) FILTER ({REPLIED})",
    "human_in_time": f"COUNT(*) FILTER (by_buyer AND {IN_TIME})",
    "auto_solved": f"COUNT(*) FILTER (by_buyer AND {AUTO})",
    "late": "COUNT(*) FILTER (by_buyer AND reply > 86400 AND NOT no_follow_up)",
    "unanswered": "COUNT(*) FILTER (by_buyer AND reply IS NULL AND NOT no_follow_up)",
    "ratings": "COUNT(stars)",
    "rating_rate": "COUNT(stars) FILTER (by_buyer) / NULLIF(COUNT(*) FILTER (by_buyer), 0)",
    "mean_stars": "AVG(stars)",
    "with_automatic": "COUNT(*) FILTER (by_buyer AND with_auto)",
    "auto_rate": f"COUNT(*) FILTER (by_buyer AND {AUTO}) / NULLIF(COUNT(*) FILTER (by_buyer AND with_auto), 0)",
    "people": "COUNT(DISTINCT buyer_id) FILTER (by_buyer)",
    "dissatisfaction": "AVG((stars <= 2)::INT) FILTER (stars IS NOT NULL AND NOT report_upheld)",
}
TURNS = {
    "response_time": "AVG((epoch_us(ended) - epoch_us(since)) / 1e6) FILTER (by_human AND ended IS NOT NULL)",
    "turns_fast": "COUNT(*) FILTER (by_human AND ended - since <= INTERVAL 30 SECONDS)",
    "turns_slow": """COUNT(*) FILTER ((by_human AND ended - since > INTERVAL 10 MINUTES)
        OR (ended IS NULL AND since < $now::TIMESTAMPTZ - INTERVAL 10 MINUTES))""",
}
HAD = {
    "assigned": "COUNT(*)",
    "needing": f"COUNT(*) FILTER (NOT {AUTO})",
    "human_in_time": f"COUNT(*) FILTER ({IN_TIME})",
    "human_rate": f"COUNT(*) FILTER ({IN_TIME}) / NULLIF(COUNT(*) FILTER (NOT {AUTO}), 0)",
    "late": "COUNT(*) FILTER (reply > 86400 AND NOT no_follow_up)",
    "unanswered": "COUNT(*) FILTER (reply IS NULL AND NOT no_follow_up)",
    "people": "COUNT(DISTINCT buyer_id)",
}


class Duck:
    """The raw rows in DuckDB, read in once; loading is not measured."""

    def __init__(self) -> None:
        self.db = duckdb.connect()
        self.db.execute("SET TimeZone = 'UTC'")
        with tempfile.TemporaryDirectory(prefix="duck-") as folder:
            for name, sql in TABLES.items():
                path = Path(folder) / f"{name}.csv"
                columns = _export(sql, path)
                types = ", ".join(f"'{one}': '{TYPES[one]}'" for one in columns if one in TYPES)
                read = f"read_csv('{path}', header = true, types = {{{types}}})"
                self.db.execute(f"CREATE TABLE {name} AS SELECT * FROM {read} ORDER BY ALL")

    def ask(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        used = {name: value for name, value in params.items() if f"${name}" in sql}
        return self.db.execute(sql, used).fetchall()

    def facts(self, **params: Any) -> None:
        """Work out of what was said all that the questions count, for one shop and span."""
        for sql in FACTS.split(";"):
            if sql.strip():
                self.ask(sql, **params)

    def values(self, names: Any, by: str = "0", where: str = "TRUE") -> dict[Any, dict[str, Any]]:
        """Return figures of the shop, in all or by day."""
        columns = ", ".join(VALUES[name] for name in names)
        rows = self.ask(f"SELECT {by} AS of, {columns} FROM facts WHERE {where} GROUP BY ALL")
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    def turns(self, now: Any, by: str = "0") -> dict[Any, dict[str, Any]]:
        """Return the figures of turns, of the shop or by day."""
        columns = ", ".join(TURNS.values())
        rows = self.ask(
            f"SELECT {by} AS of, {columns} FROM turns t JOIN facts f ON f.id = t.session_id WHERE since IS NOT NULL "
            "GROUP BY ALL", now=now,
        )  # fmt: skip
        return {row[0]: dict(zip(TURNS, row[1:], strict=True)) for row in rows}

    def of_agents(self, now: Any) -> dict[int, dict[str, Any]]:
        """Return G7 and an employee's part of G9."""
        found: dict[int, dict[str, Any]] = {}
        had = "(SELECT DISTINCT session_id, member_id FROM assignments) a JOIN facts f ON f.id = a.session_id"
        for member, *values in self.ask(
            f"SELECT a.member_id, {', '.join(HAD.values())} FROM {had} WHERE by_buyer GROUP BY 1"
        ):
            found[member] = dict(zip(HAD, values, strict=True))
        rated = f"SELECT rated_member, {VALUES['satisfaction']} FROM facts WHERE rated_member NOTNULL"
        replied = f"SELECT first_human_by, {VALUES['first_response']} FROM facts WHERE first_human_by NOTNULL"
        for name, sql in (("satisfaction", rated), ("first_response", replied)):
            for member, value in self.ask(f"{sql} GROUP BY 1"):
                found.setdefault(member, {})[name] = value
        for member, *values in self.ask(
            f"""SELECT COALESCE(t.member_id, l.member_id), {", ".join(TURNS.values())} FROM turns t
                JOIN facts f ON f.id = t.session_id LEFT JOIN (
                    SELECT session_id, ARG_MAX(member_id, id) AS member_id FROM assignments GROUP BY 1
                ) l ON l.session_id = f.id
                WHERE since NOTNULL AND COALESCE(t.member_id, l.member_id) NOTNULL GROUP BY 1""",
            now=now,
        ):
            found.setdefault(member, {}).update(zip(TURNS, values, strict=True))
        return found

    def orders(self) -> dict[str, Any]:
        """Return G14."""
        served = "by_buyer AND (first_human_at NOTNULL OR with_auto)"
        (row,) = self.ask(f"""
            WITH bought AS (
                SELECT o.* FROM orders o WHERE o.state NOT IN ('unpaid', 'cancelling', 'cancelled') AND EXISTS (
                SELECT 1 FROM facts f WHERE f.buyer_id = o.buyer_id AND {served}
                AND f.started_at <= o.created_at AND f.started_at >= o.created_at - INTERVAL 7 DAYS))
            SELECT (SELECT COUNT(DISTINCT buyer_id) FROM bought)
                / NULLIF((SELECT COUNT(DISTINCT buyer_id) FROM facts WHERE {served}), 0),
                COALESCE((SELECT SUM(total) FROM bought), 0)""")
        return {"conversion": row[0], "guided_value": float(row[1])}

    def heat(self) -> dict[tuple[int, int], int]:
        sql = "SELECT isodow(local) - 1, hour(local), COUNT(*) FROM facts WHERE by_buyer GROUP BY ALL"
        return {(day, hour): count for day, hour, count in self.ask(sql)}

    def spread(self, ends: Any) -> list[int]:
        """Return how many first responses took up to each of these seconds, and longer than all."""
        bounds = list(zip([0, *ends], [*ends, 1e12], strict=True))
        columns = ", ".join(
            f"COUNT(*) FILTER ({REPLIED} AND reply > {low if low else -1} AND reply <= {high})" for low, high in bounds
        )
        return list(self.ask(f"SELECT {columns} FROM facts")[0])


def _export(sql: str, path: Path) -> list[str]:
    connection.ensure_connection()
    raw: Any = connection.connection
    if connection.vendor == "postgresql":
        copied = f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)"
        with raw.cursor() as cursor, path.open("wb") as file, cursor.copy(copied) as copy:
            for block in copy:
                file.write(block)
        return path.open().readline().strip().split(",")
    cursor = raw.execute(sql)
    names = [one[0] for one in cursor.description]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        # SQLite hands out text where PostgreSQL writes a moment with its zone.
        zoned = [n for n, name in enumerate(names) if name.endswith("_at")]
        for row in cursor:
            writer.writerow([f"{value}+00" if n in zoned else value for n, value in enumerate(row)])
    return names
