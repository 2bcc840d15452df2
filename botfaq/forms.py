"""The form of one common question."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from botfaq.models import Question

PHRASINGS = 50


class QuestionForm(forms.ModelForm):
    phrasings = forms.CharField(
        label=gettext_lazy("Other ways to ask it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line. The bot recognises them and what resembles them."),
    )

    class Meta:
        model = Question
        fields = ("text", "answer")
        labels = {"text": gettext_lazy("Question"), "answer": gettext_lazy("Answer")}
        widgets = {"answer": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["phrasings"].initial = "\n".join(
                self.instance.phrasings.order_by("pk").values_list("text", flat=True)
            )

    def clean_phrasings(self) -> list[str]:
        found = [line.strip() for line in self.cleaned_data["phrasings"].splitlines() if line.strip()]
        if len(found) > PHRASINGS or any(len(line) > 200 for line in found):
            raise forms.ValidationError(_("At most 50 lines of at most 200 characters."))
        return found
