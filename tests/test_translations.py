"""Every word that people see is translated, in pages, Python and JavaScript."""

import gettext
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from sellercenter.management.commands import translations


def test_every_entry_is_translated_and_used() -> None:
    assert translations.check() == []


def test_words_are_found_in_python_templates_and_scripts(tmp_path: Path, settings: Any) -> None:
    _write(
        tmp_path / "shops" / "views.py", 'from x import y as _\n_("Sign in")\nngettext_lazy("%d order", "%d orders")\n'
    )
    _write(
        tmp_path / "templates" / "a.html",
        "<p>\n   it's {% translate 'Queue' %}</p>\n  {% if x %}\n {{ _(\"Close\") }}{% endif %}\n"
        "{% blocktranslate count n=n trimmed %}\n {{ n }} waits {% plural %} {{ n }} wait\n{% endblocktranslate %}",
    )
    _write(tmp_path / "static" / "js" / "a.js", "const s = `${gettext('Send')} x`;\nngettext('a file', 'files', n);")
    settings.BASE_DIR = tmp_path
    assert _ids("django") == {"Sign in", ("%d order", "%d orders"), "Queue", "Close", ("%(n)s waits", "%(n)s wait")}
    assert _ids("djangojs") == {"Send", ("a file", "files")}


def test_update_keeps_translations_and_sets_unused_ones_aside(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    source = tmp_path / "shops" / "views.py"
    _write(source, '_("Old")\n_("Kept")\n')
    path = translations.update("django")
    path.write_text(path.read_text().replace('msgid "Kept"\nmsgstr ""', 'msgid "Kept"\nmsgstr "留"'))
    _write(source, '_("Kept")\n_("New")\n')
    translations.update("django")
    stored = translations.load("django")
    assert stored["Kept"].string == "留"
    assert stored["New"].string == ""
    assert list(stored.obsolete) == ["Old"]
    translations.update("django", prune=True)
    assert not translations.load("django").obsolete


@pytest.mark.parametrize(
    ("string", "flags", "problem"),
    [
        ("", set(), "missing"),
        ("%(n)s 人", {"fuzzy"}, "fuzzy"),
        ("%(m)s 人", set(), "other placeholders"),
        ("%(n)s 人", set(), None),
    ],
)
def test_check_names_the_gap(string: str, flags: set[str], problem: str | None) -> None:
    wanted, stored = Catalog(locale="zh_Hans"), Catalog(locale="zh_Hans")
    wanted.add("%(n)s people")
    stored.add("%(n)s people", string, flags=flags)
    assert list(translations.compare(wanted, stored)) == ([f"{problem}: %(n)s people"] if problem else [])


@pytest.mark.parametrize(
    ("string", "said"),
    [
        ("您好,请问", "好,"),
        ("当前:%(n)s", "前:"),
        ("%(n)s,请重试", ",请"),
        ("时间 (北京)", "间 ("),
        ("%(n)s) 条", ") 条"),
        ("已结束.", "束."),
        ("真的吗?", "吗?"),
        ('点击"保存', '击"'),
        ("您好，请问：%(n)s（条）。", None),
        ("按 ? 查看，访问 a.example/退货", None),
        ("共 %(n)s 条，1.5 倍，10:30 前", None),
    ],
)
def test_check_names_half_width_signs_among_chinese(string: str, said: str | None) -> None:
    wanted, stored = Catalog(locale="zh_Hans"), Catalog(locale="zh_Hans")
    words = "%(n)s times" if "%(n)s" in string else "Often"
    wanted.add(words)
    stored.add(words, string)
    assert list(translations.compare(wanted, stored)) == ([f"half-width “{said}”: {words}"] if said else [])


def test_check_names_what_nothing_uses() -> None:
    stored = Catalog(locale="zh_Hans")
    stored.add("Gone", "去")
    assert list(translations.compare(Catalog(locale="zh_Hans"), stored)) == ["unused: Gone"]


def test_compiled_words_can_be_read(tmp_path: Path, settings: Any) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    _write(translations.path_of("django"), translations.HEADER + 'msgid "Kept"\nmsgstr "留"\n')
    with translations.compile_catalog("django").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Kept") == "留"


def _ids(domain: str) -> set[Any]:
    return {message.id for message in translations.collect(domain) if message.id}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
