"""What each writing call needs to be taken: a line for each "METHOD address"; `{}` where nothing is needed."""

from collections.abc import Callable
from typing import Any

from chat.models import Message
from openplatform.models import App, Scope
from shops import identity
from storefront.shapes import EXAMPLES
from tests import hooks
from tests.chat import samples
from tests.permissions.world import Things, World, key
from tests.push_service import Device

Body = Callable[[World, Things], dict[str, Any]]
HERE = "shops/<int:shop_id>/"
API = "api/v1/" + HERE
SESSION = API + "sessions/<int:session_id>/"
PHONE = {"platform": "apns", "app": "com.example.desk", "token": "0f" * 32}
LAPTOP = Device("https://push.example", "laptop")


def _file(name: str) -> Body:
    return lambda world, things: {name: samples.sent(samples.png(), "x.png")}


def _table(text: str, **more: str) -> Body:
    return lambda world, things: {"file": samples.sent(text.encode(), "x.csv"), **more}


def _account(world: World, things: Things) -> dict[str, Any]:
    name = f"new-{key()[:8]}"
    return {"username": name, "email": f"{name}@shop.example", "nickname": name, "role": "staff"}


def _entry(world: World, things: Things) -> dict[str, Any]:
    signed = identity.sign(world.shop, "mei", "Mei")
    return {"shop": world.shop.pk, "identity": signed, "entry": {"kind": "shop"}}


def _message(world: World, things: Things) -> dict[str, Any]:
    return {"client_msg_id": key(), "kind": "text", "text": "Hello"}


def _last(world: World, things: Things) -> int:
    things.session.refresh_from_db()
    return int(things.session.last_buyer_seq or 1)


def _said(things: Things) -> int:
    return int(Message.objects.filter(session=things.session, sender_kind="agent").latest("seq").seq)


