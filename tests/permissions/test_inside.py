"""Each action by itself: who may not is refused whatever the door, and other shops keep what they have."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from botfaq import actions, unmatched
from botfaq.models import Category, Miss, Question
from chat.actions import (
    accounts,
    avatars,
    data_jobs,
    founding,
    people,
    policy,
    quick_replies,
    reports,
    unmasking,
)
from chat.models import AvatarReview, DataRequest, ServiceSession
from commerce.models import Shipment
from shops import widget
from shops.actions import create_shop
from shops.errors import NotAllowed, NotYours, Refused
from shops.models import Member, User
from tests import base
from tests.chat import samples
from tests.permissions.world import MISSING, Things, World
from webhooks import health

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.rule("A6")]
Action = Callable[[Member], Any]


def _let_in(all_of: dict[str, Action], by: Member) -> list[str]:
    """Return which of these let a member in."""
    found = []
    for name, action in all_of.items():
        with suppress(NotAllowed):
            action(by)
            found.append(name)
    return found


@pytest.mark.rule("A3")
@pytest.mark.parametrize("of", ["_settings", "_questions", "_buyers_data"])
def test_an_action_asks_by_itself_who_may(of: str) -> None:
    world = World("tiktok_shop")
    asked: dict[str, Action] = globals()[of](world)
    assert _let_in(asked, world.members["staff"]) == []
    assert _let_in(asked, world.members["owner"]) == list(asked)


def _settings(world: World) -> dict[str, Action]:
    shop = world.shop
    look: widget.Look = {"accent": "", "position": "right", "label": ""}
    return {
        "order": lambda by: policy.set_queue_order(shop, shop.policy.queue_orders[0], by),
        "requeue": lambda by: policy.set_requeue_after(shop, 5, by),
        "greeting": lambda by: policy.set_greeting(shop, "Hello", by),
        "week": lambda by: policy.set_week(shop, [], by),
        "days": lambda by: policy.set_special_days(shop, [], by),
        "day": lambda by: policy.change_special_days(shop, by),
        "off hours": lambda by: policy.set_off_hours_reply(shop, "Later", by),
        "holiday": lambda by: policy.set_holiday(shop, True, "Away", by),
        "words": lambda by: policy.set_forbidden_words(shop, ["free"], by),
        "retention": lambda by: policy.set_retention(shop, 400, by),
        "widget": lambda by: widget.set_up(shop, by, origins=[], anonymous=True, look=look),
        "bot": lambda by: policy.set_bot(shop, True, by),
        "bot hours": lambda by: policy.set_bot_hours(shop, True, by),
        "parcels": lambda by: policy.set_tells_parcels(shop, True, by),
        "hits": lambda by: policy.set_faq_by_hits(shop, True, by),
        "low stars": lambda by: policy.set_after_low_rating(shop, [], by),
    }


def _questions(world: World) -> dict[str, Action]:
    own = world.colleagues
    one, heading, miss = own.question, own.category, own.miss
    return {
        "save": lambda by: actions.save(by, one, []),
        "publish": lambda by: actions.publish(by, [one.pk], True),
        "sort": lambda by: actions.sort(by, [one.pk], None),
        "choose": lambda by: actions.choose(by, [one.pk]),
        "remove": lambda by: actions.remove(by, [one.pk]),
        "restore": lambda by: actions.restore(by, [one.pk]),
        "heading": lambda by: actions.add_category(by, "Sizes"),
        "rename": lambda by: actions.rename_category(by, heading, "Colours"),
        "remove heading": lambda by: actions.remove_category(by, heading),
        "restore heading": lambda by: actions.restore_category(by, heading.pk),
        "add words": lambda by: unmatched.add_phrasings(by, [miss.pk], one),
        "dismiss words": lambda by: unmatched.dismiss(by, [miss.pk]),
        "restore words": lambda by: unmatched.restore(by, [miss.pk]),
        "draft of words": lambda by: unmatched.make_question(by, [miss.pk]),
    }


def _buyers_data(world: World) -> dict[str, Action]:
    own = world.colleagues
    return {
        "export": lambda by: data_jobs.order(own.line.buyer, "export", by),
        "unmask": lambda by: unmasking.show(own.order, by, "delivery"),
        "shop's reply": lambda by: quick_replies.create(by, "shop", "Title", "Text"),
    }


def test_the_shops_webhooks_that_were_turned_off_are_told_to_who_keeps_them() -> None:
    world = World()
    for things in (world.colleagues, world.foreign):
        things.webhook.off_why = "failing"
        things.webhook.save()
    [told] = health.warnings(world.members["owner"])
    assert told.address.endswith(f"/{world.colleagues.webhook.pk}/")
    assert list(health.warnings(world.members["agent"])) == []


def test_questions_and_headings_of_another_shop_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    owner, far, old = world.members["owner"], world.foreign, timezone.now() - timedelta(days=30)
    long_gone = Category.objects.create(shop=world.other, name="Old", removed_at=old)
    Question.objects.filter(pk=far.question.pk).update(card_place=1, category=far.category)
    ids = [far.question.pk, world.colleagues.question.pk]
    assert actions.publish(owner, ids, False) == actions.publish(owner, ids, True) == 1
    assert actions.sort(owner, ids, None) == actions.remove(owner, ids) == 1
    with pytest.raises(NotYours):
        actions.delete(owner, far.question.pk)
    Question.objects.filter(pk=far.question.pk).update(removed_at=timezone.now())
    assert actions.restore(owner, ids) == 1
    Question.everything.filter(pk=far.question.pk).update(removed_at=None)
    actions.choose(owner, [world.colleagues.question.pk])
    actions.remove_category(owner, far.category)
    with pytest.raises(NotYours):
        actions.restore_category(owner, far.category.pk)
    kept = Question.objects.get(pk=far.question.pk)
    assert (kept.card_place, kept.category, kept.published) == (1, far.category, True)
    assert set(Category.everything.filter(shop=world.other)) == {far.category, long_gone}
    assert set(Category.objects.filter(shop=world.other)) == {far.category}
    # Nor do they count.
    monkeypatch.setattr(actions, "MOST", Question.objects.filter(shop=world.shop).count() + 1)
    monkeypatch.setattr(actions, "CATEGORIES", Category.objects.filter(shop=world.shop).count() + 1)
    actions.save(owner, Question(text="Is it warm?", answer="Yes."), [])
    actions.add_category(owner, "Sizes")
    for full in (lambda: actions.save(owner, Question(text="Is it cold?", answer="No."), []),
                 lambda: actions.add_category(owner, "Colours")):  # fmt: skip
        with pytest.raises(Refused, match="too_many"):
            full()


def test_what_buyers_of_another_shop_said_stays_theirs() -> None:
    world = World()
    far, own, now = world.foreign.miss, world.colleagues.miss, timezone.now()
    unmatched.missed(world.shop.pk, far.text, world.colleagues.session.pk, now)
    far.refresh_from_db()
    assert (far.count, far.last_session) == (1, world.foreign.session.pk)
    assert far not in [one for group in unmatched.groups(world.shop) for one in group.misses]
    assert own in [one for group in unmatched.groups(world.shop) for one in group.misses]
    for ids in ([own.pk, far.pk], []):
        with pytest.raises(NotYours):
            unmatched.dismiss(world.members["owner"], ids)
    unmatched.forget(world.shop.pk, [far.text, own.text])
    unmatched.forget_older(world.shop.pk, now + timedelta(days=1))
    assert not Miss.objects.filter(shop=world.shop).exists()
    Miss.objects.update(last_at=now - unmatched.KEPT - timedelta(days=1))
    unmatched.missed(world.shop.pk, "Something new", world.colleagues.session.pk, now)
    assert list(Miss.objects.filter(shop=world.other)) == [far]


def test_what_is_set_for_a_shop_leaves_the_other_as_it_was() -> None:
    world = World("tiktok_shop")
    owner, far = world.members["owner"], world.stranger
    parcel = Shipment.objects.create(
        shop=world.other, order=world.foreign.order, tracking_number="T-1", updated_at=timezone.now()
    )
    Member.objects.filter(pk=far.pk).update(after_low_rating=True, capacity=2)
    held = ServiceSession.objects.filter(pk=world.foreign.queued.pk)
    held.update(state=ServiceSession.State.BOT)
    policy.set_bot(world.shop, False, owner)
    assert held.get().state == ServiceSession.State.BOT
    policy.set_tells_parcels(world.shop, True, owner)
    agent = world.members["agent"]
    policy.set_after_low_rating(world.shop, [agent.pk], owner)
    agent.refresh_from_db()
    assert agent.after_low_rating
    for nobody_here in (far, world.members["staff"]):
        with pytest.raises(NotYours):
            policy.set_after_low_rating(world.shop, [nobody_here.pk], owner)
    for low, high in ((3, 3), (1, 1)):
        policy.set_overrides(world.shop, {"capacity_min": low, "capacity_max": high, "capacity_default": low})
        assert set(world.shop.members.values_list("capacity", flat=True)) == {low}
    far.refresh_from_db()
    parcel.refresh_from_db()
    assert (far.after_low_rating, far.capacity, parcel.told_state) == (True, 2, "")


def test_a_nickname_is_taken_in_ones_own_shop_only() -> None:
    world = World()
    assert people.rename(world.members["agent"], world.stranger.nickname).nickname == world.stranger.nickname
    with pytest.raises(Refused):
        people.rename(world.members["agent"], world.receiver.nickname)


def test_who_manages_accounts_is_asked_as_it_is_now_and_of_the_own_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    owner, admin = world.members["owner"], world.members["super_admin"]
    draft = accounts.Draft("may", "may@shop.example", world.stranger.nickname, "agent", True)
    monkeypatch.setattr(accounts, "MOST", world.shop.members.count() + 1)
    for by, of in ((world.members["agent"], world.receiver), (admin, owner)):
        with pytest.raises(NotAllowed):
            accounts.invite(by, of, "http://x")
    Member.objects.filter(pk=admin.pk).update(is_active=False)
    with pytest.raises(NotYours):
        accounts.create(admin, draft, "http://x")
    made = accounts.create(owner, draft, "http://x")  # neither names nor numbers of another shop are in the way
    assert made.nickname == world.stranger.nickname
    assert accounts.invite(owner, made, "http://x").pk
    with pytest.raises(Refused, match="too_many"):
        accounts.create(owner, draft._replace(username="lee", nickname="Lee"), "http://x")


def test_who_was_sent_away_is_nobodys_colleague_any_more() -> None:
    world = World()
    left = world.receiver
    Member.objects.filter(pk=left.pk).update(is_active=False)
    sister = create_shop(world.shop.seller, "Sister", "douyin")
    boss = base.agent(sister, "Boss", online=False, role="owner")
    again = accounts.Draft(left.user.username, "", "Again", "agent", True)
    with pytest.raises(Refused, match="username_taken"):
        accounts.create(boss, again, "http://x")
    plan = founding.Plan(
        seller="", seller_id=world.shop.seller_id, name="Third", preset="douyin", time_zone="Asia/Shanghai",
        language="en", currency="CNY", nickname="Chen", username=left.user.username, email="",
    )  # fmt: skip
    with pytest.raises(Refused, match="username_taken"):
        founding.found(plan, "http://x")
    with pytest.raises(Refused, match="username_taken"):
        founding.found(plan._replace(username=world.stranger.user.username), "http://x")
    with pytest.raises(NotYours):
        founding.found(plan._replace(seller_id=MISSING), "http://x")
    Member.objects.filter(pk=left.pk).update(is_active=True)
    assert accounts.create(boss, again, "http://x").user == left.user


@pytest.mark.rule("A7")
def test_a_reviewer_decides_in_every_shop_but_those_it_works_for_now() -> None:
    world = World()
    own, reviewer = world.colleagues, User.objects.create_user("decides", is_staff=True)
    works = base.agent(world.shop, "Works", online=False).user
    at_home = Member.objects.create(shop=world.other, user=reviewer, nickname="Home", role="staff", capacity=1)
    for by, shop in ((works, own), (reviewer, world.foreign)):
        with pytest.raises(Refused, match="own_shop"):
            avatars.decide(shop.review, by, True)
        with pytest.raises(Refused, match="own_shop"):
            reports.decide(shop.report, by, True)
    for shop in (own, world.foreign):
        assert avatars.decide(shop.review, reviewer, False).state == "rejected"
        assert reports.decide(shop.report, reviewer, False).state == "rejected"
        Member.objects.filter(pk=at_home.pk).update(is_active=False)


def test_a_new_picture_takes_the_place_of_ones_own_only() -> None:
    world = World()
    own, beside = world.things["agent"], world.colleagues
    avatars.withdraw(own.holder)
    assert set(AvatarReview.objects.filter(pk__in=[own.review.pk, beside.review.pk])) == {beside.review}
    avatars.submit(own.holder, samples.sent(samples.GOOD["png"](), "x.png"))
    avatars.submit(own.holder, samples.sent(samples.GOOD["png"](), "x.png"))
    assert AvatarReview.objects.filter(member=own.holder).count() == 1
    assert AvatarReview.objects.filter(pk=beside.review.pk).exists()


def test_quick_replies_are_changed_by_whom_they_are_for_and_counted_by_list() -> None:
    world = World("tiktok_shop")
    owner, agent, chen = world.members["owner"], world.members["agent"], world.receiver
    quick_replies.create(world.stranger, "shop", "Theirs", "Theirs")
    shops = quick_replies.create(owner, "shop", "Ours", "Ours")
    assert (shops.place, quick_replies.create(chen, "agent", "Mine", "Mine").place) == (0, 0)
    for refused in (lambda: quick_replies.change(shops, agent, title="X"), lambda: quick_replies.delete(shops, agent)):
        with pytest.raises(NotAllowed):
            refused()
    assert quick_replies.change(shops, owner, title="X").title == "X"
    quick_replies.delete(shops, owner)


def test_what_is_done_about_a_buyer_leaves_the_others() -> None:
    world = World()
    owner, own, beside, far = world.members["owner"], world.things["agent"], world.colleagues, world.foreign
    data_jobs._forget_exports(own.line.buyer)
    assert _files(own, beside, far) == [False, True, True]
    now = timezone.now()
    ServiceSession.objects.filter(buyer__in=[beside.line.buyer_id, far.line.buyer_id]).update(removed_at=now)
    lead = world.things["service_lead"]
    data_jobs.forget_shortened(world.shop.pk)
    assert _files(beside, lead, far) == [False, True, True]
    DataRequest.objects.create(
        shop=world.shop, buyer=beside.line.buyer, who="", kind="erase", state="done", created_at=now, touched_at=now
    )
    nobody = base.buyer(world.shop).buyer  # others have open sessions, and one was erased
    assert data_jobs.order(nobody, "erase", owner).pk
    for buyer, code in ((beside.line.buyer, "already_erased"), (lead.line.buyer, "session_open")):
        with pytest.raises(Refused, match=code):
            data_jobs.order(buyer, "erase", owner)


def _files(*of: Things) -> list[bool]:
    return [bool(DataRequest.objects.get(pk=things.request.pk).file) for things in of]
