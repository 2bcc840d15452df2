"""What belongs to a person is hidden before a text leaves, and comes back into the answer."""

import time
import unicodedata

import pytest

from lib.masking import Mask, Unmasking

pytestmark = pytest.mark.rule("E8")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("我的电话是13800138000，请打给我", "我的电话是[phone 1],请打给我"),
        ("１３８００１３８０００", "[phone 1]"),
        ("一三八零零一三八零零零", "[phone 1]"),
        ("Call +44 7700 900123 or +1 (555) 123-4567.", "Call [phone 1] or [phone 2]."),
        ("mail anna.b@example.co.uk", "mail [email 1]"),
        ("改到杭州市西湖区文三路 88 号 2 幢 301", "改到[address 1]"),
        ("南京东路 12 号", "[address 1]"),
        ("I live at 12 Green Park Road, Flat 3, SW1A 1AA", "I live at [address 1], [address 2]"),
        ("my address is 5 Rose Lane, Bristol", "my address is [address 1]"),
        ("Hauptstraße 12", "[address 1]"),
        ("Calle Mayor 15, Madrid", "[address 1], Madrid"),
        ("身份证 11010119900307123X", "身份证 [number 1]"),
        ("单号SF100200300到哪了", "单号[number 1]到哪了"),
        ("order O-123456", "order [number 1]"),
        ("我叫王小明，收货人：李雷", "我叫[name 1],收货人:[name 2]"),
        ("My name is Anna Smith. When?", "My name is [name 1]. When?"),
        ("看 https://example.com/u/7?t=1 吧", "看 [link 1] 吧"),
        ("momo 在吗", "[name 1] 在吗"),
    ],
)
def test_what_is_personal_is_hidden_and_comes_back(text, hidden):
    mask = Mask(["momo"])
    assert mask.hide(text) == hidden
    assert mask.shown(hidden) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 10:30:15 下的单,价格 199.00 元",
        "支持7天无理由退货吗",
        "满 199 减 20",
        "rate 5 stars, 350ml, 150x200cm, 48 hours, SKU QH-MUG",
        "请问杭州发货吗,市区能到吗",
    ],
)
def test_what_a_shop_talks_about_stays(text):
    assert Mask().hide(text) == text


def test_the_same_thing_has_one_sign_and_others_have_their_own():
    mask = Mask()
    assert mask.hide("13800138000") == mask.hide("13800138000") == "[phone 1]"
    assert mask.hide("13900139000") == "[phone 2]"


@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_signs_come_back_however_the_answer_is_cut(size):
    mask = Mask()
    hidden = mask.hide("Call 13800138000")
    said = f"Yes, {hidden} [as you wish] [phone 9] a[0]. [pho"
    back = Unmasking(mask)
    pieces = [said[n : n + size] for n in range(0, len(said), size)]
    assert "".join(map(back.feed, pieces)) + back.rest() == "Yes, Call 13800138000 [as you wish] [phone 9] a[0]. [pho"


@pytest.mark.parametrize(
    "part", ["市", "路", "1 ", "A1", "路1号", "12 a b c d ", "a.b@", "地址:", "-", "calle a ", "路 "]
)
def test_no_text_takes_long(part):
    text = (part * 2000)[:2000]
    start = time.process_time()
    Mask().hide(text)
    assert time.process_time() - start < 0.25
