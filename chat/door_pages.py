"""The ways in besides signing in: an invitation's link, a forgotten password; and changing the password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from chat import account_forms
from chat.actions import mails, people
from shops import audit, invitations, pages, sign_in, sign_ins
from shops.errors import Invalid, NotYours
from shops.models import User
from shops.visitors import TooMany


class OldAndNew(PasswordChangeForm):
    """Wrong old passwords count as they do at sign-in."""

    request: HttpRequest

    def clean_old_password(self) -> str:
        if not sign_in.knows_password(self.request, self.user, self.cleaned_data["old_password"]):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return str(self.cleaned_data["old_password"])


@sensitive_post_parameters()
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person set the first password, and sign it in; a link that is used or old says so (A1)."""
    try:
        invitation = invitations.find(token)
        form: SetPasswordForm[User] = SetPasswordForm(invitation.user, request.POST or None)
        _say_plainly(form)
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(invitation, form.cleaned_data["new_password1"])
            messages.success(request, _("Your password is set."))
            return sign_in.enter(request, user, reverse("home"))
    except NotYours:
        return render(request, "shops/link_gone.html", status=404)
    return render(request, "shops/join.html", {"form": form, "invitation": invitation})


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Promise a link for a new password; the answer is the same whether or not an account has the address."""
    about: dict[str, Any] = {"limit": account_forms.EMAIL}
    if request.method == "POST":
        about["email"] = request.POST.get("email", "")
        try:
            email = account_forms.changes({"email": about["email"]})["email"]
            mails.new_password(email, request.META.get("REMOTE_ADDR", ""), pages.base_of(request))
            about["asked"] = True
        except Invalid as invalid:
            about["wrong"] = invalid.fields["email"]
        except TooMany:
            about["wrong"] = _("Too many links were asked for. Please try again in an hour.")
            page = render(request, "shops/password_forgotten.html", about, status=429)
            page.headers["Retry-After"] = "3600"
            return page
    return render(request, "shops/password_forgotten.html", about)


class New(PasswordResetConfirmView):
    """Set a new password with the link of a letter; every sign-in of before ends."""

    template_name = "shops/password_new.html"
    success_url = reverse_lazy("login")

    def get_form(self, form_class: Any = None) -> Any:
        return _say_plainly(super().get_form(form_class))

    def form_valid(self, form: Any) -> HttpResponse:
        done = super().form_valid(form)
        sign_ins.end_others(form.user, None)
        audit.record_person(audit.Kind.PASSWORD, form.user)
        people.sign_out_elsewhere(form.user)
        messages.success(self.request, _("Your password is set. Please sign in."))
        return done


class Change(PasswordChangeView):
    """Change one's password; this browser stays signed in, all others are out."""

    template_name = "shops/password_change.html"
    form_class = OldAndNew
    success_url = reverse_lazy("security")

    def get_form(self, form_class: Any = None) -> Any:
        form = _say_plainly(super().get_form(form_class))
        form.request = self.request
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        done = super().form_valid(form)
        sign_ins.end_others(form.user, self.request.session.session_key)
        audit.record_person(audit.Kind.PASSWORD, form.user)
        people.sign_out_elsewhere(form.user)
        messages.success(self.request, _("Your password is changed; other browsers are signed out."))
        return done


def _say_plainly(form: Any) -> Any:
    form.fields["new_password1"].help_text = _("At least 10 characters, and none of the usual passwords.")
    form.fields["new_password2"].help_text = ""
    return form
