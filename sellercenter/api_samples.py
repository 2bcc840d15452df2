"""What the examples of the API's description say: a value for each field by its name, another where a shape needs it.

One small scene runs through all: Mia asks Lin, an agent of Harbour, about a blue kettle.
"""

from typing import Any

MOMENT, LATER = "2026-11-23T08:00:00.123Z", "2026-11-23T08:15:00.123Z"
KEY = "0b6f3c1e-6a0e-4a43-8b1a-6f0d3f3c9a10"
TOKEN = "WzEyLCJ…"

# By the field's name alone.
FIELDS: dict[str, Any] = {
    # who
    "username": "lin", "nickname": "Lin", "name": "Lin", "email": "lin@harbour.example", "uid": "buyer-1001",
    "role": "agent", "agent": "Lin", "first_replier": "Lin", "rated_agent": "Lin", "author": "Lin",
    "password": "a long password", "device": "Lin's phone", "access": TOKEN, "refresh": TOKEN, "token": TOKEN,
    "expires_in": 600, "visitor": "key-of-the-visitor", "avatar": "",
    "address": "203.0.113.7", "actor": 7, "member": 7, "ended": 2,
    # which
    "id": 12, "session": 12, "conversation": 5, "buyer": 3, "buyer_id": 3, "shop": 1, "order": 9, "product": 4,
    "question": 21, "category": 2, "attachment": 31, "picture": 31, "ref": 4, "to": 8, "seq": 17, "after_seq": 17,
    "first_seq": 1, "last_seq": 17, "through": 17, "delivered": 17, "read": 17, "low": 1, "high": 17, "message": 17,
    "client_msg_id": KEY, "number": "20261123-0009", "sku": "K-100", "key": "response_rate", "cursor": "",
    # what was said
    "text": "Is the blue kettle in stock?", "last_message_text": "Is the blue kettle in stock?", "last_sender": "buyer",
    "words": "Very helpful, thank you.", "note": "Asks for an invoice.", "mark_note": "Asks for an invoice.",
    "snippet": "… the blue kettle in stock …", "hit": "kettle", "phrasing": "Do you have the blue one?",
    "answer": "Yes, it ships today.", "title": "Blue kettle", "label": "24-hour response rate", "group": "Greetings",
    "reason": "", "break_reason": "", "detail": "There is no such thing here.", "about": "",
    "greeting": "Welcome to Harbour!", "off_hours_reply": "We are back at nine.", "notice": "Back on Monday.",
    "usual": "The shop is closed.", "decision": "", "does": "Sessions close when the buyer is silent.",
    "definition": "Sessions answered within 24 hours, of all that were started.", "left_out": "Holiday mode.",
    "rating_words": "Very helpful, thank you.", "proposed": "pre_sale", "close_reason": "", "cancel_reason": "",
    "cancelled_by": "", "why": "idle", "empty": "",
    # of which kind
    "kind": "message", "state": "assigned", "entry": "product", "landing": "", "topic": "pre_sale", "source": "buyer",
    "rating_source": "buyer", "started_by": "buyer", "outcome": "human_in_time", "verdict": "answer", "room": "free",
    "scope": "agent", "platform": "fcm", "app": "com.example.desk", "language": "zh-hans", "position": "right",
    "queue_order": "fifo", "nickname_set_by": "member", "rule": "G2", "unit": "rate", "better": "up",
    "clock": "assignment", "engine": "faq", "type": "text", "what": "close", "value": "10",
    "report": "pending", "code": "not_found", "currency": "CNY", "mime": "image/png", "holiday": "",
    # in another language
    "ours": "zh", "theirs": "en", "from": "en", "detected": "en",
    # several
    "may_change": ["nickname", "role"], "reasons": [], "phrasings": ["Do you have the blue one?"],
    "week": [[["09:00", "18:00"]]] * 5 + [[], []], "periods": [["10:00", "16:00"]], "platforms": ["fcm", "apns"],
    "kinds": ["message", "handover"], "languages": ["zh", "en", "ja"], "queue_orders": ["fifo", "lifo"],
    "origins": ["https://harbour.example"], "cells": [[0] * 9 + [3, 5, 4] + [0] * 12] * 7, "days": [1] * 7,
    "seqs": [16, 17], "moved": [12], "left": [], "upset": [12],
    "values": {"response_rate": 0.98, "sessions": 42.0},
    # how many
    "load": 3, "capacity": 10, "capacity_min": 1, "capacity_max": 50, "capacity_advised": 200, "unread": 1,
    "queued": 0, "open": 3, "unanswered": 1, "unreplied": 1, "expiring": 0, "marked": 1, "unassigned": 0, "waiting": 0,
    "available": 2, "received_today": 14, "count": 42, "sessions": 42, "turns": 2, "turns_fast": 1, "turns_slow": 0,
    "hits": 42, "solved": 30, "unsolved": 4, "letters": 82, "meaning": 91, "answer_from": 70, "offer_from": 55,
    "rated": 40, "dissatisfied": 3, "more": 2, "of": 42, "stars": 5, "place": 1, "card_place": 1, "pending": 1,
    "approved": 0, "automatic": 4, "done": 120, "total": 120, "added": 1, "version": 1,
    "shortest": 30, "longest": 3650, "minutes": 30, "requeue_after": 10, "online": 27000, "on_break": 1800,
    "offline": 0, "stock": 5, "quantity": 1, "size": 48213, "width": 1080, "height": 720, "duration_ms": 0,
    "after_sales": 0, "above": 0, "upto": 30, "busiest": 42, "orders": 2,
    # how much
    "price": "19.90", "score": 87, "average": 4.6, "saturation": 0.3, "first_response": 12.5, "response_time": 20.0,
    "response_rate": 0.98, "satisfaction": 0.95, "solve_rate": 0.71, "feedback_rate": 0.88,
    "target": 0.9, "change": 0.02, "previous": 0.96,
    # when
    "at": MOMENT, "now": MOMENT, "since": MOMENT, "until": LATER, "start": "2026-11-16", "end": "2026-11-22",
    "previous_start": "2026-11-09", "previous_end": "2026-11-15", "day": "2026-11-22", "date": "2026-12-25",
    "updated_on": "2026-11-23", "time_zone": "Asia/Shanghai", "answer_by": "2026-11-24T08:00:00.123Z",
    "waiting_since": MOMENT, "oldest_waiting": MOMENT, "oldest": MOMENT, "on_break_since": MOMENT,
    "muted_until": LATER, "invited_until": "2026-11-30T08:00:00.123Z", "before": "", "after": "",
    # where
    "url": "/media/eyJhIjo…/picture.png", "preview": "/media/eyJhIjo…/small.webp", "link": "https://harbour.example/k",
    "file": "", "endpoint": "https://push.example/send/abc", "accent": "#0f766e", "carrier": "SF Express",
    "prefix": "sfk_Xy3kQ9", "by": "Wang", "secret": "q3Zk1vT9bR6wL2sD5fG8hJ4nM7xC0pYa", "scene": "pre_sale",
    "identity": "eyJhbGciOiJIUzI1NiJ9…", "old_until": LATER, "unchanged": 0, "changed": 0, "older": 0, "refused": 0,
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg", "push_key": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx…",
    "tracking_number": "SF1000200030", "phone": "199****8000", "city": "浙江省杭州市",
}  # fmt: skip

