"""Who asks in the schema run, and where each operation finds something to succeed on."""

import io
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from django.test import Client
from django.utils import timezone
from PIL import Image

from botfaq import actions as knowledge
from botfaq import unmatched
from botfaq.models import Category, Miss, Question
from chat.actions import accounts, quick_replies, sessions
from shops import identity
from shops.models import Member
from tests import base
from tests.push_service import Device

CSRF = "a" * 32
Who = dict[str, dict[str, str]]  # headers and cookies
NOBODY: Who = {"headers": {}, "cookies": {}}
# Each call of these uses a session up.
USED_UP = {
    "session_take",
    "session_assign",
    "session_transfer",
    "session_close",
    "session_invite_rating",
    "session_no_reply",
    "session_recall",
    "session_report",
    "session_undo",
    "buyer_rating",
    "buyer_answer_feedback",
}
# What the owner alone may do in the shop of the run.
OWNERS = {"forbidden_words_set", "account_invite", "settings_talk_set", "hours_set", "widget_set", "team_read"}


class World:
    """Two shops and their people; a few of the other operations' sessions are always in the state that one needs."""

    def __init__(self) -> None:
        self.shop, self.other = base.shop(overrides={"member_nickname_set_by": "member"}), base.shop("Other")
        self.lin = base.agent(self.shop, "Lin", capacity=50, role="super_admin")
        self.wu = base.agent(self.shop, "Wu", accepting=False)
        owner = base.agent(self.shop, "Owner", role="owner", accepting=False)
        staff = base.agent(self.shop, "Staff", online=False, im=False, role="staff")
        stranger = base.agent(self.other, "Stranger")
        self.line = base.buyer(self.shop)
        self.session = base.writes(self.line)
        self.product, self.order = base.product(self.shop), base.order(self.line, **base.RECIPIENT)
        self.question = base.question(self.shop)
        quick_replies.create(self.lin, "agent", self.question.text, "At noon.")
        self.whole = self._bodies()
        self.people = {
            "anonymous": NOBODY,
            "buyer": self._bearer(self.line),
            "other buyer": self._bearer(base.buyer(self.other)),
        }
        members = {"agent": self.lin, "owner": owner, "staff": staff, "stranger": stranger}
        self.people |= {name: self._cookie(member) for name, member in members.items()}

    def _bodies(self) -> dict[str, Callable[[], dict[str, Any]]]:
        """Return bodies whose fields depend on one another, by operation."""
        laptop = Device("https://push.example", "laptop")
        return {
            "buyer_entry": lambda: {
                "shop": self.shop.pk,
                "identity": identity.sign(self.shop, "mei", "Mei"),
                "entry": {"kind": "product", "ref": self.product.sku},
            },
            "session_start": lambda: {"order": self.order.pk},
            "order_recipient": lambda: {"reason": "delivery"},
            "data_request": lambda: {"buyer": base.buyer(self.shop).buyer_id, "kind": "export"},
            **{f"{whose}push_subscribe": lambda: laptop.body for whose in ("", "buyer_")},
            **{f"{whose}push_forget": lambda: {"endpoint": laptop.endpoint} for whose in ("", "buyer_")},
            "suggestion_draft": lambda: {"seq": self.asking()},
            "suggestion_note": lambda: {"seq": self.running().last_buyer_seq, "outcome": "offered"},
            "account_open": self.new_account,
            "account_change": lambda: {"im_permission": True},
            "account_invite": dict,
            "faq_question_add": lambda: {"text": str(uuid.uuid4()), "answer": "Yes."},
            "faq_question_change": lambda: {"answer": "No."},
            "faq_category_add": lambda: {"name": uuid.uuid4().hex},
            "faq_category_rename": lambda: {"name": uuid.uuid4().hex},
            "faq_card_set": lambda: {"questions": [self.question.pk]},
            "faq_bot_set": lambda: {"only_off_hours": False},
            "settings_talk_set": lambda: {"greeting": "Welcome!"},
            "hours_set": lambda: {"week": []},
            "widget_set": lambda: {"origins": [], "anonymous": True, "accent": "", "position": "left", "label": ""},
            "profile_change": lambda: {"nickname": uuid.uuid4().hex},
            "faq_try": lambda: {"text": "hello"},
            "faq_check": lambda: {"answer": "hello"},
            "faq_misses_phrasing": lambda: {"misses": [self.missed()], "question": self.question.pk},
            **{
                f"faq_misses_{verb}": lambda: {"misses": [self.missed()]} for verb in ("question", "dismiss", "restore")
            },
        }

    @staticmethod
    def new_account() -> dict[str, Any]:
        name = uuid.uuid4().hex
        body = {"username": name, "email": f"{name}@shop.example", "nickname": name, "role": "staff"}
        return {**body, "im_permission": False}

    def fresh(self, state: str) -> Any:
        """Return a new session in this state: assigned to Lin, or waiting."""
        Member.objects.filter(shop=self.shop).update(accepting=False)
        session = base.writes(base.buyer(self.shop))
        return sessions.take(session.pk, self.lin) if state == "assigned" else session

    def running(self) -> Any:
        """Return a session that Lin has: the one of before, unless it was closed, handed over or muted meanwhile."""
        self.session.refresh_from_db()
        held = (self.session.state, self.session.assignee_id) == ("assigned", self.lin.pk)
        if not held or self.session.conversation.muted_until:
            self.session = self.fresh("assigned")
        return self.session

    def asking(self) -> int:
        """Let the buyer ask what the shop has an answer to; return the message's number."""
        base.writes(self.running().conversation, self.question.text)
        return int(self.running().last_buyer_seq)

    def missed(self) -> int:
        """Return new words that the bot had no answer to."""
        words = uuid.uuid4().hex
        unmatched.missed(self.shop.pk, words, self.session.pk, timezone.now())
        return Miss.objects.get(shop=self.shop, text=words).pk

    @staticmethod
    def _bearer(line: Any) -> Who:
        return {"headers": {"Authorization": f"Bearer {identity.issue(base.token(line))}"}, "cookies": {}}

    @staticmethod
    def _cookie(member: Any) -> Who:
        client = Client()
        client.force_login(member.user)
        cookie = client.cookies["sessionid"].value
        return {"headers": {"X-CSRFToken": CSRF}, "cookies": {"sessionid": cookie, "csrftoken": CSRF}}


