"""Second factor and sign-ins: the step after the password, and the page on which a person looks after both."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from chat.actions import people
from shops import audit, second_factor, sign_in, sign_ins
from shops.errors import NotYours, Refused
from shops.models import User


@sensitive_post_parameters()
@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor; only then is one signed in."""
    found = sign_in.half(request)
    if found is None:
        return redirect("login")
    user, to = found
    if request.method == "POST":
        try:
            second_factor.check(user, request.POST.get("code", ""))
            return redirect(sign_in.complete(request, user, to))
        except Refused as refusal:
            return _refused(request, "shops/login_code.html", refusal, {})
    return render(request, "shops/login_code.html")


@sensitive_post_parameters()
@never_cache
def set_up_first(request: HttpRequest) -> HttpResponse:
    """Let those who must have a second factor set it up before they get in."""
    found = sign_in.half(request)
    if found is None:
        return redirect("login")
    user, to = found
    return _set_up(request, user, to, is_first=True)


@sensitive_post_parameters()
@never_cache
@login_required
def set_up(request: HttpRequest) -> HttpResponse:
    """Set the second factor up; asks for the password, since whoever sits here may be somebody else."""
    assert isinstance(request.user, User)
    return _set_up(request, request.user, reverse("security"), is_first=False)


def _set_up(request: HttpRequest, user: User, to: str, *, is_first: bool) -> HttpResponse:
    try:
        device = second_factor.begin(user)
    except Refused:
        return redirect("login" if is_first else "security")
    about = {"picture": second_factor.picture(device), "secret": _grouped(device), "is_first": is_first}
    if request.method != "POST":
        return render(request, "shops/second_factor.html", about)
    if not is_first and not sign_in.knows_password(request, user, request.POST.get("password", "")):
        return render(request, "shops/second_factor.html", {**about, "wrong_password": True})
    try:
        codes = second_factor.confirm(user, request.POST.get("code", ""))
    except Refused as refusal:
        return _refused(request, "shops/second_factor.html", refusal, about)
    if is_first:
        sign_in.complete(request, user, to)
    else:
        _others_out(request, user)
    return render(request, "shops/paper_codes.html", {"codes": codes, "to": to})


@never_cache
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """How a person signs in, and where it is signed in."""
    user, wrong = request.user, None
    assert isinstance(user, User)
    if request.method == "POST":
        try:
            given = request.POST.get("code", "")
            if request.POST.get("do") == "renew":
                codes = second_factor.renew(user, given)
                return render(request, "shops/paper_codes.html", {"codes": codes, "to": reverse("security")})
            if request.POST.get("do") == "off":
                second_factor.turn_off(user, given)
                messages.success(request, _("Two-step verification is off."))
            return redirect("security")
        except Refused as refusal:
            wrong = refusal
    about = {
        "places": sign_ins.places(user, request.session.session_key),
        "is_on": second_factor.is_on(user),
        "is_demanded": second_factor.is_demanded(user),
        "left": second_factor.left(user),
        "tried": request.POST.get("do") if wrong else "",
    }
    if wrong:
        return _refused(request, "shops/security.html", wrong, about, status=409)
    return render(request, "shops/security.html", about)


@require_POST
@login_required
def end(request: HttpRequest) -> HttpResponse:
    """Sign out one browser or app, or all others."""
    assert isinstance(request.user, User)
    name = request.POST.get("name", "")
    try:
        if name:
            sign_ins.end(request.user, name)
            people.sign_out_elsewhere(request.user)
            messages.success(request, _("Signed out there."))
        else:
            count = _others_out(request, request.user)
            audit.record_person(audit.Kind.SIGNED_OUT, request.user, how="everywhere else")
            said = ngettext("Signed out in %(count)s other place.", "Signed out in %(count)s other places.", count)
            messages.success(request, said % {"count": count})
    except NotYours:
        raise Http404 from None
    return redirect("security")


def _others_out(request: HttpRequest, user: User) -> int:
    count = sign_ins.end_others(user, request.session.session_key)
    people.sign_out_elsewhere(user)
    return count


def _refused(
    request: HttpRequest, template: str, refusal: Refused, about: dict[str, Any], status: int = 200
) -> HttpResponse:
    page = render(request, template, {**about, "wrong": refusal.words}, status=status)
    if "wait" in refusal.data:
        page.status_code = 429
        page.headers["Retry-After"] = str(refusal.data["wait"])
    return page


def _grouped(device: Any) -> str:
    """Return the secret as people type it: base 32, in fours."""
    text = second_factor.secret(device)
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