# By shape, or by operation for the fields of its body, where the name alone says something else.
OF_SHAPE: dict[str, dict[str, Any]] = {
    # shapes
    "Authenticator": {"secret": "JBSWY3DPEHPK3PXP", "link": "otpauth://totp/Harbour:lin?secret=JBSWY3DPEHPK3PXP"},
    "AppWebhook": {"event": "NEW_MESSAGE", "address": "https://helper.example/told"},
    "Export": {"kind": "sessions", "format": "csv", "state": "running", "rows": 60, "ready": False},
    "Grant": {"name": "Helper", "key": "a1b2c3d4e5f607", "scopes": ["seller.customer_service"], "failed": 0},
    "MayContact": {"allowed": True},
    "NewGrant": {
        "name": "Helper", "key": "a1b2c3d4e5f607", "scopes": ["seller.customer_service"], "failed": 0,
        "code": "Zm9yIG9uZSBleGNoYW5nZQ",
    },
    "PastSession": {"id": 12, "close_reason": "agent", "removed": False},
    "PresetQuestion": {"text": "Where is my order?", "there": False},
    "RecoveryCodes": {"codes": ["abcde-fghjk"]}, "SecondFactor": {"demanded": False, "codes_left": 10},
    "ShopOrder": {"state": "in_transit", "total": "39.80", "id": 9},
    "Account": {"state": "active", "im_permission": True}, "AuditActor": {"id": 7},
    "AfterSale": {"state": "in_progress", "kind": "refund", "number": "AS-9", "reason": "Arrived damaged", "id": 6},
    "Agent": {"id": 7, "active": True}, "AskedQuestion": {"id": 21, "text": "When do you ship?"},
    "Assignment": {"kind": "auto", "by": None, "why": {}}, "Attachment": {"kind": "image", "id": 31},
    "Audit": {"kind": "account.changed", "data": {"role": ["agent", "service_lead"]}},
    "Bot": {"after_low_rating": [21]}, "Purchases": {"value": "79.60", "count": 2},
    "Buyer": {"nickname": "Mia", "id": 3}, "BotCandidate": {"verdict": "answer"}, "Category": {"name": "Shipping"},
    "Colleague": {"nickname": "Lin", "id": 7}, "Contact": {"allowed": True},
    "Coupon": {
        "kind": "amount", "discount": "5.00", "minimum": "50.00", "title": "5 off from 50", "number": "C-5",
        "claimed": 12,
    },
    "DataRequest": {"state": "queued", "kind": "export"}, "DeskEvent": {"kind": "session.assigned"},
    "DeskOrder": {"state": "in_transit", "total": "39.80"}, "DraftTranslation": {"text": "有蓝色的水壶吗？"},
    "Entered": {"opens_at": None, "holiday": None}, "Entry": {"kind": "product", "order": None},
    "Event": {"kind": "message"}, "Faq": {"id": 21, "text": "When do you ship?"},
    "MessageMood": {"kind": "negative", "score": -0.4}, "Figure": {"value": 0.98},
    "FoundSession": {"id": 12, "mark_note": "", "expires_at": None}, "MissGroup": {"sessions": [12, 15]},
    "Holiday": {"from": "2026-12-24T16:00:00.000Z", "on": True, "until": "2026-12-26T16:00:00.000Z"},
    "Hours": {"open": True, "opens_at": None}, "Invitation": {"link": "https://desk.example/password/new/Mg/abc/"},
    "OrderItem": {"title": "Blue kettle", "picture": "https://harbour.example/kettle.jpg"},
    "Job": {"kind": "orders", "state": "running", "done": 60, "added": 60, "key_name": "Web shop"},
    "KnowledgeHealth": {"accuracy": 0.84, "phrasings": [21], "vague": [22], "ready": True},
    "Conflict": {"words": "Do you have the blue one?"},
    "Key": {"name": "Web shop", "revoked_at": None},
    "Link": {"kind": "product", "ref": "KETTLE-1", "url": "https://desk.example/c/1/#entry=product"},
    "MovedTable": {"added": 1},
    "MovedTableRow": {"row": 2, "name": "When do you ship?", "result": "added", "detail": ""},
    "TeamMate": {"id": 7}, "AgentSettings": {"id": 7}, "Member": {"id": 7},
    "Message": {"kind": "text", "id": 90, "attachment": None},
    "Metric": {"key": "response_rate"}, "MetricProfile": {"key": "standard", "name": "Standard"},
    "Mood": {"score": -0.4, "kind": "negative"}, "MyShop": {"name": "Harbour", "id": 1, "im_permission": True},
    "Note": {"kind": "note", "until": None, "text": "Asks for an invoice."},
    "Order": {"state": "in_transit", "total": "39.80", "id": 9}, "OrderLine": {"state": "in_transit", "id": 9},
    "Outcome": {"id": "KETTLE-1", "result": "added", "code": "", "detail": ""},
    "SignInPlace": {"id": "c4ca4238a0b923820dcc", "kind": "app", "name": "Lin's phone", "since": MOMENT},
    "Presence": {"id": 7}, "Product": {"id": 4, "picture": "https://harbour.example/kettle.jpg", "on_sale": True},
    "TeamQueue": {"oldest": None}, "QuickReply": {"title": "Stock", "text": "Yes, it is in stock."},
    "DateRange": {"key": "last_7_days"}, "Rating": {"buyer": "Mia"},
    "HandoverReason": {"key": "asked", "label": "The buyer asked for a person"},
    "Recipient": {"name": "王**", "address": "***"}, "SuggestedReply": {"source": "faq"}, "ReportCount": {"count": 2},
    "Retention": {"days": 180},
    "AvatarReview": {"state": "pending", "picture": "/media/eyJhIjo…/picture.png", "words": ""},
    "SessionRow": {"mark_note": "", "expires_at": None}, "Sender": {"kind": "buyer", "name": "Mia"},
    "Session": {"report": None}, "SessionFacts": {"buyer": "Mia"}, "Shipment": {"state": "in_transit"},
    "Shop": {"name": "Harbour", "id": 1}, "DraftSource": {"source": "faq"}, "DutySpan": {"state": "online"},
    "SpecialDay": {"name": "Christmas"}, "AuditSubject": {"kind": "member", "id": 7},
    "TranslationSwitch": {"on": True, "engine": "libretranslate"}, "ConversationSettings": {"may_edit": True},
    "Team": {"opens_at": None, "open": True}, "ThisBuyer": {"id": 3, "nickname": "Mia"},
    "Token": {"refresh_expires_at": "2027-01-22T08:00:00.123Z"}, "ParcelEvent": {"text": "Out for delivery"},
    "TranslatedText": {"text": "有蓝色的水壶吗？"}, "User": {"id": 7},
    "Vague": {"reason": "looking", "words": "Let me look into this.", "detail": "This says nothing that helps."},
    "TeamWarnings": {"full": []}, "WhatIf": {"value": 0.06},
    "Widget": {"label": "Chat with us", "snippet": "<script src=…>"},
    "ForbiddenWords": {"words": ["guaranteed cure"], "may_edit": True},
    "NewKey": {
        "name": "Web shop", "key": "sfk_Xy3kQ9vT9bR6wL2sD5fG8hJ4nM7xC0pYa", "revoked_at": None, "used_at": None,
    },
    "Question": {
        "id": 21, "text": "When do you ship?", "answer": "Within a day.", "published": True, "card_place": 1,
        "phrasings": ["How soon do you send it?"],
    },
    "Report": {
        "state": "pending", "reason": "spam", "words": "Sends advertisements.",
        "evidence": [
            {"message": 90, "seq": 17, "sender": "buyer", "kind": "text", "text": "Buy followers!", "at": MOMENT}
        ],
    },
    "PlatformRule": {
        "value": "50", "key": "capacity_max", "group": "Routing", "name": "Most sessions of an agent",
        "about": "How many one may take at most.", "usual": "50",
    },
    # bodies
    "app_let_in": {"key": "a1b2c3d4e5f607", "speaker": 7}, "faq_presets_take": {"places": [0, 2], "language": "en"},
    "feedback": {"text": "The list of orders could remember its tab."},
    "password_change": {"old": "a long password", "new": "an even longer password"},
    "second_factor_on": {"code": "123456"}, "second_factor_codes": {"code": "123456"},
    "second_factor_off": {"code": "abcde-fghjk"},
    "account_open": {"username": "may", "nickname": "May", "email": "may@harbour.example", "im_permission": True},
    "app_push_register": {"token": "fJ3k9Qd2R0y1aT7uVxYzAb:APA91bH…"},
    "buyer_rating": {"reasons": []},
    "device_end": {"id": "c4ca4238a0b923820dcc"}, "faq_bot_set": {"after_low_rating": [21]},
    "faq_card_set": {"questions": [21, 22]}, "faq_category_add": {"name": "Shipping"},
    "faq_category_rename": {"name": "Shipping"}, "forbidden_words_set": {"words": ["guaranteed cure"]},
    "handover": {"sessions": [12]}, "order_recipient": {"reason": "delivery", "words": ""},
    "profile_change": {"nickname": "Lin"}, "quick_reply_add": {"title": "Stock", "text": "Yes, it is in stock."},
    "quick_reply_change": {"title": "Stock", "text": "Yes, it is in stock."}, "retention_set": {"days": 180},
    "session_close": {"text": "Thank you for asking. Have a nice day!", "topic": "pre_sale"},
    "session_mark": {"marked": True}, "session_mute": {"minutes": 30},
    "session_note": {"text": "Asks for an invoice."},
    "session_report": {"reason": "spam", "words": "Sends advertisements.", "evidence": [90]},
    "session_transfer": {"reason": "My shift ends."}, "token_issue": {"code": "123456"},
    "widget_set": {"label": "Chat with us"},
    "faq_misses_dismiss": {"misses": [41, 42]}, "faq_misses_phrasing": {"misses": [41, 42]},
    "faq_misses_question": {"misses": [41, 42]}, "faq_misses_restore": {"misses": [41, 42]},
    "faq_question_add": {
        "text": "When do you ship?", "answer": "Within a day.", "published": True,
        "phrasings": ["How soon do you send it?"], "related": [22],
    },
    "faq_question_change": {
        "text": "When do you ship?", "answer": "Within a day.", "published": True,
        "phrasings": ["How soon do you send it?"], "related": [22],
    },
    "hours_set": {
        "from": "2026-12-24T16:00:00.000Z", "until": "2026-12-26T16:00:00.000Z", "on": True, "name": "Christmas",
    },
}  # fmt: skip

