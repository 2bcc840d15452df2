"""To whom the demo's orders go: people, telephones and streets that nobody has, the same for all orders of one buyer."""

_FAMILY, _GIVEN = "王李张刘陈杨赵黄周吴", ("小雨", "子涵", "欣怡", "浩然", "静", "明轩", "思琪", "建国", "雅婷")
_PLACES = (
    ("浙江省杭州市", "西湖区柳浪路"), ("广东省深圳市", "南山区海棠街"), ("上海市", "徐汇区梧桐路"),
    ("四川省成都市", "武侯区竹溪街"), ("北京市", "朝阳区青松路"), ("湖北省武汉市", "洪山区荷风路"),
    ("江苏省南京市", "鼓楼区银杏路"),
)  # fmt: skip
_FIRST = ("Emma", "Oliver", "Amelia", "Noah", "Isla", "Leo", "Freya", "Arthur", "Mia", "Theo", "Grace")
_LAST = ("Clarke", "Bennett", "Hughes", "Foster", "Murray", "Walsh", "Turner")
_TOWNS = (
    ("London", "Lantern Street"), ("Manchester", "Mill Lane"), ("Bristol", "Harbour Road"), ("Leeds", "Orchard Close"),
    ("Edinburgh", "Castle Terrace"),
)  # fmt: skip


def of(place: int, language: str) -> dict[str, str]:
    """Return the fields of an order for the buyer with this number, in the language of the shop."""
    if language == "en":
        town, street = _TOWNS[place % len(_TOWNS)]
        name = f"{_FIRST[place % len(_FIRST)]} {_LAST[place % len(_LAST)]}"
        # Numbers that Ofcom keeps for films and books.
        return _fields(
            name, f"+44 7700 900{place % 1000:03d}", town, f"Flat {place % 9 + 1}, {place % 60 + 1} {street}"
        )
    city, street = _PLACES[place % len(_PLACES)]
    name = _FAMILY[place % len(_FAMILY)] + _GIVEN[place % len(_GIVEN)]
    address = f"{street} {place % 90 + 1} 号 {place % 6 + 1} 幢 {place % 20 + 1:d}02 室"
    return _fields(name, f"1990000{8000 + place % 1000}", city, address)


def _fields(name: str, phone: str, city: str, address: str) -> dict[str, str]:
    return {
        "recipient_name": name, "recipient_phone": phone, "recipient_city": city, "recipient_address": address,
    }  # fmt: skip
