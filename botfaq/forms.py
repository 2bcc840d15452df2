"""The form of one common question."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from botfaq import listing
from botfaq.models import Category, Question
from commerce.models import Product

PHRASINGS, PHRASING = 50, 200  # how many, of how many characters
RELATED = 3  # as many are shown below an answer
PARTS = " · "  # between a product's title and its SKU


class QuestionForm(forms.ModelForm):
    phrasings = forms.CharField(
        label=gettext_lazy("Other ways to ask it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One a line. The bot recognises them and what resembles them."),
    )
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    product_words = forms.CharField(label=gettext_lazy("Product card"), required=False, max_length=400)
    upload = forms.FileField(label=gettext_lazy("Picture"), required=False)
    no_picture = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)

    class Meta:
        model = Question
        fields = ("text", "answer", "category", "link")
        labels = {
            "text": gettext_lazy("Question"),
            "answer": gettext_lazy("Answer"),
            "category": gettext_lazy("Category"),
        }
        help_texts = {"category": ""}
        widgets = {
            "text": forms.TextInput(attrs={"autocomplete": "off"}),
            "answer": forms.Textarea(attrs={"rows": 6}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Category.objects.filter(shop=self.instance.shop_id).order_by("name")
        category = self.fields["category"]
        assert isinstance(category, forms.ModelChoiceField)
        category.queryset, category.empty_label = mine, _("Without category")
        self.fields["upload"].widget.attrs["accept"] = "image/jpeg,image/png,image/webp,image/gif"
        others = list(self.instance.related.order_by("-hits", "pk")[:RELATED]) if self.instance.pk else []
        for place in range(RELATED):
            field = forms.CharField(
                required=False, max_length=200, initial=others[place] if place < len(others) else ""
            )
            field.widget.attrs |= {"list": "questions", "autocomplete": "off"}
            field.widget.attrs["aria-label"] = _("Related question %(place)s") % {"place": place + 1}
            self.fields[f"related_{place + 1}"] = field
        self.fields["product_words"].widget.attrs |= {"list": "products", "autocomplete": "off"}
        if self.instance.pk:
            self.fields["phrasings"].initial = "\n".join(one.text for one in self.instance.phrasings.order_by("pk"))
            self.fields["product_words"].initial = product_words(self.instance.product)

    @property
    def related(self) -> list[forms.BoundField]:
        return [self[f"related_{place + 1}"] for place in range(RELATED)]

    def clean_phrasings(self) -> list[str]:
        found = [line.strip() for line in self.cleaned_data["phrasings"].splitlines() if line.strip()]
        if len(found) > PHRASINGS or any(len(line) > PHRASING for line in found):
            raise forms.ValidationError(_("At most 50 lines of at most 200 characters."))
        return found

    def clean_link(self) -> str:
        return https_only(self.cleaned_data["link"])

    def clean_product_words(self) -> Product | None:
        words = self.cleaned_data["product_words"].strip()
        if not words:
            return None
        mine = Product.objects.filter(shop=self.instance.shop_id)
        found = mine.filter(sku=words.rpartition(PARTS)[2]).first() or mine.filter(title__iexact=words).first()
        if found is None:
            raise forms.ValidationError(_("The shop has no such product. Choose one from the list."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["related"] = []
        for place in range(RELATED):
            words = data.get(f"related_{place + 1}", "").strip()
            found = listing.find(self.instance.shop, words) if words else None
            if words and found is None:
                self.add_error(f"related_{place + 1}", _("There is no such question. Choose one from the list."))
            elif found and found not in data["related"]:
                data["related"].append(found)
        return data


def product_words(product: Product | None) -> str:
    """Return how the form names a product."""
    return f"{product.title}{PARTS}{product.sku}" if product else ""


def https_only(link: str) -> str:
    """Return an address that buyers may open, or raise ValidationError: others are never shown to them."""
    if link and not link.startswith("https://"):
        raise forms.ValidationError(_("An address that begins with https://, please."))
    return link
