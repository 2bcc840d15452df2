"""What nobody should send: JSON texts that are wrong for a kind of field, and bodies that are wrong for everything."""

import re
from collections.abc import Sequence

HUGE = "9" * 5000
WORDS = [
    "x",
    "",
    " ",
    "1",
    "null",
    "0x10",
    "١",
    "\\u0000",
    "\\ud800",
    "\\udfff\\ud800",
    "__class__",
    "../../etc/passwd",
]
WORDS += ["{{7*7}}", "%s%n", "'; DROP TABLE chat_message; --", "<script>alert(1)</script>", "y" * 2001]
NUMBERS = ["-1", "-0.5", "1.5", "1e3", "1e308", "-1e400", "1e400", "9223372036854775808", "18446744073709551616"]
NUMBERS += [
    "-9223372036854775809",
    "1" + "0" * 30,
    HUGE,
    "-" + HUGE,
    "NaN",
    "Infinity",
    "-Infinity",
    "01",
    "0x10",
    "+1",
]
OTHERS = ["null", "true", "false", "[]", "{}", "[1]", '["x"]', '{"x":1}', '{"__class__":"x"}', "undefined", "", "'x'"]
OTHERS += ["[" * 900 + "]" * 900, "[" * 30_000, '{"a":' * 900 + "1" + "}" * 900]
ANYTHING = [f'"{word}"' for word in WORDS] + NUMBERS + OTHERS

# Right for a kind of field: taken from the table above, so that everything else in it is wrong.
FINE = {
    "id": set(),
    "seq": set(),
    "flag": {"true", "false"},
    "choice": set(),
    "key": set(),
    "text": {f'"{word}"' for word in WORDS if word.strip() and "\\" not in word and len(word) <= 2000},
    "words": {f'"{word}"' for word in WORDS if "\\" not in word and len(word) <= 500},
    "ids": {"[1]"},
    "name": {f'"{word}"' for word in WORDS if word.strip() and "\\" not in word and len(word) <= 40},
    "sign in": {f'"{word}"' for word in WORDS if re.fullmatch(r"[\w.@+-]{1,40}", word)},
    "short": {f'"{word}"' for word in WORDS if "\\" not in word and len(word) <= 60},
    "token": {f'"{word}"' for word in WORDS if "ud" not in word},  # a text, though no token: see the close codes
    "object": {"{}"},
    "list": {"[1]"},
    "rows": {f"[{text}]" for text in ("{}", '{"x":1}', '{"__class__":"x"}')},
    "choices": {"[]"},
    "some ids": {"[]", "[1]"},
    "texts": {"[]", *(f'["{word}"]' for word in WORDS if word.strip() and "\\" not in word and len(word) <= 200)},
    "link": {'""', '" "'},
    "frame id": {"null", *(f'"{word}"' for word in WORDS if "ud" not in word and len(word) <= 64)},
}
OPTIONAL = {"null"}


SHORT = [text for text in ANYTHING if len(text) < 100]
# One of each type: enough inside a list or an object where the field takes neither.
OF_EACH_TYPE = ['"x"', "1", "-0.5", "null", "true", "[1]", '{"x":1}']
LISTS = ("ids", "some ids", "choices", "texts", "list", "rows", "object")
# What a database could stumble over that another lets pass.
UNSTORABLE = {'"\\u0000"', f'"{WORDS[-1]}"', '"\'; DROP TABLE chat_message; --"', *NUMBERS, "null"}


def wrong(kind: str, optional: bool = False, *, inside: Sequence[str] = SHORT) -> list[str]:
    """Return the JSON texts that a field of this kind must refuse; those of `inside` also in a list and an object."""
    fine = FINE[kind] | (OPTIONAL if optional else set())
    bare = [text for text in ANYTHING if text not in fine]
    return (
        bare
        + [f"[{text}]" for text in inside if f"[{text}]" not in fine]
        + ([f'{{"x":{text}}}' for text in inside] if kind != "object" else [])
    )


# No JSON object at all, or none of ours.
NOT_OBJECTS = [
    *ANYTHING,
    "[{}]",
    "{",
    "}",
    '{"a"}',
    "{'a':1}",
    '{"a":1,}',
    "//",
    "\ufeff{}",
    '"{}"',
    "{}{}",
    "{} x",
    "\0",
]
NOT_OBJECTS = [text for text in NOT_OBJECTS if not text.strip().startswith('{"') or text in ('{"a"}', '{"a":1,}')]
STRANGE_NAMES = [
    "self",
    "__class__",
    "__init__",
    "__proto__",
    "constructor",
    "pk",
    "id2",
    "",
    "a" * 5000,
    "\\u0000",
    "sender",
]
STRANGE_NAMES += [
    "member",
    "user",
    "user_id",
    "role",
    "is_staff",
    "is_superuser",
    "state",
    "assignee",
    "erased_at",
    "removed_at",
    "shop",
    "shop_id",
    "conversation_id",
    "sender_kind",
    "body_hash",
    "fields",
    "code",
    "detail",
]
