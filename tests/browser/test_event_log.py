"""The client's half of the delivery contract, in Chromium and without a page around it (static/js/log.js)."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage

pytestmark = pytest.mark.browser

# A log that has applied 1 to 5 of a server's events; `had` is what is asked of it.
LOG = """async ([told, events, lastSeq, firstSeq]) => {
    const { Log } = await import("/static/js/log.js");
    window.applied = [];
    window.log = new Log({
        last: 5,
        fetch: async (after) => {
            const results = events.filter((seq) => seq > after).map((seq) => ({ seq }));
            return { results, last_seq: lastSeq, first_seq: firstSeq, reset: after + 1 < firstSeq };
        },
        apply: (event) => window.applied.push(event.seq),
        reset: (seq) => window.applied.push(`from ${seq}`),
    });
    window.log.head(told);
}"""


def follow(page: Page, told: int, events: list[int], last_seq: int, first_seq: int = 1) -> list[Any]:
    """Tell a log of a number and let it ask; return what it applied, once it has stopped asking."""
    page.evaluate(LOG, [told, events, last_seq, first_seq])
    page.wait_for_function("() => !log.timer && !log.running")
    return list(page.evaluate("() => applied"))


@pytest.fixture
def page(new_page: NewPage) -> Page:
    page = new_page()
    page.goto("/login/")
    return page


def test_what_a_beat_names_is_fetched_once_and_in_order(page: Page) -> None:
    assert follow(page, 7, [6, 7], 7) == [6, 7]


def test_a_number_that_the_reader_may_not_see_is_asked_for_once(page: Page) -> None:
    assert follow(page, 9, [], 5) == []
    assert follow(page, 9, [6], 6) == [6]


def test_numbers_of_sessions_that_are_hidden_are_stepped_over(page: Page) -> None:
    assert follow(page, 9, [9], 9) == [9]


def test_what_was_removed_is_taken_away_and_the_log_goes_on_behind_it(page: Page) -> None:
    assert follow(page, 9, [8, 9], 9, first_seq=8) == ["from 8", 8, 9]
    assert follow(page, 9, [6, 7, 8, 9], 9, first_seq=6) == [6, 7, 8, 9]


def test_a_log_that_was_removed_whole_is_not_asked_for_again(page: Page) -> None:
    assert follow(page, 9, [], 9, first_seq=10) == ["from 10"]
