"""The second factor (S-12) and the list of sign-ins: nobody is in before both were right, and one sees where one is."""

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat.sockets import db
from shops import second_factor, session_store, sign_ins
from shops.audit_entry import AuditEntry
from shops.models import Member, SignIn, User
from tests import base
from tests.chat import lines
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "not-a-secret-9"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)


@pytest.fixture
def lin() -> Member:
    return base.agent(base.shop(), "Lin", online=False)


def browser(agent: str = CHROME) -> Client:
    return Client(headers={"accept-language": "en", "user-agent": agent})


def gives_password(client: Client, member: Member, **more: str):
    return client.post(reverse("login"), {"username": member.user.username, "password": PASSWORD, **more})


def signed_in(client: Client) -> bool:
    return client.get(reverse("home")).status_code == 200


def code(user: User, steps: int = 0) -> str:
    """What the app shows, some half minutes from now."""
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, t0=-30 * steps):06d}"


def turn_on(member: Member) -> list[str]:
    second_factor.begin(member.user)
    return second_factor.confirm(member.user, code(member.user))


def later(**span: float):
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def test_it_is_set_up_with_password_and_code_and_then_asked_for(lin: Member) -> None:
    client, other = browser(), browser()
    gives_password(client, lin)
    gives_password(other, lin)
    page = client.get(reverse("second-factor"))
    assert b"data:image/svg+xml" in page.content
    wrong = client.post(reverse("second-factor"), {"code": code(lin.user), "password": "no"})
    assert "The password is not right" in wrong.content.decode()
    wrong = client.post(reverse("second-factor"), {"code": "000000", "password": PASSWORD})
    assert "This code is not right" in wrong.content.decode()
    assert not second_factor.is_on(lin.user)
    with later(seconds=30):
        done = client.post(reverse("second-factor"), {"code": code(lin.user), "password": PASSWORD}).content.decode()
        assert len(re.findall(r"\b[a-z2-9]{5}-[a-z2-9]{5}\b", done)) == 10
        assert (signed_in(client), signed_in(other)) == (True, False)  # whoever was in with the password alone is out
    with later(seconds=60):
        again = browser()
        assert gives_password(again, lin, next="/shops/").headers["Location"] == reverse("login-code")
        assert not signed_in(again)
        refused = again.post(reverse("login-code"), {"code": "123 456"})
        assert (refused.status_code, signed_in(again)) == (200, False)
    with later(seconds=90):
        into = again.post(reverse("login-code"), {"code": code(lin.user)})
        assert (into.headers["Location"], signed_in(again)) == ("/shops/", True)


def test_a_code_works_once(lin: Member) -> None:
    turn_on(lin)
    with later(seconds=60):
        now = code(lin.user)
        first, second = browser(), browser()
        for client in (first, second):
            gives_password(client, lin)
            client.post(reverse("login-code"), {"code": now})
        assert (signed_in(first), signed_in(second)) == (True, False)


def test_a_code_of_the_paper_works_once_and_is_not_kept_readable(lin: Member) -> None:
    codes = turn_on(lin)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10
    assert not kept & {one.replace("-", "") for one in codes}
    for given, stands in ((codes[0].upper(), True), (codes[0], False)):
        client = browser()
        gives_password(client, lin)
        client.post(reverse("login-code"), {"code": given})
        assert signed_in(client) is stands
    assert second_factor.left(lin.user) == 9
    told = AuditEntry.objects.filter(shop=lin.shop, actor=lin.user).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["factor.changed", "signed.in", "factor.failed"]


