"""What to mend in the knowledge base is told to apps as on its page (E7)."""

from typing import Any

import pytest

from botfaq import actions, health
from botfaq.models import Question
from shops.models import Member
from tests import base

pytestmark = [pytest.mark.django_db, pytest.mark.rule("E7", "H1")]


@pytest.fixture
def boss() -> Member:
    return base.agent(base.shop(language="en"), "Mia", role="owner", online=False)


def read(of: Member, at: Member, status: int = 200) -> Any:
    answer = base.desk(of).get(f"/api/v1/shops/{at.shop_id}/faq/health")
    assert answer.status_code == status
    return answer.json()


def test_it_names_what_needs_phrasings_is_vague_or_in_the_way(boss: Member) -> None:
    ships = actions.save(boss, Question(text="When do you ship?", answer="Within a day."), ["Do you ship today"])
    sends = actions.save(boss, Question(text="Do you ship today", answer="Please wait a moment."), [])
    told = read(boss, boss)
    found = health.examine(boss.shop)
    assert (told["ready"], told["accuracy"]) == (True, found.accuracy)
    assert told["phrasings"] == sorted([ships.pk, sends.pk])
    assert told["vague"] == [sends.pk]
    pairs = [(one["question"]["id"], one["by"]["text"], one["words"], one["same"]) for one in told["conflicts"]]
    assert (ships.pk, sends.text, "Do you ship today", True) in pairs
    actions.remove(boss, [sends.pk])
    after = read(boss, boss)
    assert [after[name] for name in ("vague", "conflicts")] == [[], []]


def test_nobody_elses(boss: Member) -> None:
    stranger = base.agent(base.shop("Other"), "Eve", role="owner")
    read(stranger, boss, 404)
    read(base.agent(boss.shop, "Office", role="staff", im=False, online=False), boss, 403)
