"""What each REST operation takes: the fields of its body, the parameters of its address; one line for every call."""

QUESTION = {
    **{"phrasings": "texts?", "category": "id?", "published": "flag?", "link": "link?", "product": "id?"},
    **{"picture": "id?", "related": "some ids?"},
}
SEND = {"client_msg_id": "key", "kind": "choice", "text": "text"}
# Each writing operation with a body: its fields, and a value of each that is right.
BODIES: dict[tuple[str, str], dict[str, str]] = {
    ("post", "buyer/entry"): {"shop": "id", "identity": "token", "entry": "object", "visitor": "object?"},
    ("post", "buyer/messages"): SEND,
    ("post", "buyer/faq-click"): {"client_msg_id": "key", "question": "id"},
    ("post", "buyer/answers/{answer}/feedback"): {"solved": "flag"},
    ("post", "buyer/human"): {},
    ("post", "buyer/rating"): {"session": "id", "stars": "id", "words": "words?", "reasons": "choices?"},
    ("post", "buyer/push"): {"endpoint": "token", "keys": "object"},
    ("post", "buyer/push/forget"): {"endpoint": "token"},
    ("post", "buyer/receipts"): {"delivered": "id", "read": "seq"},
    ("patch", "shops/{shop}/presence"): {
        **{"accepting": "flag?", "capacity": "id?", "on_break": "flag?", "break_reason": "short?"},
    },
    ("post", "shops/{shop}/accounts"): {
        **{"username": "sign in", "email": "key", "nickname": "name", "role": "choice", "im_permission": "flag"},
    },
    ("patch", "shops/{shop}/accounts/{account}"): {
        **{"nickname": "name?", "email": "key?", "role": "choice?", "im_permission": "flag?", "is_active": "flag?"},
    },
    ("post", "shops/{shop}/accounts/{account}/invitation"): {},
    ("post", "shops/{shop}/data-requests"): {"buyer": "id", "kind": "choice"},
    ("post", "shops/{shop}/handover"): {"member": "id", "sessions": "ids?"},
    ("post", "shops/{shop}/sessions"): {"order": "id"},
    ("post", "shops/{shop}/orders/{buyers_order}/recipient"): {"reason": "choice", "words": "words?"},
    ("post", "shops/{shop}/sessions/{session}/messages"): {**SEND, "original": "object?"},
    ("patch", "shops/{shop}/notifications"): dict.fromkeys(("desktop", "sound", "badge", "push", "preview"), "flag?"),
    ("post", "shops/{shop}/push"): {"endpoint": "token", "keys": "object"},
    ("post", "shops/{shop}/push/forget"): {"endpoint": "token"},
    ("post", "shops/{shop}/sessions/{session}/take"): {},
    ("post", "shops/{shop}/sessions/{session}/assign"): {"member": "id"},
    ("post", "shops/{shop}/sessions/{session}/transfer"): {"member": "id"},
    ("post", "shops/{shop}/sessions/{session}/close"): {"text": "words?"},
    ("post", "shops/{shop}/sessions/{session}/mark"): {"marked": "flag"},
    ("post", "shops/{shop}/sessions/{session}/no-reply-needed"): {"on": "flag"},
    ("post", "shops/{shop}/sessions/{session}/notes"): {"text": "text"},
    ("post", "shops/{shop}/sessions/{session}/recall"): {"seq": "id"},
    ("post", "shops/{shop}/sessions/{session}/undo"): {"what": "choice"},
    ("post", "shops/{shop}/sessions/{session}/mute"): {"minutes": "id"},
    ("post", "shops/{shop}/sessions/{session}/unmute"): {},
    ("post", "shops/{shop}/sessions/{session}/suggestions"): {"seq": "id", "outcome": "choice", "source": "choice"},
    ("post", "shops/{shop}/sessions/{session}/suggestions/draft"): {"seq": "id"},
    ("post", "shops/{shop}/sessions/{session}/report"): {"reason": "choice", "words": "words"},
    ("post", "shops/{shop}/quick-replies"): {"scope": "choice", "title": "text", "text": "text"},
    ("patch", "shops/{shop}/quick-replies/{reply}"): {"place": "id?"},
    ("patch", "shops/{shop}/settings"): {
        **{"greeting": "words?", "off_hours_reply": "words?", "queue_order": "choice?", "requeue_after": "id?"},
    },
    ("put", "shops/{shop}/widget"): {
        **{"origins": "choices", "anonymous": "flag", "accent": "link", "position": "choice", "label": "short"},
    },
    ("patch", "shops/{shop}/profile"): {"nickname": "name"},
    ("patch", "shops/{shop}/hours"): {"week": "choices?", "special_days": "choices?", "holiday": "object?"},
    ("post", "shops/{shop}/sessions/{session}/read"): {"seq": "id"},
    ("post", "shops/{shop}/sessions/{session}/invite-rating"): {},
    ("post", "shops/{shop}/faq/misses/question"): {"misses": "ids"},
    ("post", "shops/{shop}/faq/misses/phrasing"): {"misses": "ids", "question": "id"},
    ("post", "shops/{shop}/faq/misses/dismiss"): {"misses": "ids"},
    ("post", "shops/{shop}/faq/misses/restore"): {"misses": "ids"},
    ("patch", "shops/{shop}/sessions/{session}/translation"): {"on": "flag", "ours": "choice?", "theirs": "choice?"},
    ("post", "shops/{shop}/sessions/{session}/translate"): {"text": "text", "from": "choice", "to": "choice"},
    ("post", "shops/{shop}/sessions/{session}/translate-messages"): {"seqs": "list", "to": "choice"},
    ("post", "shops/{shop}/faq/questions"): {"text": "text", "answer": "text", **QUESTION},
    ("patch", "shops/{shop}/faq/questions/{question}"): {"text": "text?", "answer": "text?", **QUESTION},
    ("post", "shops/{shop}/faq/questions/{question}/restore"): {},
    ("post", "shops/{shop}/faq/categories"): {"name": "short"},
    ("patch", "shops/{shop}/faq/categories/{category}"): {"name": "short"},
    ("put", "shops/{shop}/faq/card"): {"questions": "some ids", "by_hits": "flag?"},
    ("patch", "shops/{shop}/faq/bot"): {
        **{"on": "flag?", "only_off_hours": "flag?", "tells_parcels": "flag?", "after_low_rating": "some ids?"},
    },
    ("post", "shops/{shop}/faq/try"): {"text": "text"},
    ("post", "shops/{shop}/faq/check"): {"question": "id?", "answer": "words?", "phrasings": "texts?"},
}
RANGE = {"range": "choice", "start": "day", "end": "day"}
FIGURES = "shops/{shop}/analytics/"
# Each reading operation: its parameters, of the kinds below.
PARAMETERS: dict[str, dict[str, str]] = {
    "buyer/events": {"after": "whole", "before": "whole", "limit": "whole"},
    "buyer/push": {},
    "me": {},
    "shops/{shop}/notifications": {},
    "shops/{shop}/presence": {},
    "shops/{shop}/members": {},
    "shops/{shop}/accounts": {"q": "q", "cursor": "whole"},
    "shops/{shop}/accounts/{account}": {},
    "shops/{shop}/audit": {"actor": "whole", "kind": "choice", "start": "day", "end": "day", "cursor": "cursor"},
    "shops/{shop}/data-requests": {"cursor": "whole"},
    "shops/{shop}/team": {},
    "shops/{shop}/desk/events": {"after": "whole"},
    "shops/{shop}/buyers/{buyer}/orders": {"cursor": "whole"},
    "shops/{shop}/products": {"q": "q", "cursor": "whole"},
    "shops/{shop}/absent": {},
    "shops/{shop}/handover": {"of": "whole"},
    "shops/{shop}/duty": {"start": "day", "end": "day"},
    "shops/{shop}/contacts": {"q": "long q"},
    "shops/{shop}/sessions": {"list": "choice", "filter": "choice", "sort": "choice", "q": "q", "cursor": "cursor"},
    "shops/{shop}/sessions/counts": {},
    "shops/{shop}/sessions/upset": {},
    "shops/{shop}/sessions/{session}": {},
    "shops/{shop}/sessions/{session}/events": {"after": "whole", "before": "whole", "limit": "whole"},
    "shops/{shop}/sessions/{session}/messages": {"after": "whole", "before": "whole", "limit": "whole"},
    "shops/{shop}/sessions/{session}/translation": {},
    "shops/{shop}/sessions/{session}/notes": {"low": "whole", "high": "whole"},
    "shops/{shop}/sessions/{session}/topic": {},
    "shops/{shop}/sessions/{session}/insight": {},
    "shops/{shop}/sessions/{session}/suggestions": {},
    "shops/{shop}/reports": {"cursor": "whole"},
    "shops/{shop}/quick-replies": {},
    "shops/{shop}/forbidden-words": {},
    **{
        path: {}
        for path in (
            "shops/{shop}/settings",
            "shops/{shop}/hours",
            "shops/{shop}/rules",
            "shops/{shop}/widget",
            "shops/{shop}/profile",
        )
    },
    "shops/{shop}/faq/misses": {},
    "shops/{shop}/faq/questions": {
        **{"q": "q", "category": "whole", "state": "choice", "sort": "choice"},
        "cursor": "cursor",
    },
    "shops/{shop}/faq/questions/{question}": {},
    "shops/{shop}/faq/categories": {},
    "shops/{shop}/faq/card": {},
    "shops/{shop}/faq/bot": {},
    FIGURES + "reception": {},
    FIGURES + "dissatisfaction": {"format": "choice"},
    FIGURES + "trend": {**RANGE, "format": "choice", "by": "choice"},
    FIGURES + "bot/trend": {**RANGE, "format": "choice", "by": "choice"},
    FIGURES + "ratings/latest": {
        **{**RANGE, "member": "whole", "rating": "choice", "source": "choice", "cursor": "cursor"},
        "format": "choice",
    },
    FIGURES + "sessions": {
        **{**RANGE, "member": "whole", "rating": "choice", "source": "choice", "topic": "choice", "state": "choice"},
        **{"figure": "choice", "part": "choice", "question": "whole", "q": "q", "cursor": "cursor"},
    },
    **{
        FIGURES + name: {**RANGE, "format": "choice"}
        for name in ("mine", "overview", "agents", "quality", "ratings", "bot", "heatmap", "distribution")
    },
}
UPLOADS = ("buyer/attachments", "shops/{shop}/attachments", "shops/{shop}/profile/avatar")
