"""Who asks in the schema run, and where each operation finds something to succeed on."""

import io
import uuid
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

from django.test import Client
from django.utils import timezone
from PIL import Image

from botfaq import actions as knowledge
from botfaq import unmatched
from botfaq.models import Category, Miss, Question
from chat.actions import accounts, people, quick_replies, sessions
from shops import devices, identity, sign_ins
from shops.models import Member, User
from storefront import keys
from storefront.models import Job, ShopKey
from storefront.shapes import EXAMPLES
from tests import base, hooks
from tests.hostile import oneself
from tests.permissions.bodies import LAPTOP, PHONE
from tests.storefront.store import Store
from webhooks.models import Endpoint

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
# What an app alone may ask: it is about the very app.
OF_APPS = {"app_push_read", "app_push_register", "app_push_forget", "background_keep", "background_end"}
# What the owner alone may do in the shop of the run.
OWNERS = {
    "forbidden_words_set",
    "account_invite",
    "settings_talk_set",
    "hours_set",
    "widget_set",
    "team_read",
    "team_settings",
}

# Bodies of settings that depend on nothing.
_SETTINGS: dict[str, Callable[[], dict[str, Any]]] = {
    "faq_bot_set": lambda: {"only_off_hours": False},
    "settings_talk_set": lambda: {"greeting": "Welcome!"},
    "hours_set": lambda: {"week": []},
    "webhook_add": lambda: hooks.FORM,
    "webhook_change": lambda: {"is_on": False},
    "faq_presets_take": lambda: {"language": "en", "places": [0]},
    "analytics_export": lambda: {"kind": "sessions", "format": "csv"},
    "password_forgotten": lambda: {"email": "nobody@shop.example"},
    "faq_questions_import": lambda: {"file": f"Question,Answer\n{uuid.uuid4()},Yes.".encode()},
    "quick_replies_import": lambda: {"file": b"Title,Text\nHi,Hello!", "scope": "agent"},
}


