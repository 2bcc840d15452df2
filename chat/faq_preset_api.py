"""REST of the preset questions that a shop may take over as drafts (docs/wire.md, E1)."""

from typing import TypedDict

from rest_framework.request import Request
from rest_framework.response import Response

from botfaq import presets_taken
from botfaq.preset_questions import NAMES, PRESETS
from chat import incoming, params
from chat.api import MemberView
from shops import schema
from shops.rest import body_of

_MOST = max(map(len, PRESETS.values()))
_LANGUAGE = {"type": "string", "enum": list(NAMES)}


class PresetQuestionShape(TypedDict):
    place: int
    text: str
    answer: str
    phrasings: list[str]
    there: bool


class Presets(MemberView):
    @schema.operation(
        "Preset questions of a language; the shop's unless another is named",
        schema.page(PresetQuestionShape, language=_LANGUAGE),
        name="faq_presets",
        errors=(403,),
        parameters=[schema.query("language", _LANGUAGE, "The buyers' language.")],
    )
    def get(self, request: Request, shop_id: int) -> Response:
        params.known(request, "language")
        usual = presets_taken.languages(self.member.shop)[0][0]
        language = params.choice(request, "language", tuple(NAMES), usual)
        return Response({"results": self._rows(language), "next": None, "language": language})

    @schema.operation(
        "Take preset questions over as drafts, to be rewritten and published; those that are there are left alone",
        schema.obj({"added": schema.WHOLE}),
        name="faq_presets_take",
        status=201,
        errors=(403,),
        request=schema.body(
            {"language": _LANGUAGE, "places": {"type": "array", "maxItems": _MOST, "items": {"type": "integer"}}}
        ),
    )
    def post(self, request: Request, shop_id: int) -> Response:
        body = body_of(request)
        incoming.fields(body, "language", "places")
        language = incoming.choice(body.get("language"), "language", tuple(NAMES))
        places = incoming.numbers(body.get("places"), "places", len(PRESETS[language]))
        return Response({"added": presets_taken.take(self.member, language, places)}, status=201)

    def _rows(self, language: str) -> list[PresetQuestionShape]:
        return [
            {
                "place": row.place,
                "text": row.preset.text,
                "answer": row.preset.answer,
                "phrasings": list(row.preset.phrasings),
                "there": row.there,
            }
            for row in presets_taken.rows(self.member.shop, language)
        ]