# Whole bodies, whose fields do not go all together.
BODIES: dict[str, dict[str, Any]] = {
    "buyer_entry": {"shop": 1, "identity": "eyJhbGciOiJIUzI1NiJ9…", "entry": {"kind": "product", "ref": "4"}},
    "buyer_send": {"client_msg_id": KEY, "kind": "text", "text": "Is the blue kettle in stock?"},
    "session_send": {"client_msg_id": KEY, "kind": "text", "text": "Yes, it ships today."},
    "session_start": {"buyer": 3}, "suggestion_note": {"seq": 17, "outcome": "sent", "source": "faq"},
    "presence_change": {"accepting": True},
}  # fmt: skip

# Null where a field may be: what has not happened in this scene.
NOTHING_YET = {
    "next", "closed_at", "closes_at", "read_only_at", "muted_until", "queued_at", "on_break_since", "finished_at",
    "decided_at", "ended_at", "note", "invited_until", "visitor", "report", "vague", "after_sale", "requeue_after",
}  # fmt: skip
TRUE = {"on", "solved", "is_this", "is_on", "online", "accepting", "desktop", "sound", "badge", "push", "is_active"}
# Moments (`…_at`) that are still to come; all others were.
LATER_ONES = {"expires_at", "ends_at", "closes_at", "due_at", "refresh_expires_at"}
