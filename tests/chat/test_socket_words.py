"""Which language the words of refusals are in, over a socket (SPEC C19)."""

import pytest

from tests import base
from tests.chat import lines

ENGLISH = "This key was used for another message.", "There is no such thing here.", "Text, please."
CHINESE = "该消息编号已用于另一条消息。", "内容不存在。", "请填写文本。"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("C19")
@pytest.mark.parametrize(
    ("asked", "preferred", "reused", "there", "text"),
    [
        (
            "?lang=en",
            "zh-CN",
            "This key was used for another message.",
            "There is no such thing here.",
            "Text, please.",
        ),
        (
            "",
            "en-GB,en;q=0.8",
            "This key was used for another message.",
            "There is no such thing here.",
            "Text, please.",
        ),
        ("?lang=zh-hans", "en", "该消息编号已用于另一条消息。", "内容不存在。", "请填写文本。"),
        ("?lang=xx", "", "该消息编号已用于另一条消息。", "内容不存在。", "请填写文本。"),
    ],
)
def test_refusals_speak_the_language_of_their_page(desk, asked, preferred, reused, there, text):
    line, said = base.buyer(base.shop()), base.body("Hello")
    known = lines.Line(f"/ws/buyer/{asked}", ("accept-language", preferred))
    known.token = lines.buyer(line).token

    async def talk():
        await lines.enter(known)
        await known.ask("message.send", **said)
        assert (await known.ask("message.send", **{**said, "text": "Else"}))["detail"] == reused
        assert (await known.ask("receipt", conversation=line.pk + 1, delivered=1))["detail"] == there
        assert (await known.send(text=7))["fields"] == {"text": text}

    lines.run(talk)
