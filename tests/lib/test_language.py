"""The language of a text, by script and commonest words."""

import pytest

from lib.language import LANGUAGES, detect


@pytest.mark.rule("C12")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("请问有货吗", "zh"),
        ("iPhone 15 Pro Max 有货吗", "zh"),
        ("Is the kettle in stock?", "en"),
        ("kettle", "en"),
        ("在庫はありますか", "ja"),
        ("재고 있나요?", "ko"),
        ("มีของไหม", "th"),
        ("Còn hàng không", "vi"),
        ("Kapan pesanan saya sampai?", "id"),
        ("¿Cuándo llega mi pedido?", "es"),
        ("Quando chega o meu pedido?", "pt"),
        ("Où est ma commande ? Merci", "fr"),
        ("Wann kommt meine Bestellung an?", "de"),
        ("Когда придёт заказ?", "ru"),
        ("هل المنتج متوفر؟", "ar"),
        ("क्या यह उपलब्ध है", "hi"),
        ("12345 😀 !!", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text(text: str, code: str) -> None:
    assert detect(text) == code
    assert code in LANGUAGES or code == ""
