"""The rules of the house: what may look where, who may write, how big a thing may be. A red line names the place."""

import ast
import re
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from chat.models import DeskEvent, Event
from sellercenter import settings as product_settings
from shops import permissions
from tests import source

# What this landing of the product promises; a later one adds its ids.
RULES = [f"P{n}" for n in range(1, 15)] + [f"B{n}" for n in range(1, 9)]
RULES += ["A5", "C8", "E9"]
RULES += ["A1", "A6", "C1", "C2", "C3", "C4", "C5", "C6", "C19", "D1", "D3", "F1", "F2", "C11", "C12", "C15", "C25"]
RULES += ["E5", "F5", "D2", "C21", "C24", "F4", "A2", "C9", "C26"] + [f"G{n}" for n in range(1, 15)]
RULES += ["C17", "C23", "C13", "C18", "F3", "A3", "A4", "A7"]
RULES += ["H1", "H2"]
RULES += ["D4"] + [f"E{n}" for n in (1, 2, 3, 4, 6, 7, 8, 10, 11)]

FUNCTION_LINES, FILE_LINES = 40, 350
# Larger than the budget, with the size each may have at most. The list may only shrink.
TOO_LARGE: dict[str, int] = {}

# The sockets are consumers, sockets (their base) and beats (their pulse).
HUB = {"chat/hub.py", "chat/events.py", "chat/consumers.py", "chat/sockets.py", "chat/beats.py", "chat/watching.py"}
HUB |= {"chat/team_socket.py"}
PLATFORM_NAMES = ("shops/presets.py", "sellercenter/demo", "sellercenter/management/commands/seed_demo.py")
# access: a conversation is made before any lock is taken, when its buyer comes through the door.
# demo_rows: a month of the past, which no action could write.
WRITERS = (
    "chat/actions/",
    "chat/events.py",
    "chat/routing.py",
    "chat/writer.py",
    "chat/access.py",
    "lib/bulk.py",
    "sellercenter/demo_rows.py",
)
WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "update",
    "bulk_update",
    "delete",
    "insert",
    "save",
}

# Queries by id outside the doors: of ids that a door has let through.
BY_ID = {
    "chat/entry_api.py ServiceSession.objects.filter",
    "chat/desk_api.py Member.objects.online.filter",
    "chat/desk_api.py locks.loaded.filter",
}

# Requirements that nobody imports by name: Django's hasher, what httpx, uvicorn and daphne choose by themselves.
UNSEEN = {"argon2-cffi", "h2", "httptools", "uvloop", "daphne"}

ROW = 'give it a row in shops/permissions.toml: "METHODS address" = "who"'


def test_imports_go_one_way() -> None:
    wrong = []
    for path in source.python(*source.PRODUCT):
        room = path.split("/")[0]
        allowed = () if room == "lib" else ("lib", *source.ROOMS[: source.ROOMS.index(room) + 1])
        for name in source.imports(path):
            top = name.split(".")[0]
            if (top in source.PRODUCT and top != room and top not in allowed) or "relative" in name:
                wrong.append(f"{path} imports {name}")
            if top in ("tests", "bench"):
                wrong.append(f"{path} imports {name}")
    assert wrong == []


def test_only_the_events_and_the_sockets_know_the_hub() -> None:
    users = {
        path
        for path in source.python(*source.PRODUCT)
        for name in source.imports(path)
        if name == "chat.hub" or name.startswith("chat.hub.")
    }
    assert "chat/events.py" in users
    assert users - HUB == set()


def test_no_code_knows_a_platform_by_name() -> None:
    platform = re.compile("douyin|tiktok|feige", re.IGNORECASE)
    paths = [path for path in source.python(*source.PRODUCT) if not path.startswith(PLATFORM_NAMES)]
    wrong = [f"{path}: {said}" for path in paths for said in source.strings(path) if platform.search(said)]
    pages = [*source.files("templates/**/*.html"), *source.files("static/js/**/*.js")]
    assert wrong + [path for path in pages if platform.search(source.text(path))] == []


def test_nothing_happens_behind_a_signal() -> None:
    signals = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")
    users = [
        path for path in source.python(*source.PRODUCT) if any(n.startswith(signals) for n in source.imports(path))
    ]
    assert users == []