BODIES: dict[str, Body] = {
    f"POST {HERE}feedback/": lambda world, things: {"text": "Good."},
    f"POST {HERE}settings/": lambda world, things: {"form": "remove"},
    f"POST {HERE}profile/": lambda world, things: {"form": "remove"},
    f"POST {HERE}accounts/new/": lambda world, things: {**_account(world, things), "im_permission": "on"},
    f"POST {HERE}accounts/<int:account_id>/": lambda world, things: {"form": "disable"},
    f"POST {HERE}buyers/data/": lambda world, things: {"buyer": things.line.buyer_id, "do": "export"},
    f"POST {HERE}settings/data/": lambda world, things: {"days": ""},
    f"POST {HERE}settings/webhooks/": lambda world, things: hooks.FORM,
    f"POST {HERE}settings/webhooks/<int:endpoint_id>/": lambda world, things: {"do": "secret"},
    f"POST {API}webhooks": lambda world, things: hooks.FORM,
    f"PATCH {API}webhooks/<int:endpoint_id>": lambda world, things: {"name": "Another", "url": hooks.FORM["url"]},
    f"PATCH {API}retention": lambda world, things: {"days": None},
    f"POST {API}data-requests": lambda world, things: {"buyer": things.line.buyer_id, "kind": "export"},
    f"POST {HERE}bot/misses/settle/": lambda world, things: {"miss": things.miss.pk, "do": "dismiss"},
    f"POST {HERE}bot/bulk/": lambda world, things: {"question": things.question.pk, "do": "draft"},
    f"POST {HERE}bot/categories/": lambda world, things: {"name": key()},
    f"POST {HERE}bot/card/": lambda world, things: {"mode": "hits"},
    f"POST {HERE}analytics/exports/": lambda world, things: {"kind": "sessions", "form": "csv"},
    "POST platform/shops/<int:shop_id>/rules/": lambda world, things: {"rule": "shop_silent_close", "do": "reset"},
    "POST platform/avatars/": lambda world, things: {"review": things.review.pk, "decision": "approve"},
    "POST platform/reports/<int:report_id>/": lambda world, things: {"decision": "approve"},
    f"PATCH {API}presence": lambda world, things: {"capacity": 7},
    f"POST {API}attachments": _file("file"),
    f"POST {API}profile/avatar": _file("file"),
    f"PATCH {API}profile": lambda world, things: {"nickname": "Another"},
    f"PUT {API}widget": lambda world, things: {
        "origins": [], "anonymous": True, "accent": "", "position": "left", "label": "",
    },
    f"POST {API}handover": lambda world, things: {"member": things.holder.pk, "to": world.receiver.pk},
    f"PATCH {API}notifications": lambda world, things: {"sound": False},
    f"POST {API}push": lambda world, things: LAPTOP.body,
    f"PUT {API}push/app": lambda world, things: PHONE,
    f"POST {API}push/forget": lambda world, things: {"endpoint": LAPTOP.endpoint},
    f"POST {API}quick-replies": lambda world, things: {"scope": "agent", "title": "A", "text": "B"},
    f"PATCH {API}quick-replies/<int:reply_id>": lambda world, things: {"title": "Z"},
    f"PUT {API}forbidden-words": lambda world, things: {"words": ["cheap"]},
    f"POST {API}orders/<int:buyers_order_id>/recipient": lambda world, things: {"reason": "delivery"},
    f"POST {API}sessions": lambda world, things: {"order": things.order.pk},
    f"POST {SESSION}messages": _message,
    f"POST {SESSION}assign": lambda world, things: {"member": world.receiver.pk},
    f"POST {SESSION}transfer": lambda world, things: {"member": world.receiver.pk},
    f"POST {SESSION}mark": lambda world, things: {"marked": True},
    f"POST {SESSION}read": lambda world, things: {"seq": 1},
    f"POST {SESSION}no-reply-needed": lambda world, things: {"on": True},
    f"POST {SESSION}recall": lambda world, things: {"seq": _said(things)},
    f"POST {SESSION}undo": lambda world, things: {"what": "transfer"},
    f"POST {SESSION}mute": lambda world, things: {"minutes": 5},
    f"POST {SESSION}notes": lambda world, things: {"text": "A note"},
    f"PATCH {SESSION}translation": lambda world, things: {"on": False},
    f"POST {SESSION}translate": lambda world, things: {"text": "A", "from": "zh", "to": "en"},
    f"POST {SESSION}translate-messages": lambda world, things: {"seqs": [1], "to": "en"},
    f"POST {SESSION}suggestions": lambda world, things: {"seq": _last(world, things), "outcome": "offered"},
    f"POST {SESSION}suggestions/draft": lambda world, things: {"seq": _last(world, things)},
    f"POST {SESSION}report": lambda world, things: {"reason": "spam", "words": "Look."},
    f"POST {API}accounts": lambda world, things: {**_account(world, things), "im_permission": False},
    f"PATCH {API}accounts/<int:account_id>": lambda world, things: {"im_permission": False},
    **{
        f"POST {API}faq/misses/{verb}": lambda world, things: {"misses": [things.miss.pk]}
        for verb in ("question", "dismiss", "restore")
    },
    f"POST {API}faq/misses/phrasing": lambda world, things: {
        "misses": [things.miss.pk], "question": things.question.pk,
    },
    f"POST {API}faq/questions": lambda world, things: {"text": key(), "answer": "Yes."},
    f"PATCH {API}faq/questions/<int:question_id>": lambda world, things: {"answer": "No."},
    f"POST {API}faq/questions/file": _table("Question,Answer\nIs it blue?,Yes."),
    f"POST {API}quick-replies/file": _table("Title,Text\nHello,Hello!", scope="agent"),
    f"POST {API}faq/categories": lambda world, things: {"name": key()},
    f"PATCH {API}faq/categories/<int:category_id>": lambda world, things: {"name": key()},
    f"PUT {API}faq/card": lambda world, things: {"questions": []},
    f"PATCH {API}faq/bot": lambda world, things: {"tells_parcels": True},
    f"POST {API}faq/try": lambda world, things: {"text": "hello"},
    f"POST {API}faq/check": lambda world, things: {"answer": "hello"},
    "POST api/v1/auth/password": lambda world, things: {"old": "not-a-secret-9", "new": "another-secret-9"},
    "POST api/v1/auth/password/forgotten": lambda world, things: {"email": "nobody@shop.example"},
    "POST api/v1/auth/second-factor": lambda world, things: {"password": "not-a-secret-9", "code": "x"},
    "POST api/v1/auth/second-factor/secret": lambda world, things: {"password": "not-a-secret-9"},
    "POST api/v1/auth/second-factor/codes": lambda world, things: {"code": "x"},
    "POST api/v1/auth/second-factor/off": lambda world, things: {"code": "x"},
    f"POST {API}feedback": lambda world, things: {"text": "Good."},
    f"POST {API}faq/presets": lambda world, things: {"language": "en", "places": [0]},
    f"POST {API}analytics/exports": lambda world, things: {"kind": "sessions", "format": "csv"},
    f"POST {API}apps": lambda world, things: {"key": App.objects.latest("pk").key, "speaker": world.receiver.pk},
    "POST api/v1/auth/devices/end": lambda world, things: {"id": "x"},
    "POST api/v1/buyer/entry": _entry,
    "POST api/v1/buyer/messages": _message,
    "POST api/v1/buyer/faq-click": lambda world, things: {"client_msg_id": key(), "question": things.question.pk},
    "POST api/v1/buyer/answers/<int:answer_id>/feedback": lambda world, things: {"solved": True},
    "POST api/v1/buyer/rating": lambda world, things: {"session": things.session.pk, "stars": 5},
    "POST api/v1/buyer/attachments": _file("file"),
    "POST api/v1/buyer/receipts": lambda world, things: {"delivered": 1, "read": 1},
    "POST api/v1/buyer/push": lambda world, things: LAPTOP.body,
    "POST api/v1/buyer/push/forget": lambda world, things: {"endpoint": LAPTOP.endpoint},
}  # fmt: skip
# What programs send (openplatform/urls.py).
_CS = "customer_service/<int:version>/"
_SPAN = {"begin_time_ge": 1, "begin_time_lt": 2**33 - 1}
BODIES |= {
    f"POST {_CS}conversations": lambda world, things: {"buyer_user_id": things.line.buyer.uid},
    f"POST {_CS}conversations/<int:conversation_id>/messages": lambda world, things: {
        "type": "TEXT", "content": '{"content":"Hello"}',
    },
    f"POST {_CS}images/upload": _file("data"),
    f"PUT {_CS}agents/settings": lambda world, things: {"can_accept_chat": True},
    f"POST {HERE}settings/apps/": lambda world, things: {
        "do": "authorise", "key": App.objects.latest("pk").key, "speaker": world.receiver.pk,
    },
    "POST platform/apps/": lambda world, things: {"do": "issue", "name": "New", "scopes": Scope.SERVICE.value},
    "PUT event/<int:version>/webhooks": lambda world, things: {
        "event_type": "NEW_MESSAGE", "address": "https://hooks.example/told",
    },
    "DELETE event/<int:version>/webhooks": lambda world, things: {"event_type": "NEW_MESSAGE"},
    "POST open/<int:version>/file/init": lambda world, things: {
        "file_type": "video", "file_size": 9, "total_chunk_count": 1,
    },
    f"POST {_CS}sessions/search": lambda world, things: _SPAN,
}  # fmt: skip
# What a storefront sends, and the keys that let it in.
_STORE = "api/v1/storefront/"
_AT = "2026-11-26T08:00:00Z"
_CASE = {"number": "AS-1", "kind": "refund", "state": "in_progress", "created_at": _AT, "updated_at": _AT}
_ROWS: dict[str, Body] = {
    "products": lambda world, things: {"sku": "K-1", "title": "Kettle", "price": "9.00", "updated_at": _AT},
    "coupons": lambda world, things: EXAMPLES["coupons"],
    "orders": lambda world, things: {
        "number": "W-1",
        "buyer": {"uid": "mei"},
        "state": "unpaid",
        "total": "9.00",
        "created_at": _AT,
        "updated_at": _AT,
    },
    "after-sales": lambda world, things: {**_CASE, "order": things.order.number},
}


