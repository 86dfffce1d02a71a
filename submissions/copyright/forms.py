"""The form of a copyright report: what the chosen law asks for, and no more."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from articles.models import Law as Basis
from cms.fields import LineField, LinesField, TypedField
from cms.public_forms import PublicForm

MAX_URLS = 250
STATEMENTS = {
    "good_faith": _(
        "I believe in good faith that the use described is not authorised by the owner of the right, "
        "its agent or the law."
    ),
    "accurate": _("What I state here is accurate and complete."),
    "perjury": _("Under penalty of perjury: I own the right that is infringed, or am authorised to act for its owner."),
}
ASKED = {
    Basis.DMCA: ("good_faith", "accurate", "perjury"),
    Basis.DSA: ("good_faith", "accurate"),
    Basis.OTHER: ("good_faith", "accurate"),
}


def article_at(url: str) -> Article | None:
    """The published or withheld article at one of our own addresses; the address is looked up, never fetched."""
    hosts = {*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname}
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        language = parts.path.split("/")[1] if parts.path else ""
        with translation.override(language if language in dict(settings.LANGUAGES) else None):
            match = resolve(unquote(parts.path))
    except (ValueError, Resolver404):
        return None
    if parts.hostname not in hosts:
        return None
    if match.view_name != "articles:article":
        return None
    out = Article.objects.filter(status=Article.Status.PUBLISHED, published_at__lte=timezone.now())
    return out.filter(language=language, slug=match.kwargs["slug"]).first()


class ReportForm(PublicForm):
    """A copyright report. After `is_valid()`, `articles` holds the articles that it names."""

    KIND = "report"
    ASKED = {
        "urls": _("Copy the address of the article from its page."),
        "basis": _("Choose the law under which you write."),
        "work": _("Name the work that was copied."),
        "explanation": _("Say which part is meant, and why it infringes."),
        "name": _("Write your name."),
        "email": _("Write the address to which we may answer."),
        "signature": _("Type your full name as a signature."),
    }

    urls = TypedField(
        label=_("Address of the article"),
        help_text=_("The web address here, one a line if there are several."),
        widget=forms.Textarea(attrs={"rows": 2, "inputmode": "url"}),
        max_length=100_000,
    )
    basis = forms.ChoiceField(label=_("Under which law do you write?"), choices=Basis, initial=Basis.DSA)
    work = LinesField(
        label=_("Your work"),
        help_text=_("What was copied: title, author, where and when it appeared."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    explanation = LinesField(
        label=_("Which part of the article, and why it infringes"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
    )
    name = LineField(label=_("Your name"), max_length=255)
    for_organisation = LineField(label=_("Organisation you write for"), max_length=255, required=False)
    email = forms.EmailField(label=_("E-mail"), help_text=_("We answer every report to this address."))
    address = LinesField(
        label=_("Postal address"),
        help_text=_("Needed under the DMCA."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
    )
    phone = LineField(label=_("Telephone"), help_text=_("Needed under the DMCA."), required=False, max_length=50)
    good_faith = forms.BooleanField(label=STATEMENTS["good_faith"], required=False)
    accurate = forms.BooleanField(label=STATEMENTS["accurate"], required=False)
    perjury = forms.BooleanField(label=STATEMENTS["perjury"], help_text=_("Needed under the DMCA."), required=False)
    signature = LineField(label=_("Signature"), help_text=_("Type your full name."), required=True, max_length=255)

    articles: list[Article]

    def clean_urls(self) -> list[str]:
        """The addresses as typed; sets `articles`. Names each one at which we have no article."""
        lines = list(dict.fromkeys(line.strip() for line in self.cleaned_data["urls"].splitlines() if line.strip()))
        if len(lines) > MAX_URLS:
            raise ValidationError(_("At most %(most)s addresses in one report."), params={"most": MAX_URLS})
        found = {line: article_at(line) for line in lines}
        unknown = [line[:200] for line, article in found.items() if article is None]
        if unknown:
            raise ValidationError(
                _("No article of ours is at: %(urls)s. Copy the address from the article's page."),
                params={"urls": ", ".join(unknown)},
            )
        self.articles = list({article.pk: article for article in found.values() if article}.values())
        return lines

    def clean(self) -> dict[str, Any]:
        """Ask for what the chosen law asks for."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        basis = data.get("basis", Basis.DSA)
        for name in ASKED.get(basis, ()):
            if not data.get(name):
                self.add_error(name, _("This statement is needed: tick the box if it is true."))
        for name in ("address", "phone"):
            if basis == Basis.DMCA and not data.get(name) and name not in self.errors:
                self.add_error(name, _("The DMCA asks for it (17 USC 512(c)(3)(A)(iv))."))
        return data

    def statements(self) -> tuple[list[str], str]:
        """The statements made, in the words shown, and their SHA-256."""
        made = [str(STATEMENTS[name]) for name in STATEMENTS if self.cleaned_data[name]]
        return made, hashlib.sha256("\n".join(made).encode()).hexdigest()
