"""The ways in besides signing in: an invitation's link."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from shops import invitations
from shops.errors import NotYours
from shops.models import User

BACKEND = "shops.sign_in.Backend"


@sensitive_post_parameters()
@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person set the first password, and sign it in; a link that is used or old says so (A1)."""
    try:
        invitation = invitations.find(token)
        form: SetPasswordForm[User] = SetPasswordForm(invitation.user, request.POST or None)
        form.fields["new_password1"].help_text = _("At least 10 characters, and none of the usual passwords.")
        form.fields["new_password2"].help_text = ""
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(invitation, form.cleaned_data["new_password1"])
            login(request, user, backend=BACKEND)
            messages.success(request, _("Your password is set."))
            return redirect("home")
    except NotYours:
        return render(request, "shops/link_gone.html", {"invited": True}, status=404)
    return render(request, "shops/join.html", {"form": form, "invitation": invitation})
