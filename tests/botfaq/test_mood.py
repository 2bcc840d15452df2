"""How a message sounds: by its words at once, by its meaning where the encoder is there."""

import pytest

from botfaq.mood import Kind, mood
from botfaq.recognition import encoders

pytestmark = pytest.mark.rule("E9")


@pytest.mark.parametrize(
    "text",
    ["等了两个小时还没到，太差了", "质量很差，后悔买了", "不好用", "这个一点都不好吃", "骗子！我要投诉",
     "The worst service ever", "it is not good", "still waiting, very disappointed", "barang rusak, kecewa"],
)  # fmt: skip
def test_anger_is_heard_in_words(text: str) -> None:
    assert mood(text).kind == Kind.NEGATIVE


@pytest.mark.parametrize(
    "text",
    ["很满意，下次还会再买", "特别好，谢谢", "客服很耐心", "Great quality, I love it", "thanks, works perfectly",
     "barang bagus, cepat sampai"],
)  # fmt: skip
def test_joy_is_heard_in_words(text: str) -> None:
    assert mood(text).kind == Kind.POSITIVE


@pytest.mark.parametrize("text", ["", "？？", "12345", "请问这款有黑色吗", "Which sizes are there?", "👍"])
def test_a_plain_question_is_neutral(text: str) -> None:
    assert mood(text).kind == Kind.NEUTRAL


def test_the_score_stays_between_minus_one_and_one() -> None:
    assert -1 <= mood("差 " * 500).score < -0.9
    assert 0.9 < mood("good " * 500).score <= 1


def test_meaning_is_heard_without_a_known_word() -> None:
    encoder = encoders.load("use")
    assert encoder is not None
    for text in ("Je suis vraiment déçu, rien ne fonctionne", "Das ist eine Frechheit, ich bin stinksauer"):
        assert mood(text).kind == Kind.NEUTRAL
        assert mood(text, encoder).kind == Kind.NEGATIVE
    assert mood("C'est magnifique, merci mille fois", encoder).kind == Kind.POSITIVE
