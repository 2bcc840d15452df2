"""Pictures of what the bot leaves to people, and of how it helps them: unmatched questions, suggestions, moods."""

import io
from fractions import Fraction
from typing import Any

import av
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.tour_stage import Stage, answer, open_talk
from tests.browser.tour_talk import ASIDE

SECONDS, RATE = 2, 12


def knowledge(stage: Stage) -> None:
    """What the bot had no answer to, questions out of a spreadsheet, and the bot's figures."""
    from shops.models import Shop
    from tests.browser.talker import Talker

    words = ASIDE[stage.talk.language]
    Shop.objects.filter(pk=stage.shop.pk).update(bot_enabled=True)
    for place, text in enumerate(words.missed):
        Talker(stage.live, stage.shop, f"{words.visitor}{place + 1}", f"8{place:010d}").says(text)
    Shop.objects.filter(pk=stage.shop.pk).update(bot_enabled=stage.shop.bot_enabled)
    page = stage.signed_in("mei")
    page.goto(stage.at + "bot/misses/")
    expect(page.locator(".miss-group").first).to_be_visible()
    stage.both(page, "bot-misses")
    page.goto(stage.at + "bot/move/")
    sheet = words.sheet.encode("utf-8-sig")
    page.locator("#file").set_input_files({"name": "questions.csv", "mimeType": "text/csv", "buffer": sheet})
    page.locator("[value=check]").click()
    expect(page.locator("[aria-labelledby=report] tbody tr").first).to_be_visible()
    stage.take(page, "bot-move")
    page.goto(f"{stage.at}analytics/bot/?range=last_7_days")
    stage.take(page, "analytics-bot")
    page.context.close()


def helped(stage: Stage) -> None:
    """A buyer who sounds upset, replies that fit, a video on its way."""
    words, desk = ASIDE[stage.talk.language], stage.desk("lin")
    for name, said in words.moods:
        stage.talker(name).says(said)
    desk.locator("#sort").select_option("urgent")
    open_talk(desk, words.moods[-1][0])
    expect(desk.locator(".item", has_text=words.moods[-1][0]).get_by_text(words.upset)).to_be_visible()
    stage.take(desk, "console-mood")
    desk.locator("#sort").select_option("waiting")
    stage.talker(words.asks[0]).says(words.asks[1])
    open_talk(desk, words.asks[0])
    expect(desk.locator(".suggest-one").first).to_be_visible()
    stage.take(desk, "console-suggest")
    _film(stage, desk, words.asks[0])
    desk.context.close()


def _film(stage: Stage, desk: Page, name: str) -> None:
    """A video on its way shows its first frame; one that was sent shows it until it is played."""
    open_talk(desk, name)
    held: list[Route] = []
    answer(desk, ASIDE[stage.talk.language].shows)
    desk.locator(".composer input[type=file]").set_input_files(_clip(stage, "lamp"))
    expect(desk.locator(".message.ours[data-kind=video]")).to_be_visible()
    desk.route("**/attachments", lambda route: held.append(route))
    desk.locator(".composer input[type=file]").set_input_files(_clip(stage, "mug"))
    expect(desk.locator(".pending .poster video")).to_have_js_property("readyState", 4)
    stage.take(desk, "console-video")
    held[0].continue_()
    expect(desk.locator(".message.ours[data-kind=video]")).to_have_count(2)


def _clip(stage: Stage, goods: str) -> Any:
    """Two seconds of one of the demo's goods, as a seller would film it."""
    page = stage.browser.new_page(viewport={"width": 480, "height": 480})
    page.goto(f"{stage.live.url}/static/img/demo/{goods}.svg")
    picture = Image.open(io.BytesIO(page.screenshot(clip={"x": 0, "y": 80, "width": 480, "height": 320}))).convert(
        "RGB"
    )
    page.close()
    film = io.BytesIO()
    with av.open(film, "w", format="mp4") as out:
        track: Any = out.add_stream("libx264", rate=RATE, width=480, height=320, pix_fmt="yuv420p")
        for index in range(SECONDS * RATE):
            frame = av.VideoFrame.from_image(picture)
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return {"name": f"{goods}.mp4", "mimeType": "video/mp4", "buffer": film.getvalue()}
