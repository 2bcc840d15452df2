"""What the knowledge base looks like on the wire (docs/wire.md)."""

from typing import TypedDict

from botfaq.models import Category, Question
from botfaq.trying import Tried
from botfaq.vagueness import Vague, look
from chat import access, serializers
from chat.models import Attachment
from chat.shapes import AttachmentShape, FaqShape, ProductShape


class CategoryShape(TypedDict):
    id: int
    name: str


class VagueShape(TypedDict):
    reason: str
    words: str
    detail: str


class QuestionShape(TypedDict):
    id: int
    text: str
    phrasings: list[str]
    answer: str
    category: CategoryShape | None
    published: bool
    card_place: int | None
    hits: int
    link: str
    product: ProductShape | None
    picture: AttachmentShape | None
    related: list[FaqShape]
    vague: VagueShape | None


class BotCandidateShape(TypedDict):
    question: FaqShape
    verdict: str
    score: int
    phrasing: str
    letters: int
    meaning: int


class BotTrialShape(TypedDict):
    ready: bool
    does: str
    answer_from: int
    offer_from: int
    candidates: list[BotCandidateShape]


class CaughtWordingShape(TypedDict):
    words: str
    by: FaqShape


class QuestionCheckShape(TypedDict):
    vague: VagueShape | None
    caught: list[CaughtWordingShape]


class FaqCardShape(TypedDict):
    by_hits: bool
    questions: list[FaqShape]
    shown: list[FaqShape]


class BotShape(TypedDict):
    on: bool
    only_off_hours: bool
    tells_parcels: bool
    receives: bool
    after_low_rating: list[int]
    may_edit: bool


def question(found: Question) -> QuestionShape:
    return questions([found])[0]


def questions(rows: list[Question]) -> list[QuestionShape]:
    """Return questions; category, product, phrasings and related are at hand in lists."""
    pictures = access.answer_pictures(rows)
    return [_question(row, pictures.get(row.picture or 0)) for row in rows]


def _question(found: Question, picture: Attachment | None) -> QuestionShape:
    return {
        "id": found.pk,
        "text": found.text,
        "phrasings": [one.text for one in sorted(found.phrasings.all(), key=lambda one: one.pk)],
        "answer": found.answer,
        "category": category(found.category) if found.category and found.heading else None,
        "published": found.published,
        "card_place": found.card_place,
        "hits": found.hits,
        "link": found.link,
        "product": serializers.product(found.product, found.shop) if found.product else None,
        "picture": serializers.attachment(picture) if picture else None,
        "related": serializers.faq(found.related.all()),
        "vague": vague(look(found.answer)),
    }


def category(found: Category) -> CategoryShape:
    return {"id": found.pk, "name": found.name}


def vague(found: Vague | None) -> VagueShape | None:
    return {"reason": found.reason.value, "words": found.words, "detail": found.why} if found else None


def tried(found: Tried) -> BotTrialShape:
    return {
        "ready": found.ready,
        "does": found.does,
        "answer_from": found.answer_from,
        "offer_from": found.offer_from,
        "candidates": [
            {
                "question": {"id": one.question.pk, "text": one.question.text},
                "verdict": one.verdict,
                "score": one.score,
                "phrasing": one.phrasing,
                "letters": one.letters,
                "meaning": one.meaning,
            }
            for one in found.candidates
        ],
    }
