"""Which language a text is in: by its script, Latin ones by their commonest words. Pure, some microseconds."""

import re
import unicodedata

# Codes that the product offers for translation, each with its English name.
LANGUAGES = {
    "zh": "Simplified Chinese", "en": "English", "ja": "Japanese", "ko": "Korean", "vi": "Vietnamese", "th": "Thai",
    "id": "Indonesian", "ms": "Malay", "tl": "Filipino", "es": "Spanish", "pt": "Portuguese", "fr": "French",
    "de": "German", "it": "Italian", "nl": "Dutch", "pl": "Polish", "tr": "Turkish", "ru": "Russian", "ar": "Arabic",
    "he": "Hebrew", "hi": "Hindi", "el": "Greek",
}  # fmt: skip
LOOKED_AT = 400  # characters; the rest of a long text says nothing new

_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "THAI": "th", "CYRILLIC": "ru", "ARABIC": "ar",
    "HEBREW": "he", "DEVANAGARI": "hi", "GREEK": "el",
}  # fmt: skip
_WORDS = {
    "en": "the is you my i it to and of not have can what when please hello hi do does for this that how where thanks",
    "es": "el la los que de es por para mi gracias hola cuando donde está no una con pedido quiero cómo",
    "pt": "o os que de não é por para meu obrigado olá quando onde uma com pedido quero você está",
    "fr": "le la les que de est pour mon merci bonjour quand où je vous pas une avec commande ne et",
    "de": "der die das ist und nicht ich sie mein danke hallo wann wo ein eine mit bestellung bitte wie",
    "it": "il lo che di è per mio grazie ciao quando dove non una con ordine vorrei sono buongiorno",
    "nl": "de het een is en niet ik mijn bedankt hallo wanneer waar met bestelling kan hoe van",
    "pl": "jest nie i w na moje dzień dobry kiedy gdzie proszę dziękuję zamówienie czy jak się",
    "tr": "ve bir bu mi ne zaman nerede merhaba teşekkürler sipariş var değil lütfen için nasıl",
    "vi": "là và không có tôi của khi nào bao giờ cảm ơn xin chào cho này đơn hàng được",
    "id": "dan yang di tidak saya kapan dimana terima kasih halo ini itu ada bisa apa untuk pesanan sudah belum",
    "ms": "dan yang tidak saya bila terima kasih ini itu ada boleh apa untuk pesanan sudah belum awak",
    "tl": "ang ng sa na po ako ko ba kailan saan salamat hindi ito mga paano",
}
_LATIN: dict[str, list[str]] = {}
for _code, _words in _WORDS.items():
    for _word in _words.split():
        _LATIN.setdefault(_word, []).append(_code)
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")


def detect(text: str) -> str:
    """Return the code of the language (ISO 639-1, "tl" for Filipino), or "" where the text says nothing about it."""
    text = text[:LOOKED_AT].lower()
    if text.isascii():
        return _of_latin(text) if any(map(str.isalpha, text)) else ""
    counts: dict[str, int] = {}
    for character in text:
        if character.isalpha():
            code = "latin" if character < "ɐ" or "Ḁ" <= character <= "ỿ" else _of_script(character)
            counts[code] = counts.get(code, 0) + 1
    counts.pop("", None)
    if not counts:
        return ""
    if counts.get("ja"):
        return "ja"  # Japanese is full of Chinese characters, Chinese has no kana
    # A Chinese sentence around a Latin product name is Chinese: one character says as much as a word.
    weights = {code: count * (6 if code == "zh" else 1) for code, count in counts.items()}
    found = max(weights, key=lambda code: weights[code])
    return _of_latin(text) if found == "latin" else found


def _of_script(character: str) -> str:
    return _SCRIPTS.get(unicodedata.name(character, "").split(" ", 1)[0].split("-", 1)[0], "")


def _of_latin(text: str) -> str:
    """Tell Latin languages apart by their commonest words; English where nothing else is known."""
    if _VIETNAMESE.search(text):
        return "vi"
    scores = dict.fromkeys(_WORDS, 0)
    for word in re.findall(r"[^\W\d_]+", text):
        for code in _LATIN.get(word, ()):
            scores[code] += 1
    best = max(scores, key=lambda code: scores[code])
    return best if scores[best] else "en"
