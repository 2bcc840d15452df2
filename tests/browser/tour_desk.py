"""Pictures of the console: a talk with all that helps in it, its windows, the workbench, the states of an agent."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.tour_stage import DESKTOP, PHONE, Stage, answer, open_talk, say


def talk(stage: Stage) -> None:
    """One conversation between two real pages, with others in the list; both sides of it."""
    words, desk, buyer = stage.talk, stage.desk("lin"), stage.buyer(PHONE)
    buyer.locator(".send-card").click()
    say(buyer, words.question)
    # Where the bot answers first, card and question are its two misses: it hands over by itself.
    expect(buyer.locator("#app[data-state=assigned]")).to_be_visible(timeout=20_000)
    open_talk(desk, words.face)
    answer(desk, words.answer)
    expect(buyer.locator(".row.theirs", has_text=words.answer)).to_be_visible()
    say(buyer, words.worry)
    _picture(buyer, _photo(stage))
    expect(desk.locator(".media")).to_be_visible()
    for name, said in words.crowd:
        stage.talker(name).says(said)
    answer(desk, words.calm)
    desk.locator("#tab-products").click()
    desk.locator("#products article", has_text=words.other).get_by_role("button").click()
    expect(buyer.locator("#rows .bubble.flat", has_text=words.other)).to_be_visible()
    stage.take(desk, "console-products")
    say(buyer, words.promise)
    desk.locator("#tab-orders").click()
    expect(desk.locator(".said", has_text=words.promise)).to_be_visible()
    desk.bring_to_front()
    desk.reload()  # the figures at the top are read anew
    expect(desk.locator(".said", has_text=words.promise)).to_be_visible()
    stage.both(desk, "console")
    buyer.bring_to_front()
    stage.both(buyer, "buyer")
    wide = stage.buyer(DESKTOP)
    stage.both(wide, "buyer-wide")
    desk.bring_to_front()
    _helpers(stage, desk)
    _windows(stage, desk)
    for page in (wide, buyer, desk):
        page.context.close()


def _helpers(stage: Stage, desk: Page) -> None:
    """What stands around the message box, and in the list."""
    words = stage.talk
    desk.locator("#tab-insight").click()
    expect(desk.locator("#panel-insight .contact-row").first).to_be_visible()
    stage.take(desk, "console-insight")
    desk.locator("#tab-orders").click()
    _note(desk, words.note)
    answer(desk, words.slip)
    desk.locator(".message.ours .said", has_text=words.slip).hover()
    desk.locator(".message.ours", has_text=words.slip).locator(".recall").click()
    expect(desk.locator(".message.ours .said", has_text=words.slip)).to_have_count(0)
    _warned(desk, words.risky)
    stage.both(desk, "console-notes")
    desk.keyboard.press("Escape")
    desk.locator(".composer-text").fill("")
    desk.locator(".composer-text").press_sequentially("/")
    expect(desk.locator(".quick-option")).to_have_count(len(words.replies))
    stage.take(desk, "console-quick")
    desk.keyboard.press("Escape")
    desk.locator(".composer-text").fill("")
    desk.locator(".composer-tools [aria-controls=emoji]").click()
    stage.take(desk, "console-emoji")
    desk.keyboard.press("Escape")
    desk.locator("#search").fill(words.seek)
    expect(desk.locator(".rows mark").first).to_be_visible()
    desk.locator(".item .item-main").first.click()
    expect(desk.locator(".chat-name")).to_be_visible()
    stage.take(desk, "console-search")
    desk.locator("#search").fill("")
    expect(desk.locator(".rows mark")).to_have_count(0)
    desk.locator("#sort").select_option("urgent")
    expect(desk.locator(".item").first).to_be_visible()
    stage.take(desk, "console-urgent")
    desk.locator("#sort").select_option("waiting")
    open_talk(desk, words.face)


def _note(desk: Page, text: str) -> None:
    desk.locator(".chat-verbs button[aria-haspopup=dialog]:visible").first.click()
    desk.locator("dialog[open] textarea").fill(text)
    desk.locator("dialog[open] button.primary").click()
    expect(desk.locator(".note .said", has_text=text)).to_be_visible()


def _warned(desk: Page, text: str) -> None:
    desk.locator(".composer-text").fill(text)
    desk.keyboard.press("Enter")
    expect(desk.locator(".send-warning")).to_be_visible()


def _windows(stage: Stage, desk: Page) -> None:
    """The console's dialogs, one by one."""
    colleague = stage.desk(stage.talk.colleague)
    colleague.locator("#accepting").click()
    expect(colleague.locator("#accepting[aria-checked=true]")).to_be_visible()
    keys = (("transfer", "Alt+T"), ("close", "Alt+W"), ("mark", "Alt+Shift+M"), ("shortcuts", "?"))
    for name, key in keys:
        _open(desk, key)
        if name == "transfer":
            desk.locator("dialog[open] input").first.fill(stage.talk.reason)
            expect(desk.locator("dialog[open] .person .badge.ok")).to_be_visible()
        stage.take(desk, f"console-{name}")
        desk.keyboard.press("Escape")
        expect(desk.locator("dialog[open]")).to_have_count(0)
    colleague.locator("#accepting").click()
    expect(colleague.locator("#accepting[aria-checked=false]")).to_be_visible()
    colleague.context.close()
    for name, button in (("shift", "#shift"), ("contact", "#new-conversation")):
        desk.locator(button).click()
        expect(desk.locator("dialog[open]")).to_be_visible()
        if name == "contact":
            desk.locator("#contact-search").fill(stage.talk.known[:2])
            expect(desk.locator(".contact").first).to_be_visible()
        stage.take(desk, f"console-{name}")
        desk.locator("dialog[open] .icon-button").first.click()  # Escape empties a search box first
        expect(desk.locator("dialog[open]")).to_have_count(0)


