"""Keep the translation files without gettext's own programs: extract, update, compile, check."""

import os
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

LOCALE = "zh_Hans"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# Chinese takes its own full-width signs; a space before a half-width one stands where a key is named: "按 ? 查看".
HALF_WIDTH = re.compile(r"[一-鿿](?:[,;:!?\"'.](?![0-9A-Za-z/])| ?\()|(?:[,;:!?\"']|\) ?)[一-鿿]")
HEADER = f"""\
msgid ""
msgstr ""
"Language: {LOCALE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
_BASE: dict[str, tuple[Any, ...] | None] = {
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PYTHON_KEYWORDS = _BASE | {f"{name}_lazy": where for name, where in _BASE.items()} | {"_": None, "gettext_noop": None}
JS_KEYWORDS = _BASE | {f"window.{name}": where for name, where in _BASE.items()} | {"gettext_noop": None}
Found = tuple[int, str | tuple[str, ...], list[str], str | None]


class Source(NamedTuple):
    """Files whose words end in one catalog."""

    pattern: str
    method: str
    keywords: dict[str, Any]


DOMAINS = {
    "django": [
        Source("*/**/*.py", "python", PYTHON_KEYWORDS),
        Source("templates/**/*.html", "template", PYTHON_KEYWORDS),
    ],
    "djangojs": [Source("static/js/**/*.js", "javascript", JS_KEYWORDS)],
}
SKIPPED = {"tests", "bench", "migrations", "node_modules", "var"}


class Command(BaseCommand):
    help = (
        "extract: print all msgids · update: merge them into the .po files · compile: write .mo · check: fail on gaps"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["extract", "update", "compile", "check"])
        parser.add_argument("--prune", action="store_true", help="update: drop entries that nothing uses any more")

    def handle(self, *, what: str, prune: bool, **options: Any) -> None:
        if what == "check":
            problems = check()
            for problem in problems:
                self.stderr.write(problem)
            if problems:
                raise CommandError(f"{len(problems)} entries need care. `manage.py translations update` adds new ones.")
            self.stdout.write("Translations are complete.")
            return
        for domain in DOMAINS:
            if what == "extract":
                self.stdout.write("\n".join(_words(message) for message in collect(domain) if message.id))
            elif what == "update":
                self.stdout.write(f"{update(domain, prune)}: updated")
            else:
                compiled = compile_catalog(domain)
                self.stdout.write(f"{compiled}: compiled")


def path_of(domain: str) -> Path:
    """Return the .po file of a domain."""
    return Path(settings.LOCALE_PATHS[0]) / LOCALE / "LC_MESSAGES" / f"{domain}.po"


def collect(domain: str) -> Catalog:
    """Read every source file of a domain; return its msgids, untranslated."""
    catalog = Catalog(locale=LOCALE, domain=domain)
    root = Path(settings.BASE_DIR)
    for source in DOMAINS[domain]:
        for path in sorted(root.glob(source.pattern)):
            name = path.relative_to(root)
            if SKIPPED.intersection(name.parts) or name.parts[0].startswith("."):
                continue
            for _line, msgid, comments, context in _read(path, source):
                catalog.add(msgid, locations=[(name.as_posix(), 0)], auto_comments=comments, context=context)
    return catalog


def _read(path: Path, source: Source) -> Iterator[Found]:
    text, method = path.read_text(encoding="utf-8"), source.method
    if method == "template":
        # What is left of the HTML is no Python: without its indentation the tokenizer accepts it.
        text, method = re.sub(r"(?m)^[ \t]+", "", templatize(text, str(path))), "python"
    options = {"encoding": "utf-8", "parse_template_string": True}
    yield from extract(method, BytesIO(text.encode()), source.keywords, ["Translators:"], options)


def load(domain: str) -> Catalog:
    """Return the stored catalog of a domain, an empty one where there is no file yet."""
    path = path_of(domain)
    if not path.exists():
        return Catalog(locale=LOCALE, domain=domain)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, domain=domain)


def update(domain: str, prune: bool = False) -> Path:
    """Merge new msgids into the stored catalog, keeping every translation; unused ones become comments."""
    catalog, path = load(domain), path_of(domain)
    catalog.update(collect(domain), no_fuzzy_matching=True)
    body = BytesIO()
    write_po(body, catalog, width=110, omit_header=True, sort_output=True, ignore_obsolete=prune, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + body.getvalue().decode().strip() + "\n", encoding="utf-8")
    return path


def compile_catalog(domain: str) -> Path:
    """Write the .mo file that Django reads."""
    path = path_of(domain).with_suffix(".mo")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.mo")
    with fresh.open("wb") as file:
        write_mo(file, load(domain))
    fresh.replace(path)  # a server that starts right now never reads half a file
    return path


def check() -> list[str]:
    """List what is missing, fuzzy, unused, has other placeholders than its msgid, or half-width signs among Chinese."""
    return [f"{domain}: {problem}" for domain in DOMAINS for problem in compare(collect(domain), load(domain))]


def compare(wanted: Catalog, stored: Catalog) -> Iterator[str]:
    """Name every entry in which a stored catalog falls short of the wanted msgids."""
    for message in wanted:
        if not message.id:
            continue
        entry = stored.get(message.id, message.context)
        if entry is None or not _filled(entry):
            yield f"missing: {_words(message)}"
        elif entry.fuzzy:
            yield f"fuzzy: {_words(message)}"
        elif _placeholders_differ(entry):
            yield f"other placeholders: {_words(message)}"
        elif found := next(filter(None, map(HALF_WIDTH.search, _strings(entry.string))), None):
            yield f"half-width “{found[0]}”: {_words(message)}"
    known = {(_words(message), message.context) for message in wanted}
    for entry in [*stored, *stored.obsolete.values()]:
        if entry.id and (_words(entry), entry.context) not in known:
            yield f"unused: {_words(entry)}"


def _words(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(value: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [value or ""] if value is None or isinstance(value, str) else list(value)


def _filled(entry: Message) -> bool:
    return all(_strings(entry.string))


def _placeholders_differ(entry: Message) -> bool:
    wanted = sorted(PLACEHOLDER.findall(_strings(entry.id)[-1]))
    return any(sorted(PLACEHOLDER.findall(string)) != wanted for string in _strings(entry.string))
