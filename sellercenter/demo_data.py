"""Who and what the demo shows: two sellers, three shops, their people, goods and common questions."""

from dataclasses import dataclass, field
from typing import NamedTuple

PASSWORD = "desk-demo-2026"  # set on a demo only (DEMO=1), and printed


class Person(NamedTuple):
    username: str
    role: str
    nickname: str
    im_permission: bool = True


class Goods(NamedTuple):
    sku: str
    title: str
    price: str
    stock: int
    picture: str


class Common(NamedTuple):
    text: str
    answer: str
    phrasings: tuple[str, ...]
    card_place: int | None


@dataclass(frozen=True)
class ShopSeed:
    """One demo shop, with how busy a day is."""

    name: str
    seller: str
    preset: str
    time_zone: str
    currency: str
    language: str
    greeting: str
    sessions_a_day: int
    queued: int
    people: tuple[Person, ...]
    goods: tuple[Goods, ...]
    questions: tuple[Common, ...]
    buyers: tuple[str, ...]
    bot_enabled: bool = False
    hours: list[list[str]] = field(default_factory=lambda: [["00:00", "24:00"]])
    off_hours_reply: str = ""
    accent: str = ""
    label: str = ""
    anonymous: bool = False


QUESTIONS_ZH = (
    Common(
        "我的订单在哪里？",
        "您可以在订单详情里查看物流进度。如果 48 小时没有更新，请把订单号发给我们，我们马上为您核实。",
        ("我的快递到哪了", "怎么查物流", "物流好几天没更新了", "我的包裹到哪里了"),
        1,
    ),
    Common(
        "我可以更改或取消订单吗？",
        "可以，下单后 1 小时内且尚未发货的订单都能更改或取消。请立即告诉我们订单号，我们会尽力协助。",
        ("我想取消订单", "能改一下收货地址吗", "订单可以取消吗", "下错单了怎么改"),
        2,
    ),
    Common(
        "收到损坏或错误的商品怎么办？",
        "非常抱歉给您添麻烦了。请把商品照片和订单号发给我们，我们会立即为您安排换货或退款。",
        ("收到的东西坏了", "商品破损怎么办", "发错货了", "少发了一件"),
        3,
    ),
    Common(
        "什么时候发货？",
        "每天 16:00 前付款的订单当天发出，16:00 后的次日发出；预售商品以商品页写明的时间为准。",
        ("多久能发货", "今天能发货吗", "下单后几天发货"),
        4,
    ),
    Common(
        "支持七天无理由退货吗？",
        "支持。签收后 7 天内，商品不影响二次销售即可申请，运费险会补贴退货运费。",
        ("可以退货吗", "怎么申请退货", "退货运费谁出"),
        5,
    ),
    Common("可以开发票吗？", "可以开电子发票。请在订单完成后告诉我们抬头和税号。", ("怎么开发票", "能开专票吗"), None),
)
QUESTIONS_EN = (
    Common(
        "Where is my order?",
        "You can follow your order with the tracking link we e-mail after dispatch. If there is no link yet or the parcel "
        "is late, tell us here and we will look into it with the carrier today.",
        ("Track my order", "Where is my parcel?", "My package has not arrived", "No tracking update for days"),
        1,
    ),
    Common(
        "Can I change or cancel my order?",
        "Yes, within one hour of ordering and as long as it has not been dispatched. Tell us right away and we will do "
        "our best to help.",
        ("Cancel my order", "I want to change the delivery address", "I ordered the wrong size"),
        2,
    ),
    Common(
        "What if I receive a damaged or wrong item?",
        "We are sorry about that. Send us photos of the item and your order number, and we will arrange a replacement or "
        "a refund at once.",
        ("My item arrived broken", "You sent the wrong item", "The product is damaged"),
        3,
    ),
    Common(
        "How long does delivery take?",
        "Orders paid before 2 pm leave the same day. Standard delivery takes 2-4 working days, express 1-2.",
        ("When will it arrive?", "How many days for delivery?", "Do you offer express delivery?"),
        4,
    ),
    Common(
        "How do I return something?",
        "Within 30 days of delivery, open the order and choose Return. We send you a prepaid label; the refund follows "
        "within 3 working days after the parcel is back.",
        ("Return policy", "I want to send it back", "How do refunds work?"),
        5,
    ),
    Common(
        "Is there a warranty?",
        "Yes, two years on everything with a plug or a battery.",
        ("How long is the warranty?",),
        None,
    ),
)

NAMES_ZH = (
    "夏天的风",
    "橘子汽水",
    "爱喝豆浆的熊",
    "小满",
    "阿杰",
    "momo",
    "云朵收藏家",
    "山野来信",
    "一颗土豆",
    "嘉木",
)
NAMES_EN_GB = ("Amelia R.", "Tom Whitfield", "priya.k", "Callum", "Sofia M.", "Ben Achebe", "Niamh", "George L.")
NAMES_EN_US = ("Maya Torres", "ethan_w", "Grace Kim", "D. Johnson", "Olivia P.", "Luis", "Hannah B.", "Marcus")

