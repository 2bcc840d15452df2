"""What makes a sentence of an answer say nothing, in the languages of the markets; regular expressions (E7)."""

LOOKING = (
    r"\blet (?:me|us) (?:\w+ )?(?:look|check|see|ask|find out)"
    r"|\b(?:i|we)(?:'ll| will) (?:\w+ )?(?:look into|check|get back|find out|ask)|\blooking into"
    r"|帮(?:您|你)?(?:看|查|问|核实|确认)(?:看|查|问)?(?:一?下)?"
    r"|(?:我|我们|客服)(?:先)?(?:去)?(?:看|查|问|核实)(?:看|查|问)?一?下"
    r"|(?:稍后|晚点|回头)(?:再)?(?:给您|给你)?(?:回复|联系|答复)|d[ée]jame (?:ver|revisar|consultar)"
    r"|voy a (?:revisar|consultar)|\b(?:saya|kami) (?:cek|semak|periksa)\b"
    r"|để (?:mình|em|shop|tôi) (?:kiểm tra|xem)|ขอ(?:เช็ค|เช็ก|ตรวจสอบ)"
)
WAITING = (
    r"\bplease wait|\b(?:one|just a|wait a) (?:moment|minute|second)|\bhold on|\bbear with|稍等|等一下"
    r"|等一等|耐心等待|请等待|\bun momento|espere|(?:mohon|harap|sila|tolong) (?:di)?tunggu"
    r"|(?:vui lòng|xin) (?:chờ|đợi)|รอสักครู่"
)
UNSURE = (
    r"\b(?:maybe|perhaps|probably|not sure|it depends|i think)\b|不确定|不太?清楚|不好说|看情况|视情况"
    r"|大概|差不多|可能(?:会|要|是)?吧|应该(?:是|会|可以|没问题)"
    r"|\b(?:quizás|tal vez|depende|mungkin|tergantung|bergantung)\b|có lẽ|tùy|อาจจะ"
)
SOON = (
    r"\b(?:as soon as possible|asap|soon|shortly)\b|尽快|尽早|很快|马上|近期|不久"
    r"|\b(?:lo antes posible|pronto)\b|\b(?:segera|secepatnya|secepat mungkin)\b|sớm nhất|เร็วๆ ?นี้"
    r"|โดยเร็ว"
)
ELSEWHERE = (
    r"\b(?:contact|ask|message|chat with) (?:us|our|the|customer|support)"
    r"|\bcustomer (?:service|care|support)\b|(?:联系|咨询|询问|找)(?:我们|在线|人工|平台)*的?客服"
    r"|(?:hubungi|chat|tanya) (?:kami|admin|cs)\b|contacte|liên hệ|ติดต่อ"
)
POLITE = (
    r"dear|hello|hi|hey|thanks?(?: you)?|sorry|welcome|good (?:morning|day)|we (?:are|'re) (?:very )?sorry"
    r"|您好|你好|亲|在的|欢迎|感谢|谢谢|抱歉|不好意思|非常抱歉|hola|gracias|halo|terima kasih|maaf"
    r"|xin chào|cảm ơn|xin lỗi|สวัสดี|ขอบคุณ|ขออภัย"
)
