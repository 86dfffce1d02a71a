"""The form by which a reader reports an error in an article."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.models import Article, CorrectionRequest
from cms import codes
from cms.fields import LinesField
from cms.models import User
from cms.public_forms import PublicForm
from cms.text import clean_line

LONGEST = 2000


class CorrectionForm(PublicForm):
    """What is wrong, what would be right and, if the reader likes, a source and an address."""

    KIND = "correction"
    ASKED = {
        "wrong": _("Copy the passage that is wrong, or say where it stands."),
        "right": _("Say what would be right. If you do not know, say why it cannot be as it is."),
    }

    wrong = LinesField(
        label=_("What is wrong"),
        help_text=_("Copy the passage from the article, or say where it stands."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
    )
    right = LinesField(
        label=_("What would be right"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
    )
    source_url = forms.URLField(
        label=_("A source"),
        help_text=_("A web address at which we can check it. Editors read it; no program of ours opens it."),
        required=False,
        max_length=LONGEST,
        assume_scheme="https",
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_(
            "Only to tell you what became of it. It is never shown, and deleted half a year after the decision."
        ),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_source_url(self) -> str:
        """As it is seen."""
        return clean_line(self.cleaned_data["source_url"])

    def send(self, article: Article) -> CorrectionRequest:
        """Make a report of a valid form; the same form sent again is the same report. IntegrityError in a race."""
        fields = {name: self.cleaned_data[name] for name in ("wrong", "right", "source_url", "email")}
        before = CorrectionRequest.objects.filter(seed=self.seed).first()
        if before and all(getattr(before, name) == value for name, value in fields.items()):
            return before
        seed = codes.new_seed() if before else self.seed
        return CorrectionRequest(article=article, seed=seed, **fields).receive(by=User.objects.system())