SHOPS = (
    ShopSeed(
        name="青禾家居旗舰店",
        seller="青禾家居",
        preset="douyin",
        time_zone="Asia/Shanghai",
        currency="CNY",
        language="zh-hans",
        greeting="您好，欢迎光临青禾家居！请问有什么可以帮您？",
        sessions_a_day=25,
        queued=3,
        people=(
            Person("mei", "owner", "青禾小梅"),
            Person("hao", "super_admin", "青禾阿浩"),
            Person("qing", "service_lead", "青禾小青"),
            Person("lin", "agent", "青禾小林"),
            Person("xia", "agent", "青禾小夏"),
            Person("wen", "staff", "青禾小文", im_permission=False),
        ),
        goods=(
            Goods("QH-MUG", "手作粗陶马克杯 350ml", "59.00", 320, "mug"),
            Goods("QH-LAMP", "暖光床头小台灯 三档调光", "129.00", 86, "lamp"),
            Goods("QH-BLANKET", "华夫格纯棉盖毯 150×200cm", "199.00", 140, "blanket"),
            Goods("QH-VASE", "磨砂陶瓷花瓶 中号", "79.00", 55, "vase"),
            Goods("QH-KETTLE", "细口手冲壶 600ml", "169.00", 42, "kettle"),
            Goods("QH-TOTE", "加厚帆布收纳袋 大号", "45.00", 410, "tote"),
            Goods("QH-CANDLE", "大豆蜡香薰蜡烛 雪松", "88.00", 0, "candle"),
            Goods("QH-CHAIR", "实木靠背餐椅 原木色", "459.00", 24, "chair"),
        ),
        questions=QUESTIONS_ZH,
        buyers=NAMES_ZH,
        hours=[["08:30", "12:00"], ["13:00", "23:00"]],
        off_hours_reply="您好，我们的客服时间是每天 8:30-12:00、13:00-23:00，您的消息已收到，上班后第一时间回复您。",
        accent="#1d7a55",
        label="联系客服",
    ),
    ShopSeed(
        name="Qinghe Home UK",
        seller="青禾家居",
        preset="tiktok_shop",
        time_zone="Europe/London",
        currency="GBP",
        language="en",
        greeting="Hello and welcome to Qinghe Home! How can we help?",
        sessions_a_day=14,
        queued=2,
        people=(
            Person("mei", "owner", "Mei"),
            Person("emma", "super_admin", "Emma"),
            Person("oliver", "service_lead", "Oliver"),
            Person("lin", "agent", "Lin"),
            Person("grace", "agent", "Grace"),
            Person("harry", "staff", "Harry", im_permission=False),
        ),
        goods=(
            Goods("UK-MUG", "Stoneware mug, 350 ml", "14.50", 210, "mug"),
            Goods("UK-LAMP", "Bedside lamp, three warm levels", "32.00", 64, "lamp"),
            Goods("UK-BLANKET", "Waffle cotton throw, 150 x 200 cm", "45.00", 90, "blanket"),
            Goods("UK-VASE", "Matt ceramic vase, medium", "19.90", 38, "vase"),
            Goods("UK-KETTLE", "Gooseneck kettle, 600 ml", "39.00", 27, "kettle"),
            Goods("UK-CANDLE", "Soy candle, cedarwood", "17.00", 0, "candle"),
        ),
        questions=QUESTIONS_EN,
        buyers=NAMES_EN_GB,
        hours=[["07:00", "22:00"]],
        off_hours_reply="Our team is back at 7 am. Your message is safe with us and we answer first thing.",
        anonymous=True,
        bot_enabled=True,
    ),
    ShopSeed(
        name="Bright Harbor Goods",
        seller="Bright Harbor LLC",
        preset="tiktok_shop_us",
        time_zone="America/New_York",
        currency="USD",
        language="en",
        greeting="Hi there! Thanks for stopping by Bright Harbor. What can we do for you?",
        sessions_a_day=9,
        queued=0,
        people=(
            # One IM member only, so that rule B4 can be seen: sam gets every session at once.
            Person("jordan", "owner", "Jordan", im_permission=False),
            Person("riley", "super_admin", "Riley", im_permission=False),
            Person("casey", "service_lead", "Casey", im_permission=False),
            Person("sam", "agent", "Sam"),
            Person("alex", "staff", "Alex", im_permission=False),
        ),
        goods=(
            Goods("US-TOTE", "Heavy canvas tote, large", "24.00", 180, "tote"),
            Goods("US-SPEAKER", "Pocket speaker, 12 h battery", "49.00", 75, "speaker"),
            Goods("US-BOTTLE", "Insulated bottle, 24 oz", "29.00", 260, "bottle"),
            Goods("US-CHAIR", "Solid oak dining chair", "189.00", 12, "chair"),
            Goods("US-CANDLE", "Soy candle, sea salt", "22.00", 95, "candle"),
        ),
        questions=QUESTIONS_EN,
        buyers=NAMES_EN_US,
    ),
)