def test_wrong_codes_make_one_wait_longer_and_longer(lin: Member) -> None:
    turn_on(lin)
    client = browser()
    gives_password(client, lin)
    first = client.post(reverse("login-code"), {"code": "000000"})
    with later(seconds=0.1):
        second = client.post(reverse("login-code"), {"code": "000001"})
    assert (first.status_code, second.status_code) == (200, 429)
    assert AuditEntry.objects.filter(kind="factor.failed").count() == 1  # what is not looked at is not written down
    assert int(second.headers["Retry-After"]) == 1
    for wrong in range(4):
        with later(minutes=wrong + 1):
            client.post(reverse("login-code"), {"code": "000000"})
    with later(minutes=4, seconds=5):
        assert int(client.post(reverse("login-code"), {"code": code(lin.user)}).headers["Retry-After"]) == 11
    with later(minutes=5):
        client.post(reverse("login-code"), {"code": code(lin.user)})
        assert signed_in(client)


def test_the_step_between_ends_after_ten_minutes_and_with_the_password(lin: Member) -> None:
    codes = turn_on(lin)
    assert browser().get(reverse("login-code")).headers["Location"] == reverse("login")
    slow, changed, closed = browser(), browser(), browser()
    for client in (slow, changed, closed):
        gives_password(client, lin)
    with later(minutes=11):
        slow.post(reverse("login-code"), {"code": codes[0]})
        assert not signed_in(slow)
    lin.user.set_password("another-long-word-3")
    lin.user.save()
    changed.post(reverse("login-code"), {"code": codes[1]})
    assert not signed_in(changed)
    gives_password(closed, lin)
    User.objects.filter(pk=lin.user_id).update(is_active=False)
    closed.post(reverse("login-code"), {"code": codes[2]})
    assert not signed_in(closed)


@pytest.mark.parametrize(
    ("role", "staff", "must"),
    [("owner", 0, 1), ("super_admin", 0, 1), ("agent", 1, 1), ("service_lead", 0, 0), ("agent", 0, 0)],
)
def test_those_who_decide_about_others_get_in_with_it_only(settings, role: str, staff: int, must: int) -> None:
    settings.SECOND_FACTOR = True
    one = base.agent(base.shop(), "One", online=False, role=role)
    User.objects.filter(pk=one.user_id).update(is_staff=bool(staff))
    client = browser()
    to = gives_password(client, one).headers["Location"]
    assert (to, signed_in(client)) == (reverse("login-set-up") if must else reverse("home"), not must)
    if must:
        assert client.get(to).status_code == 200
        shown = client.post(to, {"code": code(one.user)}).content.decode()
        assert 'href="/"' in shown
        assert signed_in(client)
        refused = client.post(reverse("security"), {"do": "off", "code": code(one.user, steps=1)})
        assert (refused.status_code, second_factor.is_on(one.user)) == (409, True)
        assert "cannot be turned off" in refused.content.decode()


def test_an_invited_owner_sets_password_and_second_factor_before_getting_in(settings) -> None:
    settings.SECOND_FACTOR = True
    from shops import invitations

    owner = base.agent(base.shop(), "Boss", online=False, role="owner")
    owner.user.set_unusable_password()
    owner.user.save()
    client, long = browser(), "a-very-long-word-7"
    address = reverse("join", args=[invitations.token(invitations.issue(owner))])
    to = client.post(address, {"new_password1": long, "new_password2": long}).headers["Location"]
    assert (to, signed_in(client)) == (reverse("login-set-up"), False)


def test_it_is_turned_off_and_the_paper_renewed_with_a_code_only(lin: Member) -> None:
    codes = turn_on(lin)
    client = browser()
    gives_password(client, lin)
    client.post(reverse("login-code"), {"code": codes[0]})
    assert client.post(reverse("security"), {"do": "renew", "code": "zzzzz-zzzzz"}).status_code == 409
    with later(seconds=30):
        page = client.post(reverse("security"), {"do": "renew", "code": codes[1]}).content.decode()
    fresh = re.findall(r"\b[a-z2-9]{5}-[a-z2-9]{5}\b", page)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    with later(seconds=60):
        assert client.post(reverse("security"), {"do": "off", "code": codes[2]}).status_code == 409  # void now
    with later(seconds=120):
        assert client.post(reverse("security"), {"do": "off", "code": fresh[0]}).status_code == 302
    assert not second_factor.is_on(lin.user)
    assert gives_password(browser(), lin).headers["Location"] == reverse("home")


