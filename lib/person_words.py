"""Whether a message asks for a person instead of the bot (D4), in the languages of the markets. Pure."""

import re

_WHO = (
    "(?:human|person|agent|assistant|representative|rep|advisor|adviser|someone|somebody|operator"
    "|customer (?:service|support|care))"
)
_PLEASE = r"(?:,? (?:please|pls))?[.!?]*$"
_WISHES = (
    # Chinese
    "^(?:请|麻烦|帮我|我要?)?(?:人工|真人)(?:客服|服务|坐席)?[吧呀啊呢谢]*$",
    "转(?:接|到|一下|个)?(?:人工|真人)|转接?客服|不要机器人|不想?和机器人",
    "(?:找|要|接|叫|换|联系|呼叫)(?:一?个|一下|你们的?)?(?:人工|真人|活人)",
    "(?:真人|人工)客服(?!几|的?[工上]|什么|时间|在线时)",
    "有没有(?:人工|真人|活人)(?:客服|在|吗)?$|有(?:人工|真人|活人)(?:客服|在|吗)",
    "(?:和|跟|与)(?:人工|真人|活人)(?:客服)?(?:说|聊|谈|沟通)",
    # English
    rf"\b(?:talk|speak|chatt?|connect|transfer|switch|put)(?:ing)?(?: me| us)?(?: (?:to|with|through to))+ "
    rf"(?:an? |the |your |some )?(?:\w+ )??(?:real |live |actual |human )*{_WHO}\b",
    r"\b(?:contact|reach)(?:ing)? (?:an? )?(?:real |live |human )*"
    r"(?:human|person|agent|assistant|operator|some(?:one|body))\b",
    r"\b(?:human|live|real|actual) (?:agent|support|representative|rep|operator)\b",
    rf"^(?:an? )?(?:human|agent|operator|representative|real (?:person|human)){_PLEASE}",
    r"\b(?:want|need|get me|give me) (?:to (?:have|get|see) )?(?:an? |some )(?:human|agent|representative|operator)\b",
    # Vietnamese, Thai, Indonesian and Malay, Filipino
    "(?:gặp|nói chuyện với|chat với|kết nối|chuyển|liên hệ).{0,12}(?:nhân viên|tư vấn viên|người thật|tổng đài viên)",
    "(?:คุย|ติดต่อ|ขอ|โอน|ต่อ|พบ).{0,10}(?:เจ้าหน้าที่|พนักงาน|แอดมิน|คนจริง)",
    r"\b(?:bicara|ngomong|bercakap|cakap|hubung(?:i|kan)?|sambung(?:kan)?|chat) (?:\w+ ){0,2}"
    r"(?:cs|admin|agen|ejen|manusia|petugas|staf|customer service)\b",
    r"\b(?:minta|mau|nak|mahu) (?:cs|admin|agen|ejen|orang asli)\b",
    r"\b(?:ma)?kausap .{0,12}(?:tao|agent|admin|representative)\b",
    # Spanish, Portuguese, French, German, Italian
    r"\b(?:hablar|chatear|comunicar(?:me|se)?|contactar|p[aá]s[ae]r?me) (?:\w+ ){0,3}"
    r"(?:persona|agente|humano|asesora?|operadora?)\b",
    r"\b(?:falar|conversar) com (?:\w+ ){0,2}(?:atendente|pessoa|humano|agente|algu[eé]m)\b",
    r"\bparler (?:à|a|avec) (?:une? )?(?:vraie? )?(?:conseill\w+|humain|agent|personne|quelqu['’]un|opérat\w+)",
    r"\bmit (?:\w+ ){0,3}(?:menschen|mitarbeiter\w*|berater\w*|person) (?:\w+ )?(?:sprechen|reden|chatten|verb\w+)",
    r"\bparlare con (?:\w+ )?(?:un['’])?(?:operat\w+|persona|umano|agente|qualcuno)",
    # Japanese, Korean
    "(?:オペレーター|担当者|人間|スタッフ)(?:さん)?.{0,6}(?:話|つな|繋|代わ|お願い|対応)|有人(?:チャット|対応)",
    "상담(?:원|사).{0,8}(?:연결|바꿔|통화|대화|부탁|주세요)|사람(?:이랑|과|하고).{0,6}(?:상담|얘기|대화|말)",
)
_WISH = re.compile("|".join(_WISHES), re.IGNORECASE)
_NO_WISH = re.compile(
    "(?:不用|不要|无需|不需要|不想|别)(?:再|给我|帮我)?(?:转|找|要|接|叫|联系)?(?:人工|真人|客服)"
    r"|\b(?:do ?n[o']?t (?:want|need|wanna|have)|no need|do i (?:need|have)|without|instead of|already)\b.{0,24}"
    r"\b(?:talk|speak|chat|human|agent|person|transfer)",
    re.IGNORECASE,
)
LONGEST = 120  # characters; who asks this asks it shortly


def asks_for_person(text: str) -> bool:
    """Whether the words ask to be served by a person."""
    short = text.strip()
    return len(short) <= LONGEST and bool(_WISH.search(short)) and not _NO_WISH.search(short)
