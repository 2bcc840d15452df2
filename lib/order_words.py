"""Whether a message asks where one's own order is (E11), in the languages of the markets. Pure; no language tools."""

import re

_THING = r"(?:快递|包裹|物流|订单|货物|货|东西|宝贝)"
_ASKS = re.compile(
    rf"{_THING}.{{0,6}}(?:到哪|在哪|哪里|哪儿|到那|没到|还没收到|没收到|没动静|没更新|不更新|不动|什么情况|怎么样了|进度|状态)"
    rf"|(?:查|看)(?:一下|下|询)?(?:我的?|一下)?{_THING}|我的?{_THING}.{{0,6}}(?:什么时候|几时|多久|何时|几天).{{0,3}}(?:到|送|发)"
    rf"|(?:什么时候|啥时候|几时).{{0,3}}(?:送到|能到|到货).{{0,2}}(?:啊|呀|呢)?$|物流(?:信息|进度|状态)|快递单号|运单号"
    r"|\bwhere(?:'s| is| are|s)? (?:my|the) (?:\w+ )?(?:order|parcel|package|delivery|shipment|stuff|item)s?\b"
    r"|\bwhen (?:will|does|is|can) (?:my|the) (?:\w+ )?(?:order|parcel|package|delivery|item)s? (?:arriv|com|get|be )"
    r"|\btrack(?:ing)? (?:my|the|number|status|info)|\b(?:my|order) (?:order|parcel|package|delivery)? ?status\b"
    r"|\b(?:my )?(?:order|parcel|package) (?:still )?(?:has ?n[o']t|did ?n[o']t|not|never) (?:yet )?"
    r"(?:arriv|come|received|been)"
    r"|\bhaven'?t (?:got|received) my (?:order|parcel|package)"
    r"|\bd[oó]nde (?:est[aá]|va) mi (?:pedido|paquete|env[ií]o)|\bo[uù] (?:est|en est) (?:ma|mon) (?:commande|colis)"
    r"|\bwo (?:ist|bleibt) (?:meine?|mein) (?:bestellung|paket|lieferung)|\bonde est[aá] (?:o )?meu (?:pedido|pacote)"
    r"|\bdov['’ ]?[eè] (?:il )?mio (?:ordine|pacco)"
    r"|\b(?:pesanan|paket|barang|order) (?:saya |aku |gue )?(?:sudah |dah )?(?:sampai )?(?:di ?mana|mana)\b"
    r"|\b(?:di ?mana|kat mana) (?:pesanan|paket|barang|parcel|order)\b|\bcek (?:resi|pesanan)"
    r"|đơn hàng (?:của )?(?:tôi|mình|em)?.{0,8}(?:đâu|đến đâu|ở đâu|chưa)"
    r"|(?:khi nào|bao giờ).{0,12}hàng.{0,6}(?:tới|đến|giao)"
    r"|nasaan (?:na )?(?:ang )?(?:order|parcel)|(?:พัสดุ|ของ|ออเดอร์|สินค้า).{0,12}(?:ถึงไหน|อยู่ไหน|อยู่ที่ไหน|เมื่อไหร่)"
    r"|(?:荷物|商品|注文).{0,8}(?:どこ|届か|いつ届)|いつ届(?:き|く)|(?:택배|주문|배송|상품).{0,8}(?:어디|언제)",
    re.IGNORECASE,
)
LOOKED_AT = 200  # characters; who asks this asks it shortly


def asks_whereabouts(text: str) -> bool:
    """Whether the words ask where an order of one's own is, or when it comes."""
    return bool(_ASKS.search(text[:LOOKED_AT]))