def _open(desk: Page, key: str) -> None:
    desk.locator("#stream").focus()
    desk.keyboard.press(key)
    expect(desk.locator("dialog[open]")).to_be_visible()


def report(stage: Stage) -> None:
    """A buyer who goes too far is reported; one who writes another language is understood."""
    desk = stage.desk("lin")
    name, said, told = stage.talk.rude
    rude = stage.talker(name)
    rude.says(said)
    open_talk(desk, name)
    expect(desk.locator(".message.theirs .said", has_text=said)).to_be_visible()
    _open(desk, "Alt+R")
    desk.locator("#report-words").fill(told)
    desk.locator("dialog[open] [type=checkbox]").first.check()
    stage.take(desk, "console-report")
    desk.keyboard.press("Escape")
    stranger, question, meant = stage.talk.foreign
    stage.talker(stranger).says(question)
    open_talk(desk, stranger)
    desk.locator(".translate-offer button").first.click()
    expect(desk.locator(".message.theirs .translated", has_text=meant)).to_be_visible()
    desk.locator(".composer-text").fill(stage.talk.abroad[0])
    expect(desk.locator(".translate-preview")).to_have_text(stage.talk.abroad[1])
    stage.take(desk, "console-translate")
    desk.context.close()


def states(stage: Stage) -> None:
    """A lead looks on; a break; no network; a colleague who left conversations behind."""
    desk, lead = stage.desk("lin"), stage.desk(stage.talk.lead)
    name, said = stage.talk.others[4], stage.talk.question
    stage.talker(name).says(said)
    open_talk(desk, name)
    lead.locator("#watch").click()
    lead.locator("dialog[open] .person").get_by_text(stage.member("lin").nickname, exact=True).click()
    lead.locator("dialog[open] .person", has_text=name).first.click()
    expect(lead.locator(".chat-name")).to_have_text(name)
    expect(lead.locator(".chat-here")).to_be_visible()
    lead.locator("dialog[open]").wait_for(state="detached")
    expect(lead.locator("#absent")).to_be_visible()
    stage.take(lead, "console-watch")
    lead.context.close()
    desk.locator("#shift").click()
    desk.keyboard.press("Enter")
    expect(desk.locator("dialog[open]")).to_have_count(0)
    expect(desk.locator("#self-dot.warn")).to_be_visible()
    stage.take(desk, "console-break")
    desk.context.set_offline(True)
    expect(desk.locator("#connection .dot.ok")).to_have_count(0)
    answer(desk, stage.talk.answer)
    stage.take(desk, "console-offline")
    desk.context.close()
    page = stage.signed_in("lin")
    page.goto("/desk/offline/")
    stage.take(page, "offline")
    page.context.close()


def transcript(stage: Stage) -> None:
    """A conversation on a sheet of its own."""
    from chat.models import ServiceSession

    found = ServiceSession.objects.filter(shop=stage.shop, buyer__nickname=stage.talk.face, state="closed")
    page = stage.signed_in("lin")
    page.goto(f"{stage.at}sessions/{found.latest('pk').pk}/transcript/")
    stage.take(page, "transcript")
    page.context.close()


def prepare(stage: Stage) -> None:
    """What leads have set before the pictures: sentences at hand, words not to be said."""
    from botfaq.models import Category, Question
    from chat.models import QuickReply
    from shops.models import Member, Shop

    people = Member.objects.filter(shop=stage.shop)
    people.exclude(user__username="lin").update(accepting=False)
    people.update(capacity=24)
    for name, places in stage.talk.categories:
        category, _made = Category.objects.get_or_create(shop=stage.shop, name=name)
        Question.objects.filter(shop=stage.shop, card_place__in=places).update(category=category)
    Shop.objects.filter(pk=stage.shop.pk).update(forbidden_words=[stage.talk.forbidden])
    owner = None if "shop" in stage.shop.policy.quick_reply_scopes else stage.member("lin")
    if not QuickReply.objects.filter(shop=stage.shop).exists():
        QuickReply.objects.bulk_create(
            QuickReply(shop=stage.shop, member=owner, group=group, title=title, text=text, place=place)
            for place, (group, title, text) in enumerate(stage.talk.replies)
        )


def _photo(stage: Stage) -> bytes:
    """A picture of the mug, as a buyer's camera would take it."""
    page = stage.browser.new_page(viewport={"width": 420, "height": 420})
    page.goto(f"{stage.live.url}/static/img/demo/mug.svg")
    photo = page.screenshot(type="jpeg", clip={"x": 0, "y": 80, "width": 420, "height": 280})
    page.close()
    return photo


def _picture(page: Page, photo: Any) -> None:
    page.locator("#file").set_input_files({"name": "mug.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.locator("#rows button.media")).to_be_visible()
