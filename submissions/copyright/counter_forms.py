"""The form of a counter-notice: what 17 USC 512(g)(3) asks for, and no more."""

from __future__ import annotations

import hashlib

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.fields import LineField, LinesField
from cms.public_forms import PublicForm

STATEMENTS = {
    "mistake": _(
        "I swear, under penalty of perjury, that I believe in good faith that the material was withheld as a result of "
        "mistake or misidentification."
    ),
    "jurisdiction": _(
        "I consent to the jurisdiction of the Federal District Court for the judicial district in which my address is "
        "located or, if my address is outside the United States, for any judicial district in which the publisher may "
        "be found."
    ),
    "service": _("I will accept service of process from the person who sent the report, or an agent of that person."),
    "disclosure": _(
        "I know that this counter-notice goes to the person who sent the report, with my name, postal address and "
        "telephone number."
    ),
}
_TICK = _("The law asks for this statement: tick the box if it is true.")


class CounterNoticeForm(PublicForm):
    """A counter-notice by the contributor whose story was withheld."""

    KIND = "counter"
    ASKED = {
        "material": _("Name the article, and the address at which it stood."),
        "name": _("Write your full name."),
        "address": _("Write your postal address."),
        "phone": _("Write your telephone number."),
        "signature": _("Type your full name as a signature."),
        "mistake": _TICK,
        "jurisdiction": _TICK,
        "service": _TICK,
        "disclosure": _("Without passing it on we cannot act on it: tick the box if you agree."),
    }

    material = LinesField(
        label=_("What was withheld, and where it stood"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    explanation = LinesField(
        label=_("Why it was a mistake"),
        help_text=_("The law does not ask for it. It goes to the claimant too."),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=5000,
    )
    name = LineField(label=_("Your full name"), max_length=255, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    address = LinesField(
        label=_("Your postal address"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        max_length=1000,
    )
    phone = LineField(
        label=_("Your telephone number"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    mistake = forms.BooleanField(label=STATEMENTS["mistake"])
    jurisdiction = forms.BooleanField(label=STATEMENTS["jurisdiction"])
    service = forms.BooleanField(label=STATEMENTS["service"])
    disclosure = forms.BooleanField(label=STATEMENTS["disclosure"])
    signature = LineField(label=_("Signature"), help_text=_("Type your full name."), max_length=255)

    def statements(self) -> tuple[list[str], str]:
        """The statements made, in the words shown, and their SHA-256."""
        made = [str(STATEMENTS[name]) for name in STATEMENTS if self.cleaned_data[name]]
        return made, hashlib.sha256("\n".join(made).encode()).hexdigest()
