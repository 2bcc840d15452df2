"""What the tables of bad input are tried on: a shop with one thing of each kind, and another shop that has its own."""

from typing import Any

from django.apps import apps
from django.utils import timezone
from rest_framework.test import APIClient

from botfaq import actions, unmatched
from botfaq.models import Miss, Question
from chat.actions import quick_replies
from shops import identity
from shops.models import Member, Shop
from tests import base, hooks
from tests.hostile import oneself
from tests.storefront.store import Store

V1 = "/api/v1/"
SETS = {name: ["owner", "super_admin"] for name in ("desk_setting_roles", "team_roles")}
KEY = "2d0e3c0e-6a0e-4a43-8b1a-6f0d3f3c9a10"


class World:
    """A shop with a session, the ways to REST of its buyer and agent, and what the tables held."""

    def __init__(self) -> None:
        shop, other = base.shop(overrides=SETS), base.shop("Other")
        self.lin, line = base.agent(shop, "Lin", role="super_admin"), base.buyer(shop)
        session = base.writes(line)
        far_agent = base.agent(other, "Far")
        far = base.writes(base.buyer(other))
        self.ids = {"shop": shop.pk, "session": session.pk, "buyer": line.buyer_id}
        self.ids["reply"] = quick_replies.create(self.lin, "agent", "Hello", "Hello!").pk
        self.good = {
            **{"client_msg_id": KEY, "kind": "text", "text": "hi", "session": session.pk, "shop": shop.pk},
            **{"question": base.question(shop).pk, "member": base.agent(shop, "Wu").pk, "marked": True, "seq": 1},
            **{"order": base.order(line).pk, "stars": 5, "delivered": 1, "read": 1, "accepting": True, "capacity": 3},
            **{"sessions": [session.pk], "on_break": False, "break_reason": "Lunch"},
            **{"on": False, "ours": "zh", "theirs": "en", "from": "zh", "to": "en", "seqs": [1]},
            **{"what": "close", "solved": True, "minutes": 5, "reason": "spam"},
            **{"words": "No", "scope": "agent", "title": "Hi", "place": 1},
            "misses": [_miss(shop)],
            **{"password": "not-a-secret-9", "device": "Phone", "refresh": "x", "id": "x"},
            **{"username": "may", "email": "may@shop.example", "nickname": "May"},
            **{"platform": "apns", "app": "com.example.desk", "token": "0f" * 32, "kinds": [], "language": "en"},
            **{"role": "agent", "im_permission": True, "is_active": True},
            **{"outcome": "sent", "source": "faq", "buyer": line.buyer_id},
            **{"greeting": "Hi", "off_hours_reply": "", "queue_order": "fifo", "requeue_after": None, "days": 90},
            **{"week": [], "special_days": [], "holiday": {"on": False}},
            **{"origins": [], "anonymous": False, "accent": "", "position": "left", "label": ""},
            "original": {"text": "hi", "from": "zh", "to": "en"},
            "identity": identity.sign(shop, "new-buyer", "New"),
            "entry": {"kind": "product", "ref": base.product(shop).sku},
        }
        self.foreign = {"shop": far.shop_id, "session": far.pk, "buyer": far.buyer_id}
        self.ids["account"], self.foreign["account"] = base.agent(shop, "Su").pk, far_agent.pk
        orders = [base.order(one.conversation).pk for one in (session, far)]
        self.ids["buyers_order"], self.foreign["buyers_order"] = orders
        self.ids["answer"] = base.answered(line, Question.objects.get(shop=shop))
        self.foreign["answer"] = base.answered(far.conversation, base.question(other))
        self.foreign["reply"] = quick_replies.create(far_agent, "agent", "Far", "Far away").pk
        self._knowledge(shop, other)
        self._beside(shop, other)
        self.desk, self.phone = base.desk(self.lin), base.phone(line)
        self.rows = rows()

    def _knowledge(self, shop: Shop, other: Shop) -> None:
        self.ids["question"], self.foreign["question"] = (Question.objects.get(shop=s).pk for s in (shop, other))
        self.ids["category"] = actions.add_category(self.lin, "Ours").pk
        self.foreign["category"] = actions.add_category(base.agent(other, "Boss", role="owner"), "Theirs").pk
        self.good |= {"answer": "Yes.", "phrasings": ["Hey"], "published": True, "link": "", "related": []}
        self.good |= {"category": None, "product": None, "picture": None, "questions": [], "by_hits": False}
        self.good |= {"only_off_hours": False, "after_low_rating": [], "name": "New"}

    def _storefront(self, shop: Shop, other: Shop) -> None:
        store, far = Store(shop), Store(other)
        self.ids["job"], self.foreign["job"] = (one.send("products", [{}])["id"] for one in (store, far))
        self.ids["key"], self.foreign["key"] = store.key.pk, far.key.pk
        self.good |= {"rows": [{}], "landing": ""}
        self.store = store.client

    def _beside(self, shop: Shop, other: Shop) -> None:
        """Add what stands beside the desk: the storefront's keys and jobs, webhooks."""
        self._storefront(shop, other)
        for ids, of in ((self.ids, shop), (self.foreign, other)):
            made, row = hooks.with_a_dead_letter(of)
            ids["endpoint"], ids["delivery"] = made.pk, row.pk
        for ids, member in ((self.ids, self.lin), (self.foreign, Member.objects.filter(shop=other).earliest("pk"))):
            ids["export"], ids["request"] = oneself.export(member), oneself.request(member.shop, member)
            ids["grant"] = oneself.let_in(member).pk
            ids["order"] = ids["buyers_order"]
        self.good |= {"old": "x", "new": "x", "code": "x", "key": "x", "speaker": self.lin.pk, "places": [0]}
        self.good |= {"url": hooks.FORM["url"], "kinds": hooks.FORM["kinds"], "is_on": False}

    def client(self, path: str) -> APIClient:
        if path.startswith("storefront/"):
            return self.store
        return self.phone if path.startswith("buyer/") else self.desk

    def address(self, path: str, **ids: Any) -> str:
        return V1 + path.format(**{**self.ids, **ids})


def _miss(shop: Shop) -> int:
    unmatched.missed(shop.pk, "Gift wrap?", 1, timezone.now())
    return Miss.objects.get(shop=shop).pk


def rows() -> dict[str, int]:
    """How many rows each table holds; sessions of visitors apart."""
    models = [model for model in apps.get_models() if model._meta.app_label != "sessions"]
    return {model.__name__: model._default_manager.count() for model in models}
