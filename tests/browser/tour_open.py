"""Pictures of the open desk: keys of the storefront, webhooks, programs that are let in, coupons."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.tour_stage import DESKTOP, PHONE, Stage, answer, open_talk, say

if TYPE_CHECKING:
    from webhooks.models import Endpoint


@dataclass(frozen=True)
class Open:
    """What the pictures name, in one language."""

    keys: tuple[str, str, str]  # in use, in use, revoked
    hooks: tuple[tuple[str, str], ...]  # names and addresses; the last one has failed
    programs: tuple[str, str]  # let in, and one that asks
    coupons: tuple[tuple[str, str, str, str, str], ...]  # number, title, kind, discount, minimum
    asks: str
    offers: str
    thanks: str


WORDS = {
    "zh-hans": Open(
        keys=("官网商城 · 生产环境", "ERP 订单同步", "官网商城 · 旧服务器"),
        hooks=(
            ("仓库系统 WMS", "https://wms.qinghe.example/hooks/chat"),
            ("客服数据看板", "https://bi.qinghe.example/events"),
            ("旧版工单系统", "https://ticket.qinghe.example/in"),
        ),
        programs=("小蜜客服助手", "会员标签助手"),
        coupons=(
            ("QH-10", "秋季满减券", "amount", "20", "199"),
            ("QH-11", "新客专享九折", "percent", "10", "0"),
            ("QH-12", "家居焕新满减券", "amount", "60", "499"),
        ),
        asks="想买两个抱枕，现在有什么优惠吗？",
        offers="有的，给您发一张满减券，和抱枕可以一起用：",
        thanks="领到了，谢谢！",
    ),
    "en": Open(
        keys=("Web shop, production", "ERP order sync", "Web shop, old server"),
        hooks=(
            ("Warehouse", "https://wms.qinghe.example/hooks/chat"),
            ("Service dashboard", "https://bi.qinghe.example/events"),
            ("Old ticket system", "https://tickets.qinghe.example/in"),
        ),
        programs=("Reply Helper", "Member Tags"),
        coupons=(
            ("UK-10", "Autumn 5 off from 40", "amount", "5", "40"),
            ("UK-11", "10% for new customers", "percent", "10", "0"),
            ("UK-12", "15 off from 120", "amount", "15", "120"),
        ),
        asks="I would like two cushions. Is there an offer on at the moment?",
        offers="There is: here is a coupon, it goes with the cushions too.",
        thanks="Got it, thank you!",
    ),
}


def keys(stage: Stage) -> None:
    """The storefront's keys and what came in bulk; a new key, shown once."""
    _keys(stage, WORDS[stage.talk.language].keys)
    _jobs(stage, WORDS[stage.talk.language].keys)
    page = _settings(stage, "keys/")
    stage.take(page, "settings-keys")
    page.locator("#jobs").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    stage.take(page, "settings-keys-jobs")
    page.context.close()


def webhooks(stage: Stage) -> None:
    """All of them, one with its deliveries, one delivery with its tries."""
    from chat.models import Outbox
    from webhooks.models import Endpoint

    made = _hooks(stage, WORDS[stage.talk.language].hooks)
    page = _settings(stage, "webhooks/")
    stage.take(page, "settings-webhooks")
    page.locator("form .primary").scroll_into_view_if_needed()
    stage.take(page, "settings-webhook-new")
    page.goto(f"{stage.at}settings/webhooks/{made[0].pk}/")
    page.locator("section[aria-labelledby=sent]").evaluate("node => (node.scrollIntoView(), window.scrollBy(0, -16))")
    stage.take(page, "settings-webhook")
    tried = Outbox.objects.filter(target=made[0].target, tries=2).latest("pk")
    page.goto(f"{stage.at}settings/webhooks/{made[0].pk}/{tried.pk}/")
    stage.take(page, "settings-webhook-delivery")
    page.context.close()
    Endpoint.objects.filter(pk__in=[one.pk for one in made]).delete()  # the one that failed is told of on every page


def apps(stage: Stage) -> None:
    """A program that is let in, and the page where another one asks."""
    from openplatform import grants
    from openplatform.models import Subscription

    known, asking = WORDS[stage.talk.language].programs
    mei, lin = stage.member("mei"), stage.member("lin")
    scopes = ["seller.authorization.info", "seller.customer_service"]
    grant = grants.authorise(mei, grants.issue(known, scopes, None).app.key, lin).grant
    for event in ("NEW_MESSAGE", "NEW_CONVERSATION"):
        address = "https://helper.example/events"
        Subscription.objects.create(grant=grant, event=event, address=address, base=stage.live.url)
    page = _settings(stage, "apps/")
    stage.take(page, "settings-apps")
    other = grants.issue(asking, scopes, None, "https://tags.example/authorized").app
    page.goto(f"/oauth/authorize/?app_key={other.key}&state=s-1")
    page.locator("#speaker").select_option(str(mei.pk))
    stage.take(page, "consent")
    page.context.close()


