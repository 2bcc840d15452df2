"""Take the questions away as a table, and take a table in, row by row, saying what became of each (E1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from botfaq import access, actions, listing, sheets
from botfaq.forms import QuestionForm, product_words
from botfaq.models import Category, Question
from botfaq.sheets import Line
from lib.db import write
from shops.errors import Refused
from shops.models import Member, Shop

TOGETHER = 25  # rows in one transaction: the lock is never held for long, and indexes are not built for each row


class Fate(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(frozen=True)
class Report:
    """What became of a row, or would become: `words` say why it was refused."""

    number: int
    text: str
    fate: Fate
    words: str = ""


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
            "state": sheets.here(sheets.STATES[question.published]),
        }


def take_in(by: Member, lines: list[Line], only_check: bool) -> list[Report]:
    """Add the questions of a table and change those that are there, each row by itself; or only say what would happen.

    A question is known by its words. A column that the file lacks changes nothing.
    """
    access.writer(by)
    seen: set[str] = set()
    if only_check:
        return [_row(by, line, seen, only_check) for line in lines]
    reports: list[Report] = []
    for start in range(0, len(lines), TOGETHER):
        with write():  # the mark goes with the rows: an index built from half of them would stay so
            actions.changed(by.shop_id)
            reports += [_row(by, line, seen, only_check) for line in lines[start : start + TOGETHER]]
    return reports


def _row(by: Member, line: Line, seen: set[str], only_check: bool) -> Report:
    text = " ".join(line.cells.get("text", "").split())
    found = listing.find(by.shop, text) if text else None
    try:
        if text.casefold() in seen:
            raise Refused("twice", _("This question stands further up already."))
        seen.add(text.casefold())
        question = found or Question(shop=by.shop)
        form = _form(question, text, line.cells)
        if not form.is_valid():
            raise Refused("invalid", " ".join(_why(form)))
        if not only_check:
            _store(by, form, line.cells)
    except Refused as refusal:
        return Report(line.number, text[:80], Fate.REFUSED, refusal.words)
    return Report(line.number, text[:80], Fate.CHANGED if found else Fate.ADDED)


def _why(form: QuestionForm) -> Iterator[str]:
    """Yield what is wrong with a row, each with its column as files name it."""
    columns = {"product_words": "product"}
    for field, errors in form.errors.items():
        names = sheets.COLUMNS.get(columns.get(field, field))
        about = _("%(column)s: %(problem)s")
        for words in errors:
            yield about % {"column": sheets.here(names), "problem": words} if names else str(words)


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
