"""Take the pictures of docs/tour.md: the demo with live traffic, in both languages and themes.

`python -m tests.browser.tour` seeds a demo in a temporary directory, plays both sides and writes docs/screens/*.png;
with names of scenes (`talk`, `figures` …) it takes those only.
"""

import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser import tour_bot, tour_buyer, tour_desk, tour_open, tour_pages, tour_people
from tests.browser.tour_engine import engine
from tests.browser.tour_stage import SCREENS, Stage
from tests.browser.tour_talk import EN, ZH

SCENES: dict[str, Callable[[Stage], None]] = {
    "prepare": tour_desk.prepare,
    "faces": tour_pages.faces,
    "talk": tour_desk.talk,
    "report": tour_desk.report,
    "states": tour_desk.states,
    "transcript": tour_desk.transcript,
    "door": tour_buyer.door,
    "waiting": tour_buyer.waiting,
    "closed": tour_buyer.closed,
    "doors": tour_pages.doors,
    "around": tour_pages.around,
    "figures": tour_pages.figures,
    "shop": tour_people.shop,
    "reports": tour_people.reports,
    "keys": tour_open.keys,
    "webhooks": tour_open.webhooks,
    "apps": tour_open.apps,
    "coupon": tour_open.coupon,
    "knowledge": tour_bot.knowledge,
    "helped": tour_bot.helped,
}


def main(chosen: list[str]) -> None:
    """Start the demo, take every picture, stop."""
    expect.set_options(timeout=20_000)
    with tempfile.TemporaryDirectory() as place, engine():
        os.environ.update(
            DATA_DIR=place, DEMO="1", HTTPS="0", DJANGO_SETTINGS_MODULE="sellercenter.settings",
            DJANGO_ALLOW_ASYNC_UNSAFE="1", SECRET_KEY=secrets.token_urlsafe(50),
        )  # fmt: skip
        import django

        django.setup()
        from tests.browser.conftest import FLAGS, chromium
        from tests.browser.server import Live, make_template

        live = Live(make_template(Path(place)))
        live.manage("seed_demo")
        live.start()
        SCREENS.mkdir(exist_ok=True)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
                for talk in (ZH, EN):
                    for scene in ["prepare", *(chosen or list(SCENES)[1:])]:
                        SCENES[scene](Stage(live, browser, talk))
                browser.close()
        finally:
            live.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