class World:
    """Two shops and their people; a few of the other operations' sessions are always in the state that one needs."""

    def __init__(self) -> None:
        self.shop, self.other = base.shop(overrides={"member_nickname_set_by": "member"}), base.shop("Other")
        self.lin = base.agent(self.shop, "Lin", capacity=50, role="super_admin")
        self.wu = base.agent(self.shop, "Wu", accepting=False)
        owner = base.agent(self.shop, "Owner", role="owner", accepting=False)
        stranger = base.agent(self.other, "Stranger")
        self.line = base.buyer(self.shop)
        self.session = base.writes(self.line)
        self.product, self.order = base.product(self.shop), base.order(self.line, **base.RECIPIENT)
        self.question = base.question(self.shop)
        quick_replies.create(self.lin, "agent", self.question.text, "At noon.")
        self.whole = self._bodies() | self._storefronts()
        self.people = {
            "anonymous": NOBODY,
            "buyer": self._bearer(self.line),
            "other buyer": self._bearer(base.buyer(self.other)),
        }
        self.store = Store(self.shop)
        self.people["storefront"] = self._says(self.store.text)
        members = {"super admin": self.lin, "owner": owner, "stranger": stranger, **self._colleagues()}
        self.people |= {name: self._cookie(member.user) for name, member in members.items()}
        people.disable(members["disabled member"])
        reviewer = User.objects.create_user("reviewer", password="not-a-secret-9", is_staff=True)
        self.people |= {"reviewer": self._cookie(reviewer), **self._apps()}

    def _colleagues(self) -> dict[str, Member]:
        return {
            "lead": base.agent(self.shop, "Lead", role="service_lead", accepting=False),
            "agent": base.agent(self.shop, "Ann", accepting=False),
            "agent without IM": base.agent(self.shop, "Desk-less", online=False, im=False),
            "staff": base.agent(self.shop, "Staff", online=False, im=False, role="staff"),
            "disabled member": base.agent(self.shop, "Gone", online=False, role="super_admin"),
        }

    def _apps(self) -> dict[str, Who]:
        """Return a lead's app: with a token that outlives a long run, and with one that is over."""
        ada = base.agent(self.shop, "Ada", role="service_lead", accepting=False)
        said = devices._parts(devices._access, devices.issue(ada.user, "phone", "", "").access)
        signed = devices._access.sign_object
        return {
            "app": self._says(signed([said.device, said.secret, said.number + 86_400])),
            "expired token": self._says(signed([said.device, said.secret, 1])),
        }

    def _bodies(self) -> dict[str, Callable[[], dict[str, Any]]]:
        """Return bodies whose fields depend on one another, by operation."""
        return {
            "token_issue": lambda: {"username": self.wu.user.username, "password": "not-a-secret-9", "device": "x"},
            "token_refresh": lambda: {"refresh": devices.issue(self.wu.user, "x", "", "").refresh},
            "token_revoke": lambda: {"refresh": devices.issue(self.wu.user, "x", "", "").refresh},
            "device_end": self.place,
            "buyer_entry": lambda: {
                "shop": self.shop.pk,
                "identity": identity.sign(self.shop, "mei", "Mei"),
                "entry": {"kind": "product", "ref": self.product.sku},
            },
            "app_let_in": lambda: {"key": oneself.let_in(self.lin).app.key, "speaker": self.lin.pk},
            "session_start": lambda: {"order": self.order.pk},
            "order_recipient": lambda: {"reason": "delivery"},
            "data_request": lambda: {"buyer": base.buyer(self.shop).buyer_id, "kind": "export"},
            "app_push_register": lambda: PHONE,
            **{f"{whose}push_subscribe": lambda: LAPTOP.body for whose in ("", "buyer_")},
            **{f"{whose}push_forget": lambda: {"endpoint": LAPTOP.endpoint} for whose in ("", "buyer_")},
            "suggestion_draft": lambda: {"seq": self.asking()},
            "suggestion_note": lambda: {"seq": self.running().last_buyer_seq, "outcome": "offered"},
            "account_open": self.new_account,
            "account_change": lambda: {"im_permission": True},
            "account_invite": dict,
            "faq_question_add": lambda: {"text": str(uuid.uuid4()), "answer": "Yes."},
            "faq_question_change": lambda: {"answer": "No."},
            "faq_category_add": lambda: {"name": uuid.uuid4().hex},
            "faq_category_rename": lambda: {"name": uuid.uuid4().hex},
            **_SETTINGS,
            "faq_card_set": lambda: {"questions": [self.question.pk]},
            "widget_set": lambda: {"origins": [], "anonymous": True, "accent": "", "position": "left", "label": ""},
            "profile_change": lambda: {"nickname": uuid.uuid4().hex},
            "faq_try": lambda: {"text": "hello"},
            "faq_check": lambda: {"answer": "hello"},
            "faq_misses_phrasing": lambda: {"misses": [self.missed()], "question": self.question.pk},
            **{
                f"faq_misses_{verb}": lambda: {"misses": [self.missed()]} for verb in ("question", "dismiss", "restore")
            },
        }

    def app(self) -> Who:
        """Return an app that Lin has just signed in with."""
        access = devices.issue(self.lin.user, "x", "", "").access
        return {"headers": {"Authorization": f"Bearer {access}"}, "cookies": {}}

    def place(self) -> dict[str, Any]:
        """Return the name of an app that Lin is signed in with."""
        devices.issue(self.lin.user, "x", "", "")
        return {"id": next(one.name for one in sign_ins.places(self.lin.user, None) if one.kind == "app")}

    def _storefronts(self) -> dict[str, Callable[[], dict[str, Any]]]:
        return {
            "key_make": self.new_key,
            "key_revoke": dict,
            "signing_secret_make": dict,
            **{f"storefront_{kind}": partial(storefront, kind) for kind in EXAMPLES},
            **{f"storefront_{kind}_job": partial(storefront, kind) for kind in EXAMPLES},
            "storefront_identity": lambda: {"buyer": {"uid": "mei"}},
            "storefront_links": dict,
        }

    def new_key(self) -> dict[str, Any]:
        ShopKey.objects.filter(shop=self.shop).exclude(pk=self.store.key.pk).delete()
        return {"name": "Web shop"}

    @staticmethod
    def new_account() -> dict[str, Any]:
        name = uuid.uuid4().hex
        body = {"username": name, "email": f"{name}@shop.example", "nickname": name, "role": "staff"}
        return {**body, "im_permission": False}

    def fresh(self, state: str) -> Any:
        """Return a new session in this state: assigned to Lin, or waiting."""
        Member.objects.filter(shop=self.shop).update(accepting=False)
        session = base.writes(line := base.buyer(self.shop))
        if session.state == session.State.BOT:  # a call has switched it on
            session = sessions.ask_human(self.shop.pk, line.pk)
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

    @classmethod
    def _bearer(cls, line: Any) -> Who:
        return cls._says(identity.issue(base.token(line)))

    @staticmethod
    def _says(token: str) -> Who:
        return {"headers": {"Authorization": f"Bearer {token}"}, "cookies": {}}

    @staticmethod
    def _cookie(user: User) -> Who:
        client = Client()
        client.force_login(user)
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
    return _who(world, operation, case, wanted)


