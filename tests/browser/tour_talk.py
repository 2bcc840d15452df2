"""What is said in the pictures of the tour, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Talk:
    """One shop of the demo: whose page is shown, what both sides say, and who else is in the list."""

    shop: str
    locale: str
    language: str
    face: str  # the demo's buyer, in the storefront's "who are you?"
    sku: str  # the product asked about
    other: str  # the product the agent sends, by title
    hello: str
    question: str
    answer: str
    worry: str
    calm: str
    promise: str
    crowd: tuple[tuple[str, str], ...]


ZH = Talk(
    shop="青禾家居旗舰店", locale="zh-CN", language="zh-hans", face="夏天的风", sku="QH-LAMP", other="手作粗陶马克杯",
    hello="您好",
    question="您好，这盏小台灯晚上喂奶用会不会太亮？",
    answer="您好，最低一档只有 5 流明左右，暖黄光，喂奶、起夜都不刺眼的。",
    worry="那就好。另外上次买的杯子收到时杯口有个小缺口",
    calm="实在抱歉让您收到有瑕疵的杯子！我这边马上给您补发一只新的，旧的不用寄回。",
    promise="太好了，谢谢！👍",
    crowd=(
        ("青柠不加冰", "请问今天拍下明天能到上海吗"),
        ("南瓜小姐", "盖毯有没有 180 的尺寸？"),
        ("早安晴天", "退款还没到账，麻烦帮忙看下"),
        ("毛豆", "🙏🙏"),
    ),
)  # fmt: skip
EN = Talk(
    shop="Qinghe Home UK", locale="en-GB", language="en", face="Amelia R.", sku="UK-LAMP", other="Stoneware mug",
    hello="Hello",
    question="Hello, is the bedside lamp dim enough for a nursery?",
    answer="Hello! The lowest level is a warm 5 lumens: fine for night feeds, and it remembers your last setting.",
    worry="Lovely. One more thing: the mug from my last order came with a chipped rim",
    calm="I am so sorry about that! I'm sending you a new one today, there is no need to return the old mug.",
    promise="That's brilliant, thank you! 👍",
    crowd=(
        ("Rosie Carter", "If I order now, will it be here by Friday?"),
        ("dan_m", "Does the throw come in a larger size?"),
        ("Harriet", "My refund has not arrived yet, could you check?"),
        ("ollie_88", "🙏🙏"),
    ),
)  # fmt: skip