def test_chat_rows_are_written_only_where_it_is_agreed() -> None:
    paths = [path for path in source.python(*source.PRODUCT) if not path.startswith(WRITERS)]
    assert [wrong for path in paths for wrong in _writes_to_chat(path)] == []


def test_the_search_for_writes_finds_them() -> None:
    assert list(_writes_to_chat("chat/events.py"))
    assert list(_writes_to_chat("chat/actions/sessions.py"))


def _writes_to_chat(path: str) -> Iterator[str]:
    models = list(apps.get_app_config("chat").get_models())
    names = {model.__name__ for model in models}
    # `shop.sessions.update(…)`, and `session.save()`: rows reached by a relation or under their usual name.
    related = {rel.get_accessor_name() for other in apps.get_models() for rel in other._meta.related_objects
               if rel.related_model in models and not rel.hidden}  # fmt: skip
    usual = {name.lower() for name in names} | {"session"}
    for name, call in source.calls(path):
        *chain, last = name
        arguments = {dotted for part in call.args for dotted in source.dotted(part)}
        in_bulk = chain[-1:] == ["bulk"] and (
            last in ("add_all", "save", "run") or (last in WRITES and names & arguments)
        )
        if not in_bulk and (last not in WRITES or not chain):
            continue
        by_class = in_bulk or chain[0] in names
        by_row = last in ("save", "delete") and chain[-1] in usual
        if by_class or by_row or (chain[1:] and related.intersection(chain[1:])):
            yield f"{path}:{call.lineno} {'.'.join(name)}"
    for said in source.strings(path):
        if re.search(r'(INSERT INTO|UPDATE|DELETE FROM)\s+"?chat_', said, re.IGNORECASE):
            yield f"{path}: {said[:60]}"


def test_nothing_happens_by_saving_a_row() -> None:
    wrong = [model.__name__ for model in apps.get_models() if model.__module__.split(".")[0] in source.PRODUCT
             for name in ("save", "delete", "full_clean") if name in vars(model)]  # fmt: skip
    assert wrong == []


def test_pages_and_calls_find_objects_through_the_doors() -> None:
    found = set()
    for path in source.python(*source.PRODUCT):
        if re.fullmatch(r"(.*_)?(api|views|pages|consumers|sockets)\.py", path.rsplit("/", 1)[-1]):
            found |= {f"{path} {'.'.join(name)}" for name, call in source.calls(path) if _by_id(name, call)}
    assert found == BY_ID


def _by_id(name: list[str], call: ast.Call) -> bool:
    """Whether a query looks for rows by their ids."""
    wanted = {keyword.arg for keyword in call.keywords}
    return name[-1] == "get_object_or_404" or (name[-1] in ("get", "filter") and bool(wanted & {"pk", "id", "pk__in"}))


def test_every_address_and_method_has_a_row_in_the_table_of_permissions() -> None:
    found = {route: view for route, _address, view in _addresses(get_resolver())}
    assert [address for address in found if address not in permissions.ADDRESSES] == [], ROW
    assert [address for address in permissions.ADDRESSES if address not in found] == [], "gone: take its row off"
    wrong = []
    for address, view in found.items():
        known = getattr(getattr(view, "cls", None), "http_method_names", ())
        taken = {name.upper() for name in known if hasattr(view.cls, name)} - {"HEAD", "OPTIONS", "TRACE"}
        if known and taken != set(permissions.ADDRESSES[address]):
            wrong.append(f"{address} answers {sorted(taken)}")
    assert wrong == [], ROW


@pytest.mark.django_db
def test_every_address_refuses_an_anonymous_visitor_unless_its_row_says_anybody() -> None:
    open_ones = {}
    signed = {route for route, rows in permissions.ADDRESSES.items() for row in rows.values() if row.needs[0] == "app"}
    for route, address, _view in _addresses(get_resolver()):
        for method in ("get", "post"):
            answer = getattr(Client(raise_request_exception=False), method)(address)
            assert answer.status_code < 500, f"{method} {address}"
            if answer.status_code not in (
                401,
                403,
                405,
                *([400] if route in signed else []),
            ) and "/login" not in answer.headers.get("Location", ""):
                open_ones[route] = f"{method} {route}: {answer.status_code}"
    anybody = {route for route, rows in permissions.ADDRESSES.items()
               if any(row.needs[0] in ("anybody", "demo") for row in rows.values())}  # fmt: skip
    assert [said for route, said in open_ones.items() if route not in anybody] == [], "open to anybody"
    leads_back = {"logout/", "login/code/", "login/set-up/"}  # nobody is half in here
    assert anybody - set(open_ones) <= leads_back, "listed as open, but closed or gone"


