"""What is said with the bot in the demo's past, by language; the signs of the lines are those of demo_talk."""

from sellercenter.demo_talk import Script

ZH = (
    Script("order", (("1", "我的快递到哪了"), ("s", ""))),
    Script("order", (("1", "物流好几天没更新了"), ("u", ""), ("h", "asked"), ("a", "您好，已经联系快递核实 {n}，今天会有更新。"), ("b", "好的"))),
    Script("product", (("4", "今天能发货吗"), ("s", ""))),
    Script("product", (("4", "多久能发货"),)),
    Script("after_sale", (("5", "怎么申请退货"), ("s", ""))),
    Script("after_sale", (("5", "退货运费谁出"), ("u", ""), ("l", ""), ("h", "rated_low"), ("a", "抱歉给您添麻烦了，质量问题运费由我们承担。"), ("b", "那就好"))),
    Script("after_sale", (("3", "收到的东西坏了"), ("h", "asked"), ("a", "非常抱歉，请拍一张照片，我马上为您补发。"), ("b", "已经发了"))),
    Script("order", (("q", "2"), ("s", ""))),
    Script("order", (("q", "1"), ("4", "那什么时候能发货"), ("s", ""))),
    Script("order", (("q", "5"),)),
    Script("product", (("m", "有礼盒包装吗"), ("m", "可以帮我包成礼物吗"), ("h", "misses"), ("a", "可以的，下单时备注「礼盒」即可，免费。"), ("b", "太好了"))),
    Script("product", (("m", "能不能送礼袋"), ("h", "asked"), ("a", "您好，可以随单附赠礼袋，请在备注里写一下。"),)),
    Script("product", (("m", "线下有门店吗"), ("m", "你们实体店在哪"), ("h", "misses"), ("a", "目前只有线上店，杭州有一个自提点。"), ("b", "明白了"))),
    Script("order", (("m", "支持货到付款吗"), ("m", "能不能收到再付钱"), ("h", "misses"), ("a", "暂时不支持货到付款，可以用先用后付。"),)),
    Script("product", (("m", "积分怎么用"), ("4", "什么时候发货"), ("s", ""))),
)  # fmt: skip
EN = (
    Script("order", (("1", "Track my order"), ("s", ""))),
    Script("order", (("1", "No tracking update for days"), ("u", ""), ("h", "asked"), ("a", "Sorry about that. I have asked the carrier about {n} and will write to you today."), ("b", "Thanks"))),
    Script("product", (("4", "Do you offer express delivery?"), ("s", ""))),
    Script("product", (("4", "When will it arrive?"),)),
    Script("after_sale", (("5", "I want to send it back"), ("s", ""))),
    Script("after_sale", (("5", "How do refunds work?"), ("u", ""), ("l", ""), ("h", "rated_low"), ("a", "I'm sorry that did not help. Your refund left us this morning."), ("b", "OK, thank you"))),
    Script("after_sale", (("3", "My item arrived broken"), ("h", "asked"), ("a", "I'm really sorry. Please add a photo and a new one leaves today."), ("b", "Done"))),
    Script("order", (("q", "2"), ("s", ""))),
    Script("order", (("q", "1"), ("4", "And how many days for delivery?"), ("s", ""))),
    Script("order", (("q", "5"),)),
    Script("product", (("m", "Do you have gift boxes?"), ("m", "Can it be wrapped as a present?"), ("h", "misses"), ("a", "Yes, tick gift wrap at checkout, it is free."), ("b", "Lovely"))),
    Script("product", (("m", "Is there a shop I can visit?"), ("m", "Where is your physical store?"), ("h", "misses"), ("a", "We sell online only for now."), ("b", "I see"))),
    Script("order", (("m", "Can I pay in instalments?"), ("h", "asked"), ("a", "Yes, choose pay later at checkout."),)),
    Script("order", (("m", "Do you ship abroad?"), ("m", "Can you send it to Dublin?"), ("h", "misses"), ("a", "We ship to Ireland in five working days."),)),
    Script("product", (("m", "How do I use my points?"), ("4", "How long does delivery take?"), ("s", ""))),
)  # fmt: skip
SCRIPTS = {"zh-hans": ZH, "en": EN}
AGAIN = {
    "zh-hans": "抱歉，我没有理解您的意思，请换个说法试试。",
    "en": "Sorry, I did not understand. Could you put it another way?",
}
HANDED = {
    "zh-hans": {
        "asked": "您已申请转人工。",
        "misses": "正在为您转接人工客服。",
        "rated_low": "很抱歉没能帮到您，正在为您转接人工客服。",
    },
    "en": {
        "asked": "You asked for a human agent.",
        "misses": "Connecting you to a human agent.",
        "rated_low": "We are sorry that the assistant did not help. Connecting you to a human agent.",
    },
}
LOW = {"zh-hans": ("答非所问", "没有解决问题", ""), "en": ("Not what I asked", "Did not help", "")}
