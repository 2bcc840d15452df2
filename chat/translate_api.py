"""REST of translation (C12, docs/wire.md): the switch of a session, a draft, messages that were received."""

from typing import TypedDict

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from chat import access, incoming, looking
from chat.actions import translations
from chat.api import MemberView
from lib.language import LANGUAGES
from shops import schema
from shops.access import MAX_ID
from shops.errors import Invalid
from shops.rest import body_of

MANY = 20
LANGUAGE = {"type": "string", "enum": list(LANGUAGES)}
SEQS = {"type": "array", "items": schema.ID, "minItems": 1, "maxItems": MANY}
TEXT = {"type": "string", "minLength": 1, "maxLength": incoming.TEXT_LIMIT}


class DraftTranslationShape(TypedDict):
    text: str


class TranslatedTextShape(TypedDict):
    seq: int
    text: str


class TranslatedPage(TypedDict):
    results: list[TranslatedTextShape]


class Switch(MemberView):
    @schema.operation(
        "How a session is translated",
        schema.shape(translations.TranslationSwitchShape),
        name="translation_read",
        errors=(403,),
    )
    def get(self, request: Request, shop_id: int, session_id: int) -> Response:
        return Response(translations.switch(access.session(self.member, session_id)))

    @schema.operation(
        "Switch translation of a session, choose its languages",
        schema.shape(translations.TranslationSwitchShape),
        name="translation_change",
        errors=(403, 409),
        request=schema.body({"on": schema.FLAG}, {"ours": LANGUAGE, "theirs": LANGUAGE}),
    )
    def patch(self, request: Request, shop_id: int, session_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "on", "ours", "theirs")
        on = incoming.flag(body.get("on"), "on")
        ours, theirs = (incoming.language(body[n], n) if n in body else "" for n in ("ours", "theirs"))
        found = access.session(self.member, session_id)
        translations.set_switch(found, self.member, on, ours, theirs)
        return Response(translations.switch(found))


class TranslateDraft(MemberView):
    @schema.operation(
        "Translate what is about to be sent",
        schema.shape(DraftTranslationShape),
        name="translate_draft",
        errors=(403, 409),
        request=schema.body({"text": TEXT, "from": LANGUAGE, "to": LANGUAGE}),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "text", "from", "to")
        text = incoming.words(body.get("text"), "text", incoming.TEXT_LIMIT)
        source, target = (incoming.language(body.get(name), name) for name in ("from", "to"))
        found = access.session(self.member, session_id)
        return Response({"text": translations.translate(found, [text], source, target)[0]})


class TranslateMessages(MemberView):
    @schema.operation(
        "Translate messages of the conversation",
        schema.shape(TranslatedPage),
        name="translate_messages",
        errors=(403, 409),
        request=schema.body({"seqs": SEQS, "to": LANGUAGE}),
    )
    def post(self, request: Request, shop_id: int, session_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "seqs", "to")
        seqs = body.get("seqs")
        if not isinstance(seqs, list) or not 0 < len(seqs) <= MANY:
            raise Invalid(seqs=_("From 1 to %(many)s numbers, please.") % {"many": MANY})
        numbers = [incoming.number(seq, "seqs", 1, MAX_ID) for seq in seqs]
        target = incoming.language(body.get("to"), "to")
        session = looking.session(self.member, session_id, "translation")
        found = translations.of_messages(session, self.member, numbers, target)
        return Response({"results": [{"seq": seq, "text": text} for seq, text in sorted(found.items())]})
