"""Texts that run a script where somebody forgets to escape: `window.__pwned` says so. Some 380, none twice."""

RUN = "window.__pwned=1"
# Runs at once, without anybody's click.
AT_ONCE = [
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script/x>{RUN}</script>",
    f"<script src=data:text/javascript,{RUN}></script>",
    f"<img src=x onerror={RUN}>",
    f"<img/src=x/onerror={RUN}>",
    f"<IMG SRC=x OnErRoR='{RUN}'>",
    f'<img src=x:x onerror="{RUN}">',
    f"<img src=data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACADs onload={RUN}>",
    f"<image src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><image href=x onerror={RUN}></svg>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<video src=x onerror={RUN}></video>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}></audio>",
    f"<body onload={RUN}>",
    "<iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>",
    "<iframe src=javascript:parent.__pwned=1></iframe>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}></select>",
    f"<textarea autofocus onfocus={RUN}></textarea>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<object data=x onerror={RUN}></object>",
    f"<link rel=stylesheet href=x onerror={RUN}>",
    f"<style onload={RUN}></style>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<x onfocus={RUN} tabindex=1 autofocus>",
    f"<embed src=x onerror={RUN}>",
]
# How one leaves what a text may stand in: words, an attribute, a comment, a script, a title, a field.
BREAKS = ["", '">', "'>", "-->", "</script>", "</title>", "</textarea>", "</style>", "]]>", "</noscript>", "`>"]
# What is no markup by itself: in a script, a template, a link, an address.
OTHERS = [
    f'";{RUN};//', f"';{RUN};//", f"`;{RUN};//", f"${{{RUN}}}", f"{{{{constructor.constructor('{RUN}')()}}}}",
    "{{7*7}}", "{% debug %}", "{{request.META}}", f"javascript:{RUN}", f"JaVaScRiPt:{RUN}", f"java\tscript:{RUN}",
    f"javascript&colon;{RUN}", f"data:text/html,<script>{RUN}</script>", f"vbscript:{RUN}", f"\\u003cscript>{RUN}",
    f"%3Cscript%3E{RUN}%3C/script%3E", f"&lt;script&gt;{RUN}&lt;/script&gt;", f"＜script＞{RUN}＜/script＞",
    f"\" onmouseover={RUN} x=\"", f"' onfocus={RUN} autofocus x='", f"\u2028{RUN}\u2029", "</script",
    "<!--", "<![CDATA[",
]  # fmt: skip


def payloads() -> list[str]:
    """Return every text, those that swallow what follows last."""
    return [f"{out}{text}" for text in AT_ONCE for out in BREAKS] + OTHERS


def everything() -> str:
    """Return all of them as one text."""
    return "\n".join(payloads())
