"""The payload of a push, against the example of RFC 8291."""

import pytest

from lib import webpush

OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard() -> None:
    words = b"When I grow up, I want to be a watermelon"
    key = webpush.load(OURS).private
    assert webpush.encode(webpush.encrypt(words, THEIRS, AUTH, key, webpush.decode(SALT))) == SEALED


def test_each_message_has_a_key_and_salt_of_its_own() -> None:
    first, second = (webpush.encrypt(b"hi", THEIRS, AUTH) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


def test_what_is_too_long_for_a_push_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        webpush.encrypt(b"x" * (webpush.MOST + 1), THEIRS, AUTH)
    assert len(webpush.encrypt(b"x" * webpush.MOST, THEIRS, AUTH)) <= 4096


@pytest.mark.parametrize(
    ("p256dh", "auth"), [(THEIRS[:-4], AUTH), ("x", AUTH), ("", AUTH), (THEIRS, "x"), (THEIRS, SALT[:8])]
)
def test_what_are_no_keys_of_a_browser_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(ValueError):
        webpush.check(p256dh, auth)