def right(world: World, operation: str, case: Any, chance: Random) -> Who:
    """Give a case what it needs to succeed; return who sends it."""
    wanted = _path(world, operation, case)
    fields: dict[str, Callable[[], Any]] = {
        "client_msg_id": lambda: str(uuid.uuid4()),
        "kind": lambda: "text",
        "text": lambda: "hello",
        "question": lambda: world.question.pk,
        "member": lambda: world.wu.pk,
        "session": lambda: wanted.pk,
        "stars": lambda: chance.randint(1, 5),
        "words": lambda: ["cheap"] if operation == "forbidden_words_set" else "good",
        "capacity": lambda: chance.randint(1, 50),
        "read": lambda: 1,
        "file": png,
        "title": lambda: "hello",
        "group": lambda: "",
        "scope": lambda: "agent",
        "place": lambda: 0,
        "seq": lambda: base.replies(world.lin, wanted).event["seq"] if operation == "session_recall" else 1,
        "what": lambda: "close",
        "evidence": list,
        "reason": lambda: chance.choice(["spam", "abuse"]) if operation == "session_report" else "",
    }
    if operation in world.whole:
        case.body = world.whole[operation]()
    elif isinstance(case.body, dict):
        for name in case.body:
            if name in fields:
                case.body[name] = fields[name]()
        for name in ("attachment", "ref"):
            case.body.pop(name, None)
    elif operation in ("buyer_upload", "attachment_upload", "avatar_hand_in"):
        case.body = {"file": png()}
    if operation.startswith("buyer_") and operation != "buyer_orders":
        return World._bearer(wanted.conversation) if operation in USED_UP else world.people["buyer"]
    return world.people["owner" if operation in OWNERS else "agent"]


def _path(world: World, operation: str, case: Any) -> Any:
    """Name the shop and a session in the state that the operation needs; return that session."""
    state = {"session_take": "queued", "session_assign": "queued"}.get(operation, "assigned")
    wanted = world.fresh(state) if operation in USED_UP else world.running()
    if operation in ("buyer_rating", "session_invite_rating"):
        base.replies(world.lin, wanted)
    if operation == "buyer_answer_feedback":
        case.path_parameters["answer_id"] = base.answered(wanted.conversation, world.question)
    if operation == "session_undo":
        sessions.close(wanted.pk, world.lin)
    if operation in ("quick_reply_change", "quick_reply_remove"):
        case.path_parameters["reply_id"] = quick_replies.create(world.lin, "agent", "Hi", "Hello").pk
    if "account_id" in case.path_parameters:
        opened = accounts.Draft(**world.new_account())
        case.path_parameters["account_id"] = accounts.create(world.lin, opened, "http://x").pk
    _knowledge(world, operation, case)
    ids = {"shop_id": world.shop.pk, "session_id": wanted.pk, "buyer_id": world.line.buyer_id}
    ids["buyers_order_id"] = world.order.pk
    case.path_parameters.update({name: pk for name, pk in ids.items() if name in case.path_parameters})
    case.query.pop("cursor", None)
    if "after" in case.query:
        case.query.pop("before", None)
    return wanted


def _knowledge(world: World, operation: str, case: Any) -> None:
    """Name a question or a category of its own, removed where it is to be brought back."""
    if "question_id" in case.path_parameters:
        fresh = Question.objects.create(shop=world.shop, text=str(uuid.uuid4()), answer="Yes.")
        case.path_parameters["question_id"] = fresh.pk
        if operation == "faq_question_restore":
            knowledge.delete(world.lin, fresh.pk)
    if "category_id" in case.path_parameters:
        case.path_parameters["category_id"] = knowledge.add_category(world.lin, uuid.uuid4().hex).pk
    if operation in ("faq_category_add", "faq_category_rename"):  # a shop has so many at most
        Category.objects.filter(shop=world.shop).exclude(pk=case.path_parameters.get("category_id", 0)).delete()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()