def test_a_lost_phone_and_paper_are_forgotten_by_command(lin: Member) -> None:
    turn_on(lin)
    said = StringIO()
    call_command("forget_second_factor", lin.user.username, stdout=said)
    assert (said.getvalue(), second_factor.is_on(lin.user)) == ("Removed.\n", False)
    with pytest.raises(CommandError):
        call_command("forget_second_factor", "nobody")


def test_a_person_sees_where_it_is_signed_in_and_ends_it_there(lin: Member) -> None:
    here, there = browser(), browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1")
    for client in (here, there):
        gives_password(client, lin)
    gives_password(browser(), base.agent(lin.shop, "Mo", online=False))
    page = here.get(reverse("security")).content.decode()
    assert ("Chrome · Windows" in page, "Safari · iPhone" in page, page.count('class="spread">')) == (True, True, 5)
    keys = list(SignIn.objects.values_list("session_key", flat=True))
    assert not [key for key in keys if key in page]
    [name] = re.findall(r'name="name" value="(\w+)"', page)
    assert here.post(reverse("sign-out-elsewhere"), {"name": "0" * 20}).status_code == 404
    assert here.post(reverse("sign-out-elsewhere"), {"name": name}).status_code == 302
    assert (signed_in(here), signed_in(there)) == (True, False)
    gives_password(there, lin)
    here.post(reverse("sign-out-elsewhere"))
    assert (signed_in(here), signed_in(there), SignIn.objects.count()) == (True, False, 2)
    told = AuditEntry.objects.filter(actor=lin.user, kind=AuditEntry.Kind.SIGNED_OUT).order_by("pk")
    assert [one.data for one in told] == [{"how": "elsewhere"}, {"how": "everywhere else"}]
    mo = Member.objects.get(nickname="Mo")
    assert len(sign_ins.places(mo.user, None)) == 1
    assert browser().post(reverse("sign-out-elsewhere")).status_code == 302  # to the sign-in


def test_signing_out_elsewhere_ends_the_consoles_there(lin: Member) -> None:
    here, console = browser(), lines.agent(lin)
    gives_password(here, lin)

    async def talk() -> None:
        await lines.enter(console)
        await db(lambda: here.post(reverse("sign-out-elsewhere")))
        assert await console.close_code() == 4503  # come again, if you can

    lines.run(talk)
    assert not SignIn.objects.filter(user=lin.user).exclude(session_key=here.session.session_key).exists()


def test_wrong_passwords_count_wherever_they_are_asked_for(lin: Member) -> None:
    client = browser()
    gives_password(client, lin)
    tries = {"code": "000000", "password": "no"}
    assert [client.post(reverse("second-factor"), tries).status_code for _try in range(5)] == [200] * 4 + [429]
    about = {"old_password": PASSWORD, "new_password1": "a-very-long-word-7", "new_password2": "a-very-long-word-7"}
    assert client.post(reverse("password-change"), about).status_code == 429


def test_sign_ins_that_ran_out_are_dropped(lin: Member) -> None:
    gives_password(browser(), lin)
    browser().get(reverse("login"))
    with later(days=15):
        gives_password(browser(), lin)
        session_store.sweep(timezone.now())
        assert SignIn.objects.count() == 1


def test_names_of_browsers() -> None:
    edge = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"
    assert [sign_ins.browser(one) for one in (CHROME, edge, "curl/8", "")] == [
        "Chrome · Windows",
        "Edge · macOS",
        "Unknown browser",
        "Unknown browser",
    ]


def test_two_windows_that_set_it_up_share_one_secret(lin: Member) -> None:
    made = together(*[lambda: second_factor.begin(lin.user).pk] * 8)
    assert len(set(made)) == 1
    client = browser()
    gives_password(client, lin)
    client.post(reverse("security"), {"do": "anything", "code": "000000"})
    assert not AuditEntry.objects.filter(kind__startswith="factor").exists()