def _who(world: World, operation: str, case: Any, wanted: Any) -> Who:
    """Return who sends a case."""
    if operation in oneself.BODIES:
        return oneself.somebody(world, operation, case)
    if operation.startswith("buyer_") and operation != "buyer_orders":
        return World._bearer(wanted.conversation) if operation in USED_UP else world.people["buyer"]
    if operation.startswith("storefront_"):
        return world.people["storefront"]
    return world.app() if operation in OF_APPS else world.people["owner" if operation in OWNERS else "super admin"]


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
    if "key_id" in case.path_parameters:
        world.new_key()
        case.path_parameters["key_id"] = keys.issue(world.lin, "Old").key.pk
    if "job_id" in case.path_parameters or operation.endswith("_job"):
        Job.objects.filter(shop=world.shop).delete()
    if "job_id" in case.path_parameters:
        case.path_parameters["job_id"] = world.store.send("products", [{}])["id"]
        case.query = {}
    if "account_id" in case.path_parameters:
        opened = accounts.Draft(**world.new_account())
        case.path_parameters["account_id"] = accounts.create(world.lin, opened, "http://x").pk
    oneself.name(world, operation, case)
    _webhook(world, operation, case)
    _knowledge(world, operation, case)
    ids = {"shop_id": world.shop.pk, "session_id": wanted.pk, "buyer_id": world.line.buyer_id}
    ids["buyers_order_id"] = world.order.pk
    case.path_parameters.update({name: pk for name, pk in ids.items() if name in case.path_parameters})
    case.query.pop("cursor", None)
    if "after" in case.query:
        case.query.pop("before", None)
    return wanted


def _webhook(world: World, operation: str, case: Any) -> None:
    """Name a webhook of its own, and something that it could not be told; a shop has ten at most."""
    if "endpoint_id" in case.path_parameters or operation == "webhook_add":
        Endpoint.objects.filter(shop=world.shop).delete()
    if "endpoint_id" in case.path_parameters:
        made, row = hooks.with_a_dead_letter(world.shop, is_on=True)
        ids = {"endpoint_id": made.pk, "delivery_id": row.pk}
        case.path_parameters.update({name: pk for name, pk in ids.items() if name in case.path_parameters})


def _knowledge(world: World, operation: str, case: Any) -> None:
    """Name a question or a category of its own, removed where it is to be brought back."""
    if "question_id" in case.path_parameters:
        fresh = Question.objects.create(shop=world.shop, text=str(uuid.uuid4()), answer="Yes.")
        case.path_parameters["question_id"] = fresh.pk
        if operation == "faq_question_restore":
            knowledge.delete(world.lin, fresh.pk)
    if "category_id" in case.path_parameters:
        case.path_parameters["category_id"] = knowledge.add_category(world.lin, uuid.uuid4().hex).pk
    if operation == "faq_category_restore":
        knowledge.remove_category(world.lin, Category.objects.get(pk=case.path_parameters["category_id"]))
    if operation in ("faq_category_add", "faq_category_rename", "faq_category_restore"):  # a shop has so many at most
        Category.objects.filter(shop=world.shop).exclude(pk=case.path_parameters.get("category_id", 0)).delete()


def storefront(kind: str) -> dict[str, Any]:
    return {"rows": [EXAMPLES[kind]]}


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return out.getvalue()
