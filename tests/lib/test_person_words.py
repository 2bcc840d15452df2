"""A message that asks for a person is understood in the languages of the markets, and nothing else is taken for one."""

import pytest

from lib.person_words import LONGEST, asks_for_person

WISHES = """
人工
转人工
人工客服
转人工客服
我要人工
请转人工
帮我转人工吧
转接人工谢谢
找人工
我要找人工客服
有人工吗
有没有真人
接真人
转客服
能不能跟真人聊
不要机器人，转人工
有真人客服吗
麻烦转个人工
叫个活人来
human
agent please
talk to a human
I want to speak to a real person
can i chat with an agent
connect me to customer service
let me talk to someone
transfer me to a live agent
Speak with a representative please
I need a human
put me through to an operator
live agent
cho mình gặp nhân viên
tôi muốn nói chuyện với người thật
chuyển cho nhân viên tư vấn
ขอคุยกับเจ้าหน้าที่
ติดต่อแอดมินค่ะ
mau bicara dengan cs
minta admin dong
sambungkan ke agen
nak cakap dengan ejen
pwede makausap ang tao
quiero hablar con una persona
hablar con un agente
pásame con un asesor
quero falar com um atendente
falar com alguém
je veux parler à un conseiller
parler avec quelqu'un
ich möchte mit einem Menschen sprechen
mit einem Mitarbeiter chatten
vorrei parlare con un operatore
オペレーターにつないで
担当者と話したい
有人チャットにして
상담원 연결해주세요
사람이랑 상담하고 싶어요
""".strip().splitlines()
OTHERS = """
人工皮革吗
这个是人工智能的吗
人工草坪多少钱一平
纯人工缝制的吗
人工客服几点上班
人工客服工作时间
人工客服什么时候在线
不用转人工了
不要人工，谢谢
别转人工
人工降雨
真人上身图有吗
有真人试穿吗
客服你好
转账失败
转卖可以吗
换货找谁
agent orange
is there a human size chart
does the doll look like a real baby
I do not want to talk to an agent
no need to transfer me to a human
do I need to speak to a representative to change my address?
i already talked to an agent
human hair wig price
for one person or two
person of interest
a real person wearing it? photo
shipping agent fee
cleaning agent for shoes
is it for adults or someone younger
nhân viên giao hàng không gọi
เจ้าหน้าที่ส่งของไม่มา
adminnya mana
paket untuk orang tua
una persona puede usarlo
para uma pessoa
pour une personne
für eine Person
担当者はいますか
상담원 근무시간
""".strip().splitlines()


@pytest.mark.rule("D4")
def test_wishes_are_understood() -> None:
    assert [text for text in WISHES if not asks_for_person(text)] == []


def test_other_messages_are_none() -> None:
    assert [text for text in OTHERS if asks_for_person(text)] == []
    assert not asks_for_person("x" * LONGEST + "转人工")
