"""What a shop decides about its embedded chat (SPEC D2): exact sites, readable colours; who may frame it."""

import pytest
from django.test import Client

from lib import colour
from shops import widget
from shops.errors import NotAllowed, Refused
from shops.models import Widget
from tests import base

LOOK: widget.Look = {"accent": "", "position": "right", "label": ""}


@pytest.mark.rule("D2")
@pytest.mark.parametrize(("given", "kept"), [
    ("https://Shop.example.com/", "https://shop.example.com"), ("https://shop.example:443", "https://shop.example"),
    ("https://shop.example:8443", "https://shop.example:8443"), ("http://localhost:3000", "http://localhost:3000"),
])  # fmt: skip
def test_a_site_is_kept_as_its_exact_origin(given, kept):
    assert widget.checked_origins([given, given]) == [kept]


@pytest.mark.rule("D2")
@pytest.mark.parametrize("bad", [
    "shop.example", "http://shop.example", "https://shop.example/path", "https://*.example", "*", "null", "'self'", "",
    "https://user@shop.example", "https://shop.example?x", "https://shop.example; script-src *", "https://a b", None, 5,
    "javascript:alert(1)", "https://shop.example:99999", "https://[::1", "data:", "https://店铺.cn", "https://x\n.example",
])  # fmt: skip
def test_what_is_no_exact_site_is_refused(bad):
    with pytest.raises(Refused) as refused:
        widget.checked_origins([bad])
    assert refused.value.code == "bad_origin"


@pytest.mark.rule("D2")
@pytest.mark.parametrize(
    "accent", ["#ffffff", "#000000", "#f4b400", "#00ff00", "#ff0050", "#777777", "#2756c5", "#808000"]
)
def test_any_colour_of_a_shop_can_be_read_in_both_themes(accent):
    for surface in ("#ffffff", "#181e27"):
        shown = colour.readable(accent, surface)
        assert colour.contrast(shown, surface) >= 4.5
        assert colour.contrast(colour.text_on(shown), shown) >= 4.5
    assert colour.contrast(colour.text_on(accent), accent) >= 4.5


def test_contrast_is_as_the_standard_counts_it():
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.rule("D2", "A3")
@pytest.mark.django_db
def test_the_platforms_roles_set_it_up_and_nonsense_is_refused():
    shop = base.shop()
    owner, lead = (base.agent(shop, role, role=role, online=False) for role in ("owner", "service_lead"))
    look = widget.Look(accent="#F4B400", position="left", label="  Ask   us ")
    with pytest.raises(NotAllowed):
        widget.set_up(shop, lead, origins=[], anonymous=True, look=look)
    made = widget.set_up(shop, owner, origins=["https://shop.example"], anonymous=True, look=look)
    assert (made.accent, made.position, made.label, made.anonymous) == ("#f4b400", "left", "Ask us", True)
    for wrong, code in (({"accent": "red"}, "bad_colour"), ({"accent": "#12345g"}, "bad_colour"),
                        ({"label": "x" * 21}, "bad_look"), ({"position": "top"}, "bad_look")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            widget.set_up(shop, owner, origins=[], anonymous=False, look={**LOOK, **wrong})
        assert refused.value.code == code
    assert Widget.objects.get(shop=shop).origins == ["https://shop.example"]


@pytest.mark.rule("D2")
@pytest.mark.django_db
def test_only_the_shops_own_sites_may_frame_its_chat(settings):
    settings.DEMO = False
    shop, other = base.shop(), base.shop("Meadow")
    Widget.objects.create(shop=shop, origins=["https://shop.example", "https://b.example"])
    framed = Client().get(f"/w/{shop.pk}/")
    assert "frame-ancestors https://shop.example https://b.example" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    for path in (f"/w/{other.pk}/", f"/c/{shop.pk}/"):
        assert "frame-ancestors 'none'" in Client().get(path).headers["Content-Security-Policy"]
    assert Client().get(f"/c/{shop.pk}/").headers["X-Frame-Options"] == "DENY"
    assert Client().get("/w/999999/").status_code == 404


@pytest.mark.rule("D2")
@pytest.mark.django_db
def test_the_loader_is_small_and_its_look_is_the_shops():
    shop = base.shop()
    Widget.objects.create(shop=shop, accent="#f4b400", label="Ask us", origins=["https://secret.example"])
    loader = Client().get("/widget.js")
    assert loader.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(loader.content) < 8192
    look = Client().get(f"/widget/{shop.pk}/settings.js?lang=en").content.decode()
    assert look.startswith("SellerChat('settings', {")
    assert "--accent: #f4b400; --accent-text: #000000" in look
    assert "Chat with the shop" in look
    assert "secret" not in look
    assert Client().get(f"/widget/{shop.pk}/style.css").content.startswith(b":root {")


@pytest.mark.rule("D2")
@pytest.mark.django_db
def test_a_page_in_a_frame_speaks_the_language_of_its_address():
    shop = base.shop()
    for language, word in (("en", "Write a message"), ("zh-hans", "Write a message")):
        page = Client().get(f"/w/{shop.pk}/?lang={language}").content.decode()
        assert (word in page) is (language == "en")
        assert f"/jsi18n/?lang={language}" in page
    english = Client(HTTP_ACCEPT_LANGUAGE="zh-CN").get("/jsi18n/?lang=en").content.decode()
    assert "会话" not in english