def _rows(row: Body) -> Body:
    return lambda world, things: {"rows": [row(world, things)]}


BODIES |= {
    f"POST {HERE}settings/keys/": lambda world, things: {"do": "make", "name": "Web shop"},
    f"POST {API}keys": lambda world, things: {"name": "Web shop"},
    f"POST {_STORE}identities": lambda world, things: {"buyer": {"uid": "mei"}},
    **{f"PUT {_STORE}{kind}": _rows(row) for kind, row in _ROWS.items()},
    **{f"POST {_STORE}{kind}/jobs": _rows(row) for kind, row in _ROWS.items()},
}  # fmt: skip
# A file is asked for by the name of its form field, not as JSON.
UPLOADS = (
    f"POST {API}attachments",
    f"POST {API}profile/avatar",
    f"POST {API}faq/questions/file",
    f"POST {API}quick-replies/file",
    "POST api/v1/buyer/attachments",
    f"POST {_CS}images/upload",
)
# Allowed, but what they ask for is not there to be had here; their own tests show them succeed.
NEVER_DONE = {
    **dict.fromkeys(("GET oauth/authorize/", "POST oauth/authorize/"), "the link is of no app"),
    **{
        f"POST api/v1/auth/second-factor{what}": "it is off, and nobody here has the authenticator"
        for what in ("", "/codes", "/off")
    },
    "POST api/v1/auth/devices/end": "names nothing of whoever asks",
    f"PATCH {API}profile": "P7: on this platform not one's own to set",
    f"POST {API}accounts/<int:account_id>/invitation": "this account has joined",
    f"POST {SESSION}undo": "nothing was done just now",
    f"POST {SESSION}translate": "no engine",
    f"POST {SESSION}suggestions/draft": "no language model",
    f"POST {API}webhooks/<int:endpoint_id>/again": "the webhook is off",
    f"POST {API}webhooks/<int:endpoint_id>/deliveries/<int:delivery_id>/again": "the webhook is off",
}
