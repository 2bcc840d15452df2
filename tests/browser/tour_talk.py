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
    seek: str  # a word that several of them have said
    lead: str  # who looks on, by account
    colleague: str  # who is online too
    note: str
    slip: str  # an answer that is taken back
    risky: str  # an answer that the console warns of
    forbidden: str
    reason: str  # of a transfer
    rude: tuple[str, str, str]  # who, what, and what the agent tells the platform
    replies: tuple[tuple[str, str, str], ...]  # group, title, text
    foreign: tuple[str, str, str]  # a buyer of another language, what is asked, and the same for the agent
    abroad: tuple[str, str]  # what the agent answers, and the same for that buyer
    tries: str  # asked of the bot
    vague: str  # asked of the bot by a buyer, so that it asks back
    categories: tuple[tuple[str, tuple[int, ...]], ...]  # of the common questions, by place on the card
    unhappy: str  # in words beside few stars
    known: str  # a buyer of the demo, to be written to first
    others: tuple[str, str, str, str, str]  # who has not written before


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
    seek="退款", lead="qing", colleague="xia",
    note="老顾客，上个月补发过一次花瓶，请优先处理。",
    slip="缺货了，要等到下周",
    risky="方便的话加我微信 qinghe_lin，给您全网最低价",
    forbidden="全网最低价",
    reason="破损补发需要售后确认",
    rude=("路人甲", "你们就是骗子，再不退钱我天天来骂", "多次辱骂客服，已劝阻无效。"),
    replies=(
        ("物流", "已发货", "{buyer}您好，订单 {order} 今天已经发出，物流信息 24 小时内更新，请留意查收。"),
        ("物流", "催促快递", "抱歉让您久等了，我马上联系快递加急派送，有结果第一时间告诉您。"),
        ("售后", "破损补发", "非常抱歉！请您拍一张破损处的照片，我这边马上为您补发。"),
        ("售后", "退款时间", "退款已经提交，货款会在 1-3 天内原路退回。"),
        ("", "结束语", "感谢您的咨询，我是{agent}，有任何问题随时找我。"),
    ),
    foreign=("Emily Tan", "Hi! Do you ship to Singapore? How long does it take?", "您好！可以寄到新加坡吗？要多久？"),
    abroad=("可以的，寄到新加坡一般 5 到 7 天送达。", "Yes, we do. It usually takes 5 to 7 days to Singapore."),
    tries="我的快递到哪里了呀", vague="可以换个颜色吗",
    categories=(("物流", (1, 4)), ("订单", (2,)), ("售后", (3, 5))),
    unhappy="等了二十分钟才有人回复",
    known="橘子汽水", others=("林间小鹿", "西瓜味的夏", "阿宁", "云上的猫", "桃子乌龙"),
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
    seek="refund", lead="oliver", colleague="grace",
    note="Regular customer; we replaced a vase last month. Please put this first.",
    slip="It is out of stock until next week",
    risky="Add me on WhatsApp, I can promise the lowest price anywhere",
    forbidden="lowest price",
    reason="A replacement needs the returns team",
    rude=("angry_pete", "You are all crooks. I will write here every day until you pay", "Abusive after two warnings."),
    replies=(
        ("Delivery", "On its way", "Hello {buyer}, order {order} left today; tracking will show it within 24 hours."),
        ("Delivery", "Chasing it", "I'm sorry about the wait. I am asking the carrier right now and will tell you."),
        ("Returns", "Damaged item", "I'm so sorry! Could you send a photo of the damage? A new one leaves today."),
        ("Returns", "Refund time", "Your refund is on its way: it takes one to three working days to arrive."),
        ("", "Sign-off", "Thank you for getting in touch. I'm {agent}; just write again if anything comes up."),
    ),
    foreign=(
        "Lucía Moreno", "¡Hola! ¿Hacen envíos a Madrid? ¿Cuánto tarda en llegar?",
        "Hi! Do you deliver to Madrid? How long does it take to arrive?",
    ),
    abroad=("Yes, we do: three to five working days to Madrid.", "Sí: entre tres y cinco días laborables a Madrid."),
    tries="where's my parcel", vague="How much is shipping?",
    categories=(("Delivery", (1, 4)), ("Orders", (2,)), ("Returns", (3, 5))),
    unhappy="Waited twenty minutes for the first reply",
    known="Tom Whitfield", others=("Ella Marsh", "joe.b", "Imogen", "Sam Okafor", "hattie_w"),
)  # fmt: skip


@dataclass(frozen=True)
class Aside:
    """What is said in the pictures beside the one talk."""

    visitor: str
    missed: tuple[str, ...]  # asked of the bot, which has no answer
    sheet: str  # questions to import
    asks: tuple[str, str]  # who asks something that the knowledge base answers
    moods: tuple[tuple[str, str], ...]  # calm ones, then one who is upset
    upset: str  # what the mark says
    shows: str  # what the agent says before a video


ASIDE = {
    "zh-hans": Aside(
        visitor="买家",
        missed=(
            "灯罩可以拆下来洗吗", "台灯的灯罩能拆洗吗", "灯罩脏了可以水洗吗",
            "能刻字吗", "杯子上可以刻名字吗", "有实体店可以看样吗",
        ),
        sheet="""问题,回复,问法
灯罩可以拆洗吗？,可以的，逆时针旋转即可取下，用温水擦洗后晾干。,灯罩能洗吗
杯子可以刻字吗？,可以刻 6 个字以内，3 天内发货，刻字商品不支持无理由退货。,能刻名字吗
有实体店吗？,,哪里可以看样
""",
        asks=("小满", "请问下单后一般多久能发货呀？"),
        moods=(
            ("糯米团子", "请问抱枕套可以机洗吗"), ("海盐汽水", "地毯有 2 米的吗？"),
            ("暴躁小橘", "等了三天都没人处理，太让人失望了！差评！"),
        ),
        upset="不满",
        shows="给您拍了一段实物视频，您看看颜色。",
    ),
    "en": Aside(
        visitor="Visitor ",
        missed=(
            "Can the lampshade be washed?", "Is the lamp shade washable", "Can I wash the lampshade in water?",
            "Do you engrave mugs?", "Can you engrave a name on the mug", "Is there a showroom I can visit?",
        ),
        sheet="""Question,Answer,Phrasings
Can the lampshade be washed?,"Yes: turn it left to take it off, wipe it with warm water.",Is the shade washable?
Do you engrave mugs?,"Up to 12 letters, sent within three days.",Can you add a name?
Is there a showroom?,,Where can I see it?
""",
        asks=("Nell", "How long does it take until you ship my order?"),
        moods=(
            ("Priya N.", "Are the cushion covers machine washable?"), ("Callum", "Is there a rug of two metres?"),
            ("Mr Grant", "Three days and nobody answers. This is terrible service, I am very disappointed!"),
        ),
        upset="Upset",
        shows="I filmed the real thing for you, so you can see its colour.",
    ),
}  # fmt: skip
