"""Ten thousand rows at once: the worker stores them piece by piece, goes on after a break, and reports by row (H2)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.db import IntegrityError
from django.utils import timezone

from chat.actions import outbox
from chat.models import Outbox
from commerce.models import Order, Product
from storefront import jobs, receiving, stores, storing
from storefront.models import Job, JobRow
from tests import base
from tests.storefront.store import V1, Store, at, order, product, work

pytestmark = [pytest.mark.django_db, pytest.mark.rule("H2")]


@pytest.fixture
def store(db: None) -> Store:
    return Store(base.shop())


def files() -> list[Path]:
    return list((Path(product_settings.MEDIA_ROOT) / "storefront").glob("*"))


def test_a_job_stores_its_rows_and_says_what_became_of_each(store: Store) -> None:
    store.put("orders", order("W-3", updated_at=at(1)))
    rows: list[Any] = [order(f"W-{n}") for n in range(1, 121)]
    rows[9], rows[10] = "{not json", order("W-11", state="lost")
    rows.insert(50, "")  # no row
    job = store.send("orders", rows)
    assert (job["state"], job["total"], job["done"]) == ("queued", 120, 0)
    assert len(files()) == 1
    work()
    job = store.get(f"jobs/{job['id']}")
    counts = {name: job[name] for name in ("state", "total", "done", "added", "older", "refused")}
    assert counts == {"state": "done", "total": 120, "done": 120, "added": 117, "older": 1, "refused": 2}
    assert job["finished_at"]
    assert files() == []
    assert Order.objects.count() == 118
    assert store.get("jobs")["results"] == [job]

    report = store.get(f"jobs/{job['id']}/report")
    assert [one["row"] for one in report["results"]] == list(range(1, 121))
    assert report["next"] is None
    assert [report["results"][n] for n in (0, 9, 10)] == [
        {"row": 1, "id": "W-1", "result": "added", "code": "", "detail": ""},
        {"row": 10, "id": "", "result": "refused", "code": "invalid", "detail": "row: A JSON object, please."},
        {"row": 11, "id": "W-11", "result": "refused", "code": "invalid", "detail": report["results"][10]["detail"]},
    ]
    only = store.get(f"jobs/{job['id']}/report?result=refused&cursor=10")
    assert [one["row"] for one in only["results"]] == [11]
    for path in (f"{V1}jobs/{job['id']}/report?format=csv&result=refused",):
        text = store.client.get(path).content.decode("utf-8-sig").splitlines()
        assert (len(text), text[0]) == (3, "row,id,result,code,detail")
    page = base.web(store.owner).get(f"/shops/{store.shop.pk}/settings/keys/").content.decode()
    link = f"/shops/{store.shop.pk}/settings/keys/jobs/{job['id']}.csv"
    assert link in page
    assert "W-11" in base.web(store.owner).get(link).content.decode()


def test_the_shops_managers_see_the_same(store: Store) -> None:
    job = store.send("orders", [order("W-1"), order("W-2", state="lost")])
    here = f"/api/v1/shops/{store.shop.pk}/storefront-jobs"
    boss = base.desk(store.owner)
    assert boss.get(here).json()["results"][0]["state"] == "queued"
    work()
    for path in ("", f"/{job['id']}", f"/{job['id']}/report", f"/{job['id']}/report?result=refused&cursor=1"):
        assert boss.get(here + path).json() == store.get(f"jobs{path}")
    assert boss.get(f"{here}/{job['id']}").json()["refused"] == 1
    assert "W-2" in boss.get(f"{here}/{job['id']}/report?format=csv").content.decode()
    other = Store(base.shop("Other"))
    for path in ("", f"/{job['id']}", f"/{job['id']}/report"):
        assert base.desk(base.agent(store.shop, f"Ann {len(path)}")).get(here + path).status_code == 403
        assert base.desk(other.owner).get(here + path).status_code == 404
    theirs = f"/api/v1/shops/{other.shop.pk}/storefront-jobs/{job['id']}"
    assert [base.desk(other.owner).get(theirs + path).status_code for path in ("", "/report")] == [404, 404]


def test_a_report_is_read_page_by_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storefront.telling.PAGE", 2)
    job = store.send("products", [product(f"K-{n}") for n in range(5)])
    work()
    seen, cursor = [], "0"
    while cursor is not None:
        page = store.get(f"jobs/{job['id']}/report?cursor={cursor}")
        seen += [one["id"] for one in page["results"]]
        cursor = page["next"]
    assert seen == [f"K-{n}" for n in range(5)]


def test_after_a_break_it_goes_on_with_the_first_row_that_is_not_stored(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "TOGETHER", 10)
    job = store.send("orders", [order(f"W-{n}") for n in range(45)])
    whole, calls = stores.STORES["orders"], []

    def killed(shop: Any, drafts: Any) -> Any:
        calls.append(len(drafts))
        if len(calls) == 3:
            whole(shop, drafts)
            raise KeyboardInterrupt  # as if the process had ended before the commit
        return whole(shop, drafts)

    monkeypatch.setitem(stores.STORES, "orders", killed)
    with pytest.raises(KeyboardInterrupt):
        work()
    found = Job.objects.get()
    assert (found.state, found.done, Order.objects.count(), JobRow.objects.count()) == ("running", 20, 20, 20)
    later = timezone.now() + outbox.CLAIM + timedelta(seconds=1)
    while outbox.deliver_due(later, lane="storefront"):
        pass
    found.refresh_from_db()
    assert (found.state, found.done, found.added) == ("done", 45, 45)
    assert [row.number for row in jobs.report(found, 0, 100, False)] == list(range(1, 46))
    assert Order.objects.count() == 45
    assert job["id"] == found.pk


def test_who_was_overtaken_writes_nothing(store: Store) -> None:
    store.send("orders", [order()])
    job = Job.objects.get()
    slow = Job.objects.get()
    work()
    job.refresh_from_db()
    read = [storing.read("orders", 1, order(total="9.00", updated_at=at(1)), timezone.now())]
    with pytest.raises(jobs._Overtaken):
        jobs._store(slow, read, {1: 10})
    assert str(Order.objects.get().total) == "39.80"


def test_a_row_that_the_database_refuses_takes_no_other_with_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "TOGETHER", 3)
    whole = stores.STORES["products"]

    def picky(shop: Any, drafts: Any) -> Any:
        if any(one.ref == "K-1" for one in drafts):
            raise IntegrityError
        return whole(shop, drafts)

    monkeypatch.setitem(stores.STORES, "products", picky)
    job = store.send("products", [product(f"K-{n}") for n in range(5)])
    work()
    assert store.get(f"jobs/{job['id']}")["added"] == 4
    rows = store.get(f"jobs/{job['id']}/report")["results"]
    assert [one["code"] or one["result"] for one in rows] == ["added", "failed", "added", "added", "added"]
    assert Product.objects.count() == 4


def test_it_comes_as_one_object_too_and_limits_are_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = store.client.post(V1 + "products/jobs", {"rows": [product("A"), product("B")]}, format="json")
    assert (answer.status_code, answer.json()["total"]) == (202, 2)
    work()
    assert Product.objects.count() == 2
    wrong: list[dict[str, Any]] = [{"rows": []}, {"rows": [1]}, {"row": []}, {}]
    for body in wrong:
        assert store.client.post(V1 + "products/jobs", body, format="json").status_code == 400
    monkeypatch.setattr(receiving, "MOST", 3)
    assert store.send("products", [product()] * 4, 400)["fields"]
    assert store.send("products", ["", " "], 400)["fields"]
    monkeypatch.setattr(receiving, "LINE", 1000)
    assert store.send("products", [product(title="x" * 1000)], 400)["fields"]
    monkeypatch.setattr(receiving, "BYTES", 200)
    assert store.send("products", [product()] * 3, 413)["code"] == "too_large"
    monkeypatch.setattr(receiving, "JSON_BYTES", 100)
    answer = store.client.post(V1 + "products/jobs", {"rows": [product()]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    plain = store.client.generic("POST", V1 + "products/jobs", "x", content_type="text/csv")
    assert plain.status_code == 415
    assert Job.objects.count() == 1


def test_a_shop_waits_for_its_jobs_and_sees_nobody_elses(store: Store) -> None:
    job, *_others = [store.send("products", [product()]) for _ in range(jobs.WAITING)]
    assert store.send("products", [product()], 409)["code"] == "jobs_waiting"
    other = Store(base.shop("Other"))
    assert other.send("products", [product()])["state"] == "queued"
    for path in (f"jobs/{job['id']}", f"jobs/{job['id']}/report"):
        assert other.client.get(V1 + path).status_code == 404
    assert [one["id"] for one in other.get("jobs")["results"]] == [Job.objects.latest("pk").pk]
    work()
    assert store.send("products", [product()])["state"] == "queued"


def test_jobs_take_turns(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "TOGETHER", 1)
    monkeypatch.setattr(jobs, "PIECES", 2)
    other = Store(base.shop("Other"))
    store.send("products", [product(f"K-{n}") for n in range(6)])
    other.send("products", [product()])
    first = Outbox.objects.order_by("pk")[0]
    jobs.run(first.payload)
    first.delete()
    assert Job.objects.get(shop=store.shop).done == 2
    waiting = [Job.objects.get(pk=row.payload["job"]).shop_id for row in Outbox.objects.order_by("due_at")]
    assert waiting == [other.shop.pk, store.shop.pk]
    work()
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_what_was_given_up_has_failed_and_old_jobs_are_forgotten(store: Store) -> None:
    gone, broken, old = (store.send("products", [product()])["id"] for _ in range(3))
    now = timezone.now()
    Job.objects.filter(pk=gone).update(touched_at=now - jobs.LOST - timedelta(minutes=1))
    Job.objects.filter(pk=broken).update(state="receiving", touched_at=now - jobs.HALF - timedelta(minutes=1))
    Outbox.objects.filter(payload__job__in=[gone, broken]).delete()
    work()
    Job.objects.filter(pk=old).update(created_at=now - jobs.KEPT - timedelta(minutes=1))
    waiting = store.send("products", [product()])["id"]
    Job.objects.filter(pk=waiting).update(touched_at=now - jobs.HALF - timedelta(minutes=1))
    assert jobs.sweep(now) == 2
    assert dict(Job.objects.values_list("pk", "state")) == {gone: "failed", broken: "failed", waiting: "queued"}
    work()
    assert (files(), set(JobRow.objects.values_list("job", flat=True))) == ([], {waiting})
    assert json.loads(json.dumps(store.get(f"jobs/{gone}")))["state"] == "failed"


def test_a_lost_file_ends_the_job(store: Store) -> None:
    job = store.send("products", [product()])
    files()[0].unlink()
    work()
    assert store.get(f"jobs/{job['id']}")["state"] == "failed"
