"""Take the questions away as a table, and take a table in, row by row, saying what became of each (E1)."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from botfaq import access, actions, listing, sheets
from botfaq.forms import QuestionForm, product_words
from botfaq.models import Category, Question
from shops import moving
from shops import sheets as any_sheets
from shops.errors import Refused
from shops.models import Member, Shop
from shops.moving import Report


def rows(shop: Shop) -> Iterator[dict[str, str]]:
    """Yield every question of the shop as a row, oldest first."""
    found = Question.objects.filter(shop=shop).select_related("category", "product").prefetch_related("phrasings")
    for question in found.order_by("pk"):
        yield {
            "text": question.text,
            "phrasings": sheets.join(one.text for one in sorted(question.phrasings.all(), key=lambda one: one.pk)),
            "answer": question.answer,
            "category": question.heading,
            "link": question.link,
            "product": question.product.sku if question.product else "",
            "state": any_sheets.here(sheets.STATES[question.published]),
        }


def take_in(by: Member, lines: list[any_sheets.Line], only_check: bool) -> list[Report]:
    """Add the questions of a table and change those that are there, each row by itself; or only say what would happen.

    A question is known by its words. A column that the file lacks changes nothing.
    """
    access.writer(by)
    seen: set[str] = set()

    def piece(some: list[any_sheets.Line]) -> list[Report]:
        if not only_check:
            actions.changed(by.shop_id)  # the mark goes with the rows: an index built from half of them would stay so
        return [_row(by, line, seen, only_check) for line in some]

    return moving.in_pieces(lines, only_check, piece)


def _row(by: Member, line: any_sheets.Line, seen: set[str], only_check: bool) -> Report:
    text = " ".join(line.cells.get("text", "").split())

    def store() -> bool:
        found = listing.find(by.shop, text) if text else None
        if text.casefold() in seen:
            raise Refused("twice", _("This question stands further up already."))
        seen.add(text.casefold())
        form = _form(found or Question(shop=by.shop), text, line.cells)
        if not form.is_valid():
            raise Refused("invalid", " ".join(_why(form)))
        if not only_check:
            _store(by, form, line.cells)
        return found is not None

    return moving.become(line, text[:80], store)


def _why(form: QuestionForm) -> Iterator[str]:
    """Yield what is wrong with a row, each with its column as files name it."""
    columns = {"product_words": "product"}
    for field, errors in form.errors.items():
        names = sheets.COLUMNS.get(columns.get(field, field))
        about = _("%(column)s: %(problem)s")
        for words in errors:
            yield about % {"column": any_sheets.here(names), "problem": words} if names else str(words)


def _form(question: Question, text: str, cells: dict[str, str]) -> QuestionForm:
    """Return the form of the page, filled from a row and, where the file has no column, from the question."""
    there = list(question.phrasings.order_by("pk").values_list("text", flat=True)) if question.pk else []
    given: dict[str, Any] = {
        "text": text,
        "answer": cells.get("answer", ""),
        "phrasings": "\n".join(sheets.split(cells["phrasings"]) if "phrasings" in cells else there),
        "link": cells.get("link", question.link),
        "product_words": cells.get("product", product_words(question.product) if question.product else ""),
        "category": question.category_id if question.heading else "",
    }
    form = QuestionForm(given, instance=question)
    name, state = cells.get("category", ""), cells.get("state", "").casefold()
    form.full_clean()
    if len(name) > 40:
        form.add_error("category", _("A name of 1 to %(limit)s characters, please.") % {"limit": 40})
    if state and not any(state == word.casefold() for words in sheets.STATES.values() for word in words):
        form.add_error(None, ValidationError(_("The state is neither published nor draft.")))
    return form


def _store(by: Member, form: QuestionForm, cells: dict[str, str]) -> None:
    question = form.save(commit=False)
    question.product = form.cleaned_data["product_words"]
    if cells.get("state"):
        question.published = cells["state"].casefold() in [word.casefold() for word in sheets.STATES[True]]
    if "category" in cells:
        question.category = _category(by, cells["category"])
    actions.save(by, question, form.cleaned_data["phrasings"], mark=False)


def _category(by: Member, name: str) -> Category | None:
    if not name:
        return None
    return Category.objects.filter(shop=by.shop, name=name).first() or actions.add_category(by, name)
