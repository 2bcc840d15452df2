"""What people say in the demo's past: short receptions by topic, in the shop's language.

A line is (who, words): b buyer, a agent, q a click on the common question of that card place, which the bot answers,
c the entry's card from the buyer. With the bot: a digit, the buyer's own words for the question of that card place; m,
words that the bot does not understand; s, that the answer helped, u, that it did not; l, low stars for the bot; h, the
hand-over and why. {t} is a product's title, {n} an order's number.
"""

from typing import NamedTuple


class Script(NamedTuple):
    """One reception; `entry` is where the buyer came from."""

    entry: str
    lines: tuple[tuple[str, str], ...]


ZH = (
    Script(
        "product",
        (
            ("c", ""),
            ("b", "这个还有现货吗？"),
            ("a", "您好，{t}现在有现货，今天 16:00 前付款当天就能发出哦。"),
            ("b", "好的，那尺寸和图片上一样吧"),
            ("a", "是的，以详情页标注的尺寸为准，手工测量误差在 1 厘米以内。"),
            ("b", "明白了，谢谢"),
        ),
    ),
    Script(
        "product",
        (
            ("b", "请问材质会掉色吗"),
            ("a", "您好，第一次清洗可能有轻微浮色，建议冷水单独洗，之后就不会了。"),
            ("b", "可以机洗吗"),
            ("a", "可以的，装进洗衣袋、选轻柔模式就好。"),
        ),
    ),
    Script(
        "product",
        (("b", "买两件有优惠吗"), ("a", "满 199 减 20，可以和店铺新客券叠加，结算时会自动抵扣。"), ("b", "👍")),
    ),
    Script(
        "order",
        (
            ("b", "我的快递三天没动了，单号 {n}"),
            ("a", "抱歉让您久等了，我马上联系快递核实。"),
            ("a", "查到了：包裹在中转站滞留，今天已经重新发出，预计后天送达。"),
            ("b", "行吧，麻烦帮我盯一下"),
            ("a", "好的，我会跟到您签收为止，有变化第一时间告诉您。"),
        ),
    ),
    Script(
        "order",
        (
            ("b", "能改一下收货地址吗"),
            ("a", "可以的，订单 {n} 还没有出库，请把新的地址和电话发给我。"),
            ("b", "杭州市西湖区文三路 88 号 2 幢 301"),
            ("a", "已经改好了，您可以在订单详情里核对一下。"),
            ("b", "看到了，谢谢！"),
        ),
    ),
    Script("order", (("q", "1"),)),
    Script("order", (("q", "4"),)),
    Script(
        "order",
        (("q", "2"), ("b", "那帮我取消 {n} 吧"), ("a", "好的，已经为您取消，货款会在 1-3 天内原路退回。"), ("b", "好")),
    ),
    Script(
        "after_sale",
        (
            ("b", "收到的杯子碎了一个角"),
            ("a", "非常抱歉！麻烦您拍一张破损处的照片。"),
            ("b", "照片已经放在售后申请里了"),
            ("a", "看到了，是运输造成的。我为您补发一个新的，旧的不用寄回。"),
            ("b", "效率真高，给好评"),
        ),
    ),
    Script(
        "after_sale",
        (
            ("b", "退款什么时候到账？"),
            ("a", "仓库昨天已经签收退货，退款会在 24 小时内原路退回。"),
            ("b", "好的等着了"),
        ),
    ),
    Script(
        "after_sale",
        (
            ("q", "3"),
            ("b", "我寄错颜色了，你们发的是灰色"),
            ("a", "实在抱歉，是我们拣错货了。今天就给您换发正确的颜色。"),
        ),
    ),
    Script(
        "product",
        (("b", "在吗"), ("b", "想问下保修多久"), ("a", "在的亲，全店两年质保，质量问题只换不修。"), ("b", "好的")),
    ),
)

EN = (
    Script(
        "product",
        (
            ("c", ""),
            ("b", "Hi, is this one in stock?"),
            ("a", "Hello! Yes, {t} is in stock and ships today if you order before 2 pm."),
            ("b", "Great, and is the colour true to the photo?"),
            ("a", "It is, we photograph in daylight without filters."),
            ("b", "Thanks, that helps a lot"),
        ),
    ),
    Script(
        "product",
        (
            ("b", "Can it go in the dishwasher?"),
            ("a", "Yes, top rack is fine. We suggest a gentle cycle."),
            ("b", "Perfect 👍"),
        ),
    ),
    Script(
        "product",
        (
            ("b", "Do you gift wrap?"),
            ("a", "We do, free of charge: just tick the box at checkout and add a note."),
            ("b", "Lovely, thank you"),
        ),
    ),
    Script(
        "order",
        (
            ("b", "My parcel hasn't moved for three days, order {n}"),
            ("a", "I'm sorry about the wait. Let me check with the carrier."),
            ("a", "It was held at the depot and left this morning; it should be with you on Thursday."),
            ("b", "OK, could you keep an eye on it?"),
            ("a", "I will, and I'll message you here as soon as it is delivered."),
        ),
    ),
    Script(
        "order",
        (
            ("b", "Can I change the delivery address?"),
            ("a", "Order {n} hasn't been packed yet, so yes. What is the new address?"),
            ("b", "Flat 4, 12 Mill Lane please"),
            ("a", "Done, you can see it in the order now."),
            ("b", "Brilliant, cheers"),
        ),
    ),
    Script("order", (("q", "1"),)),
    Script("order", (("q", "4"),)),
    Script(
        "order",
        (
            ("q", "2"),
            ("b", "Please cancel {n} then"),
            ("a", "Cancelled. The refund takes 3-5 working days."),
            ("b", "ok"),
        ),
    ),
    Script(
        "after_sale",
        (
            ("b", "The item arrived with a crack"),
            ("a", "I'm really sorry. Could you add a photo to the return request?"),
            ("b", "Just did"),
            ("a", "Thank you, I can see it. A replacement leaves today, no need to send the old one back."),
            ("b", "Wow, that was quick"),
        ),
    ),
    Script(
        "after_sale",
        (
            ("b", "When will I get my refund?"),
            ("a", "The parcel reached us yesterday, so the money is on its way: 1-3 working days."),
            ("b", "Good, thank you"),
        ),
    ),
    Script(
        "after_sale",
        (
            ("q", "3"),
            ("b", "You sent grey instead of blue"),
            ("a", "My apologies, we picked the wrong one. The blue one ships today."),
        ),
    ),
    Script(
        "product",
        (
            ("b", "Hello?"),
            ("b", "How long is the warranty?"),
            ("a", "Two years on everything. How can I help with it?"),
            ("b", "ok"),
        ),
    ),
)

SCRIPTS = {"zh-hans": ZH, "en": EN}
PRAISE = {
    "zh-hans": ("回复很快，态度也好", "问题解决了，谢谢", "客服很耐心", ""),
    "en": ("Quick and friendly", "Problem solved, thank you", "Very patient", ""),
}
BLAME = {
    "zh-hans": ("等了太久", "没有解决我的问题", "答非所问"),
    "en": ("Waited far too long", "Did not solve my problem", "Not what I asked"),
}
WAITING = {
    "zh-hans": ("你好，请问这款还有货吗", "我的订单怎么还没发货", "退款进度能帮我看下吗"),
    "en": ("Hi, is this still available?", "My order has not shipped yet", "Could you check my refund please?"),
}
