"""Several statements in one go at the level of libpq: what comes back, what an error leaves, what stays prepared."""

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from lib.quick import Trip
from shops.models import Seller

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ADD = 'INSERT INTO "shops_seller" (id, name) VALUES (%s, %s)'


def ask(sql, *params):
    trip = Trip()
    found = trip.ask(sql, params)
    trip.go()
    return found


def prepared():
    return {text for (text,) in ask("SELECT statement FROM pg_prepared_statements")}


def test_rows_come_back_in_the_order_of_the_statements_however_many():
    trip = Trip()
    few, none = trip.ask("SELECT %s::bigint, %s::text", [7, "退款 100 %"]), trip.ask("SELECT 1 WHERE %s < 0", [1])
    many = trip.ask("SELECT n, repeat('x', 500) FROM generate_series(1, %s) AS n", [5000])  # more than a buffer holds
    sent = trip.ask("SELECT length(%s::text)", ["y" * 3_000_000])  # more than the socket takes at once
    trip.go()
    assert few == [(7, "退款 100 %")]
    assert none == []
    assert [n for n, _text in many] == list(range(1, 5001))
    assert sent == [(3_000_000,)]


def test_a_statement_is_prepared_once_for_a_connection_and_stays_so_after_a_rollback():
    with transaction.atomic():
        ask("SELECT 11 + %s", 1)
        transaction.set_rollback(True)
    before = prepared()
    assert "SELECT 11 + $1" in before
    with transaction.atomic():
        assert ask("SELECT 11 + %s", 2) == [(13,)]
    assert prepared() == before


def test_the_first_error_is_raised_and_nothing_behind_it_has_run():
    trip = Trip()
    trip.run(ADD, [91, "first"])
    trip.run(ADD, [91, "again"])
    trip.run("INSERT INTO shops_seller (id, name) VALUES (92, %s)", ["behind"])
    with pytest.raises(IntegrityError, match="shops_seller_pkey"):
        trip.go()
    assert not Seller.objects.filter(pk__in=[91, 92]).exists()
    ask(
        "INSERT INTO shops_seller (id, name) VALUES (92, %s) RETURNING id", "behind"
    )  # prepared anew, not believed to be
    trip.run("INSERT INTO shops_seller (id, name) VALUES (93, %s)", ["behind"])
    trip.go()
    assert set(Seller.objects.values_list("pk", flat=True)) == {92, 93}


def test_an_error_inside_a_savepoint_leaves_the_transaction_usable():
    with transaction.atomic():
        ask(f"{ADD} RETURNING id", 91, "kept")
        with pytest.raises(DataError), transaction.atomic():
            ask("SELECT 1 / %s::int", 0)
        assert ask("SELECT name FROM shops_seller WHERE id = %s", 91) == [("kept",)]


def test_what_cannot_be_written_is_refused_before_anything_is_sent():
    with transaction.atomic():
        trip = Trip()
        trip.run(ADD, [91, "never sent"])
        trip.run(ADD, [92, "a\0b"])
        with pytest.raises(DataError, match="NUL"):
            trip.go()
        assert not Seller.objects.filter(pk=91).exists()


def test_a_lost_connection_is_an_error_and_the_next_one_prepares_anew():
    (pid,) = ask("SELECT pg_backend_pid() + %s", 0)[0]
    transaction.set_autocommit(False)
    ask("SELECT %s", "in a transaction")
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    with pytest.raises(OperationalError):
        ask("SELECT %s", "lost")
    connection.close()
    assert ask("SELECT %s", "found again") == [("found again",)]