def _addresses(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str, Any]]:
    samples = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000"}
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, route)
        elif isinstance(entry, URLPattern):
            address = re.sub(r"<(?:(\w+):)?\w+>", lambda found: samples.get(found[1], "x"), route)
            yield route, "/" + address.strip("^$"), entry.callback


def test_every_event_kind_has_a_label_in_both_languages() -> None:
    with translation.override("zh-hans"):
        bare = [str(kind) for kind in [*Event.Kind, *DeskEvent.Kind] if not re.search("[一-鿿]", str(kind.label))]
    assert bare == []


def test_every_event_kind_is_documented() -> None:
    wire = source.text("docs/wire.md")
    assert [str(kind) for kind in [*Event.Kind, *DeskEvent.Kind] if f"`{kind}`" not in wire] == []


def test_functions_and_files_stay_small() -> None:
    everything = source.python(*source.PRODUCT, "tests", "bench")
    sizes = {name: lines for path in everything for name, lines in source.functions(path) if lines > FUNCTION_LINES}
    for path in [*everything, *source.files("static/js/**/*.js"), *source.files("static/css/**/*.css")]:
        lines = source.text(path).count("\n")
        if lines > FILE_LINES:
            sizes[path] = lines
    assert {name: lines for name, lines in sizes.items() if lines > TOO_LARGE.get(name, 0)} == {}, "over the budget"
    assert set(TOO_LARGE) - set(sizes) == set(), "small enough now: take it off the list"


def test_pages_carry_no_inline_code_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle\s*=|\son\w+\s*=|javascript:", re.IGNORECASE)
    pages = source.files("templates/**/*.html")
    assert pages
    assert [f"{path}: {hit}" for path in pages for hit in inline.findall(source.text(path))] == []


def test_scripts_never_write_markup() -> None:
    markup = re.compile(r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\(")
    scripts = source.files("static/js/**/*.js")
    assert scripts
    assert [f"{path}: {hit}" for path in scripts for hit in markup.findall(source.text(path))] == []


def test_every_promised_rule_is_cited_by_a_test() -> None:
    assert [rule for rule in RULES if rule not in source.rules()] == []


def test_cited_rules_exist() -> None:
    assert [rule for rule in source.rules() if not re.fullmatch(r"[A-HP][1-9]\d?", rule)] == []


def test_requirements_are_pinned() -> None:
    lines = source.text("requirements.txt").splitlines() + source.text("requirements-dev.txt").splitlines()
    packages = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert [line for line in packages if not re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.]+", line)] == []


def test_the_doors_stand_open() -> None:
    doors = ["script/server", "script/test", "script/check", ".ci/run"]
    assert [door for door in doors if not (source.ROOT / door).stat().st_mode & 0o100] == []
    readme = source.text("README.md")
    assert [door for door in doors[:3] if door not in readme] == []
    assert "## Unreleased" in source.text("CHANGELOG.md") or re.search(r"## \d", source.text("CHANGELOG.md"))


def test_no_request_is_one_transaction() -> None:
    """The writer must not be waited for inside one; each action opens its own."""
    assert product_settings.ATOMIC_REQUESTS is False
    assert not product_settings.DATABASES["default"].get("ATOMIC_REQUESTS")


def test_every_requirement_is_used() -> None:
    code = [name for path in source.python(*source.PRODUCT) for name in source.imports(path)]
    used = {name.split(".")[0] for name in [*code, *product_settings.INSTALLED_APPS, *product_settings.MIDDLEWARE]}
    rooms: dict[str, set[str]] = {}
    for top, owners in metadata.packages_distributions().items():
        for owner in owners:
            rooms.setdefault(re.sub("[-_.]+", "-", owner).lower(), set()).add(top)
    names = [re.split(r"[\[=]", line)[0] for line in source.text("requirements.txt").splitlines() if "==" in line]
    unused = [name for name in names if not rooms[re.sub("[-_.]+", "-", name).lower()] & used]
    assert set(unused) == UNSEEN


def test_passwords_are_kept_with_argon2() -> None:
    assert product_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in (source.ROOT / "docs" / "decisions").glob("*.md")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]
