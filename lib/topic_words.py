"""What a talk was about, guessed from where it came from and what the buyer wrote (C24). Pure; no language tools."""

import re
from collections.abc import Iterable

# In this order of weight: a parcel that never came is asked about more often than it is returned.
_WORDS = {
    "after_sale": (
        "退款|退货|退换|换货|换一|退钱|退回|售后|坏了|破损|破了|质量|瑕疵|少发|漏发|发错|错发|维修|保修|赔|投诉|七天无理由|"
        r"\brefund|\breturn(?:s|ed|ing)?\b|\bexchange|\bbroken|\bdamaged|\bdefect|\bfaulty|"
        r"\bwrong (?:item|size|colou?r)|\bmissing (?:item|part)|\bwarranty|\brepair|\bcomplain"
    ),
    "logistics": (
        "发货|物流|快递|包裹|到货|几天到|多久到|什么时候到|签收|派送|配送|运费|揽收|催单|催发|改地址|修改地址|单号|没收到|"
        r"\bship(?:s|ped|ping|ment)?\b|\bdeliver|\bparcel|\bpackage\b|\btrack(?:ing)?\b|\bcourier|\barriv|\bpostage|"
        r"\bwhere is my order|\bnot received"
    ),
    "pre_sale": (
        "有货|现货|库存|尺码|尺寸|多大|颜色|材质|怎么用|多少钱|优惠|便宜|打折|折扣|推荐|适合|参数|区别|包邮|什么时候补货|拍下|"
        r"\bin stock|\bsize\b|\bcolou?rs?\b|\bmaterial|\bhow much|\bprice|\bdiscount|\bcoupon|\brecommend|\bfit\b|"
        r"\bhow do(?:es)? (?:it|this) work|\bwhich one|\bdifference"
    ),
}
_PATTERNS = {topic: re.compile(words, re.IGNORECASE) for topic, words in _WORDS.items()}
_ENTRY = {"product": "pre_sale", "order": "logistics", "after_sale": "after_sale"}
_ENTRY_WEIGHT = 0.5  # one word outweighs where the buyer came from


def propose(entry: str, texts: Iterable[str]) -> str:
    """Return pre_sale, logistics, after_sale or other: the topic most messages name, the entry where none does."""
    scores = dict.fromkeys(_PATTERNS, 0.0)
    if entry in _ENTRY:
        scores[_ENTRY[entry]] += _ENTRY_WEIGHT
    for text in texts:
        for topic, pattern in _PATTERNS.items():
            scores[topic] += bool(pattern.search(text))
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] else "other"
