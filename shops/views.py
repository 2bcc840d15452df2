"""Pages of sign-in, and feedback."""

import math
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from shops import actions, audit, pages, sign_in
from shops.forms import FeedbackForm
from shops.models import Member, User


class SignIn(LoginView):
    """Sign in; whoever is signed in already goes on."""

    template_name = "shops/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        assert isinstance(user, User)
        return sign_in.enter(self.request, user, self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        sign_in.failed(self.request, form.cleaned_data.get("username", ""))
        return super().form_invalid(form)


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User):
            audit.record_person(audit.Kind.SIGNED_OUT, request.user)
        return super().post(request, *args, **kwargs)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, str] | None = None
) -> HttpResponse:
    """Answer a throttled sign-in: 429, in JSON where that is asked for."""
    wait = math.ceil(settings.AXES_COOLOFF_TIME * 3600)
    headers = {"Retry-After": str(wait)}
    if "application/json" in f"{request.headers.get('Accept', '')} {request.content_type}":
        detail = _("Too many wrong passwords. Try again in a minute.")
        return JsonResponse({"code": "throttled", "detail": detail}, status=429, headers=headers)
    page = render(request, "shops/locked_out.html", {"wait": wait}, status=429)
    page.headers["Retry-After"] = str(wait)
    return page


@pages.of_shop
def feedback(request: HttpRequest, member: Member) -> HttpResponse:
    """Tell the makers of the product something (C14)."""
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.feedback(member, form.cleaned_data["text"])
        messages.success(request, _("Thank you, your feedback has been sent."))
        return redirect("feedback", member.shop_id)
    return render(request, "shops/feedback.html", {**pages.frame(member, "feedback"), "form": form})
