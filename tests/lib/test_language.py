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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("devolución", "es"), ("quiero cambiar la talla", "es"),
        ("ainda não recebi", "pt"), ("quero trocar", "pt"),
        ("je veux annuler", "fr"), ("pas encore", "fr"),
        ("ich möchte", "de"), ("Falsche Größe", "de"),
        ("vorrei un", "it"), ("non è", "it"),
        ("ik wil", "nl"), ("gdzie jest", "pl"), ("kargo gelmedi", "tr"), ("magkano po", "tl"),
        ("don hang cua toi dau", "vi"),
        ("refund pls", "en"), ("ok thx", "en"), ("size M?", "en"), ("set a", "en"),
    ],
)  # fmt: skip
def test_two_words_are_often_enough(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("bisa cod ga kak", "id"), ("mau tukar ukuran", "id"), ("Kapan barang saya sampai?", "id"),
        ("Bila barang saya sampai?", "ms"), ("saya nak tukar saiz", "ms"), ("bungkusan belum sampai", "ms"),
    ],
)  # fmt: skip
def test_indonesian_is_not_malay(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("在 Netflix 上有吗", "zh"),
        ("我要买 The Sound of One Hand Clapping", "zh"),
        ("Galaxy S24 Ultra 的壳", "zh"),
        ("優の良品什么时候发货呀", "zh"),
        ("mau pesan Harry Potter and the Deathly Hallows", "id"),
        ("I bought the 小米 charger", "en"),
    ],
)
def test_names_in_another_language_do_not_mislead(text: str, code: str) -> None:
    assert detect(text) == code