def coupon(stage: Stage) -> None:
    """A coupon goes from the workbench to the buyer's page."""
    from commerce.models import Coupon
    from shops.models import Shop

    Shop.objects.filter(pk=stage.shop.pk).update(bot_enabled=False)
    words, now, face = WORDS[stage.talk.language], timezone.now(), stage.talk.others[3]
    for number, title, kind, discount, minimum in words.coupons:
        Coupon.objects.get_or_create(
            shop=stage.shop, number=number,
            defaults={
                "title": title, "kind": kind, "discount": discount, "minimum": minimum, "total": 500, "claimed": 86,
                "starts_at": now - timedelta(days=4), "ends_at": now + timedelta(days=24),
                "link": f"https://shop.qinghe.example/coupons/{number.lower()}",
            },
        )  # fmt: skip
    desk, buyer = stage.desk("lin"), stage.buyer(PHONE, face)
    buyer.locator(".send-card").click()
    say(buyer, words.asks)
    expect(buyer.locator("#app[data-state=assigned]")).to_be_visible(timeout=20_000)
    open_talk(desk, face)
    answer(desk, words.offers)
    desk.locator("#tab-coupons").click()
    expect(desk.locator("#panel-coupons .card-coupon")).to_have_count(len(words.coupons))
    desk.locator("#panel-coupons .card-coupon", has_text=words.coupons[0][1]).locator("[data-send]").click()
    expect(buyer.locator(".coupon")).to_be_visible()
    say(buyer, words.thanks)
    expect(desk.locator(".said", has_text=words.thanks)).to_be_visible()
    desk.bring_to_front()
    stage.take(desk, "console-coupon")
    buyer.bring_to_front()
    buyer.locator("#stream").evaluate("node => node.scrollTo(0, node.scrollHeight)")
    stage.take(buyer, "buyer-coupon")
    for page in (buyer, desk):
        page.context.close()
    Shop.objects.filter(pk=stage.shop.pk).update(bot_enabled=stage.shop.bot_enabled)


def _settings(stage: Stage, path: str) -> Page:
    """Open a page of the owner's settings."""
    page = stage.signed_in("mei", DESKTOP)
    page.goto(f"{stage.at}settings/{path}")
    expect(page.locator("main h1")).to_be_visible()
    return page


def _keys(stage: Stage, names: tuple[str, str, str]) -> None:
    from storefront import keys as actions
    from storefront.models import ShopKey

    mei, now = stage.member("mei"), timezone.now()
    for name, days, used in zip(names, (64, 23, 190), (timedelta(minutes=2), timedelta(hours=3), None), strict=True):
        made = actions.issue(mei, name).key
        ShopKey.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=days), used_at=used and now - used)
    actions.revoke(ShopKey.objects.get(shop=stage.shop, name=names[2]), mei)
    ShopKey.objects.filter(shop=stage.shop, name=names[2]).update(revoked_at=now - timedelta(days=63))


def _jobs(stage: Stage, names: tuple[str, str, str]) -> None:
    """What came in bulk: a job that runs, one that is done, one with refused rows."""
    from storefront.models import Job

    now = timezone.now()
    for kind, state, done, total, refused, hours, name in (
        ("orders", "done", 9_850, 9_850, 3, 50, names[1]),
        ("products", "done", 412, 412, 0, 26, names[0]),
        ("after_sales", "done", 118, 118, 1, 3, names[1]),
        ("orders", "running", 4_200, 8_640, 0, 0, names[1]),
    ):
        at = now - timedelta(hours=hours, minutes=13)
        Job.objects.create(
            shop=stage.shop, key_name=name, kind=kind, state=state, total=total, done=done, added=done - refused,
            refused=refused, created_at=at, touched_at=now, finished_at=at if state == "done" else None,
        )  # fmt: skip


def _hooks(stage: Stage, told: tuple[tuple[str, str], ...]) -> list["Endpoint"]:
    """Set up webhooks with the deliveries of some hours, told of what happened in the demo."""
    from django.conf import settings

    from lib import sealing
    from webhooks.models import PURPOSE, Endpoint, Kind

    now, made = timezone.now(), list["Endpoint"]()
    for name, url in told:
        one = Endpoint.objects.create(
            shop=stage.shop, name=name, url=url, kinds=list(Kind.values), base=stage.live.url,
            sealed=sealing.seal("x", settings.SECRET_KEY, PURPOSE), created_by=stage.member("mei"),
            created_at=now - timedelta(days=40),
        )  # fmt: skip
        made.append(one)
    Endpoint.objects.filter(pk=made[1].pk).update(kinds=[Kind.RATED, Kind.CLOSED])
    since = {"failing_since": now - timedelta(days=5), "off_at": now - timedelta(days=2)}
    Endpoint.objects.filter(pk=made[2].pk).update(is_on=False, off_why="failing", **since)
    _deliveries(stage, made[0])
    return made


def _deliveries(stage: Stage, to: "Endpoint") -> None:
    from chat.models import Event, Outbox
    from webhooks.promising import KIND

    kinds = {"message": "message.created", "session.assigned": "session.assigned", "session.rated": "session.rated"}
    kinds |= {"session.closed": "session.closed", "session.opened": "session.opened"}
    happened = [Event.objects.filter(shop=stage.shop, kind=kind).order_by("-pk")[:2] for kind in kinds]
    now = timezone.now()
    for n, event in enumerate(one for some in zip(*happened, strict=False) for one in some):
        at = now - timedelta(minutes=7 * (12 - n), seconds=n * 13 % 60)
        payload = {"to": to.pk, "id": str(uuid.uuid4()), "type": kinds[event.kind], "line": event.conversation_id}
        tries = [_tried(at, 200)]
        if n == 5:
            tries = [_tried(at, 503, "Service Unavailable"), _tried(at + timedelta(minutes=2), 200)]
        row = Outbox.objects.create(
            shop=stage.shop, kind=KIND, lane="webhooks", target=to.target, due_at=at, tries=len(tries), attempts=tries,
            payload={**payload, "session": event.session_id, "seq": event.seq}, done_at=at + timedelta(minutes=1),
        )  # fmt: skip
        Outbox.objects.filter(pk=row.pk).update(created_at=at)


def _tried(at: Any, status: int, said: str = '{"ok": true}') -> dict[str, Any]:
    error = f"status: {status}" if status >= 300 else ""
    return {"at": at.isoformat(), "ms": 41 + status % 97, "status": status, "error": error, "answer": said}
