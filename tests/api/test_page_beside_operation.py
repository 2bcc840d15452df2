"""A page and the operation that stands beside it in `[shown]` tell the same of the same things (H1)."""

import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone, translation

from botfaq import actions
from botfaq.models import Question
from chat.actions import ratings, sessions
from chat.models import ServiceSession
from shops.models import Member
from storefront.models import Job
from tests import base
from tests.storefront.store import Store, order, product, work

pytestmark = [pytest.mark.django_db, pytest.mark.rule("H1")]


def seen(who: Member, path: str, tag: str) -> list[str]:
    """Return the words of every element of a page with such a tag and no attribute, as one reads them in English."""
    answer = base.web(who, "en").get(f"/shops/{who.shop_id}/{path}")
    assert answer.status_code == 200
    found = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", one)).split()) for one in found]


def told(who: Member, path: str) -> Any:
    answer = base.desk(who).get(f"/api/v1/shops/{who.shop_id}/{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def label(of: Any) -> str:
    with translation.override("en"):
        return str(of.label)


def in_order(line: str, *words: str) -> bool:
    return re.search(".*".join(re.escape(one) for one in words), line) is not None


def closed(by: Member, uid: str, stars: int | None = None) -> ServiceSession:
    session = base.writes(base.buyer(by.shop, uid), "Call me at 13800138000")
    base.replies(by, session, "I call 13900139000.")
    sessions.close(session.pk, by)
    if stars:
        ratings.rate(by.shop_id, session.conversation_id, session.pk, stars)
    return session


@pytest.mark.rule("C8")
def test_the_past() -> None:
    lin = base.agent(base.shop(), "Lin")
    closed(lin, "mia", 5)
    ServiceSession.objects.filter(pk=closed(lin, "ben").pk).update(removed_at=timezone.now())
    ServiceSession.objects.filter(pk=closed(lin, "zoe").pk).update(last_assignee=None)
    lead = base.agent(lin.shop, "Lea", role="service_lead", im=False, online=False)
    rows, lines = told(lead, "history")["results"], seen(lead, "history/", "tr")[1:]
    assert [row["buyer"]["nickname"] for row in rows] == ["Zoe", "Ben", "Mia"]
    for row, line in zip(rows, lines, strict=True):
        assert in_order(
            line,
            "Messages were removed" if row["removed"] else row["last_message_text"] or "–",
            label(ServiceSession.CloseReason(row["close_reason"])),
            f"{row['buyer']['nickname']} UID {row['buyer']['uid']}",
            row["agent"]["nickname"] if row["agent"] else "Automatic reception",
            label(ServiceSession.Topic(row["topic"])),
            label(ServiceSession.Entry(row["entry"])),
            f"★ {row['stars']}" if row["stars"] else "–",
        ), line


@pytest.mark.rule("A3")
@pytest.mark.parametrize("preset", ["douyin", "tiktok_shop"])
def test_what_agents_have_set(preset: str) -> None:
    boss = base.agent(base.shop(preset=preset), "Olga", role="owner", im=False, online=False)
    base.agent(boss.shop, "Ann", capacity=boss.shop.policy.capacity_min)
    base.agent(boss.shop, "Wu", role="service_lead", capacity=boss.shop.policy.capacity_max, after_low_rating=True)
    base.agent(boss.shop, "Xi", accepting=False, online=False)
    answer = told(boss, "team/settings")
    advised = answer["capacity_advised"]
    lines = [
        " ".join(
            [
                row["nickname"][:1],
                row["nickname"],
                label(Member.Role(row["role"])),
                str(row["capacity"]),
                *(["below the advice"] if advised and row["capacity"] < advised else []),
                "Yes" if row["accepting"] else "No",
                "Comes first" if row["after_low_rating"] else "–",
            ]
        )
        for row in answer["results"]
    ]
    assert len(lines) == 3
    assert seen(boss, "team/settings/", "tr")[1:] == lines
    page = base.web(boss, "en").get(f"/shops/{boss.shop_id}/team/settings/").content.decode()
    assert f"from {answer['capacity_min']} to {answer['capacity_max']} on" in page
    assert (f"At least {advised} is advised." in page) == (advised is not None)


@pytest.mark.rule("E7")
def test_what_is_to_be_mended_in_the_bots_questions() -> None:
    boss = base.agent(base.shop(language="en"), "Mia", role="owner", online=False)
    ships = ["How soon do you send it?", "When does my parcel leave?", "How long until dispatch?"]
    actions.save(boss, Question(text="When do you ship?", answer="Within a day."), [*ships, "Do you ship today"])
    actions.save(boss, Question(text="Do you ship today", answer="Please wait a moment."), [])
    actions.save(boss, Question(text="Is it blue?", answer="Let me look into this.", published=False), [])
    answer, lines = told(boss, "faq/health"), seen(boss, "bot/", "tr")[1:]
    questions = list(Question.objects.filter(shop=boss.shop).order_by("-pk"))
    for one, line in zip(questions, lines, strict=True):
        assert one.text in line
        assert ("Needs more phrasings." in line) == (one.pk in answer["phrasings"]), line
        assert ("Vague answer:" in line) == (one.pk in answer["vague"]), line
        clashes = [
            f"“{row['words']}” {'stands in' if row['same'] else 'reads much like'} “{row['by']['text']}”"
            for row in answer["conflicts"]
            if row["question"]["id"] == one.pk
        ]
        assert re.findall(r"“[^”]*” (?:stands in|reads much like) “[^”]*”", line) == clashes[:2]
    assert answer["conflicts"]
    page = base.web(boss, "en").get(f"/shops/{boss.shop_id}/bot/").content.decode()
    in_the_way = {row["question"]["id"] for row in answer["conflicts"]}
    counts = [len(answer["phrasings"]), len(in_the_way), len(answer["vague"])]
    share = "–" if answer["accuracy"] is None else f"{round(100 * answer['accuracy'])}%"
    assert re.findall(r'class="faq-number[^>]*>([^<]*)<', page) == [share, *map(str, counts)]


@pytest.mark.rule("H2")
def test_what_the_storefront_sent_in_bulk() -> None:
    shop = base.shop()
    store, till = Store(shop), Store(shop)
    store.send("orders", [order("W-1"), order("W-2", state="lost")])
    work()
    till.send("products", [product("K-1")])
    rows = told(store.owner, "storefront-jobs")["results"]
    lines = [line for line in seen(store.owner, "settings/keys/", "li") if " rows " in line]
    assert [row["key_name"] for row in rows] == [till.key.name, store.key.name]
    for row, line in zip(rows, lines, strict=True):
        assert in_order(
            line,
            f"{label(Job.Kind(row['kind']))}: {row['done']} of {row['total']} rows",
            row["key_name"],
            label(Job.State(row["state"])),
        ), line
        assert (f"{row['refused']} row was refused" in line) == bool(row["refused"]), line
