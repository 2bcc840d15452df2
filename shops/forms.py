"""Forms of the shop's own pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

FEEDBACK = 2000  # characters


class FeedbackForm(forms.Form):
    text = forms.CharField(
        label=_("What should be better?"),
        max_length=FEEDBACK,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("At most 2,000 characters. Please leave out buyers' personal data."),
    )
