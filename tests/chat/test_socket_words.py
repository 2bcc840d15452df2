"""Which language the words of refusals are in, over a socket (SPEC C19)."""

import pytest

from tests import base
from tests.chat import lines

pytestmark = pytest.mark.django_db(transaction=True)
ENGLISH = "This key was used for another message.", "There is no such thing here.", "Text, please."
CHINESE = "该消息编号已用于另一条消息。", "内容不存在。", "请填写文本。"


@pytest.mark.rule("C19")
@pytest.mark.parametrize(
    ("asked", "preferred", "words"),
    [
        ("?lang=en", "zh-CN", ENGLISH),
        ("", "en-GB,en;q=0.8", ENGLISH),
        ("?lang=zh-hans", "en", CHINESE),
        ("?lang=xx", "", CHINESE),
    ],
)
def test_refusals_speak_the_language_of_their_page(asked: str, preferred: str, words: tuple[str, str, str]) -> None:
    line, said = base.buyer(base.shop()), base.body("Hello")
    buyer = lines.Line(f"/ws/buyer/{asked}", ("accept-language", preferred))
    buyer.token = lines.buyer(line).token

    async def talk() -> None:
        await lines.enter(buyer)
        await buyer.ask("message.send", **said)
        other = await buyer.ask("message.send", **{**said, "text": "Else"})
        receipt = await buyer.ask("receipt", conversation=line.pk + 1, delivered=1)
        wrong = await buyer.ask("message.send", **{**base.body("x"), "text": 7})
        assert (other["detail"], receipt["detail"], wrong["fields"]["text"]) == words

    lines.run(talk)
