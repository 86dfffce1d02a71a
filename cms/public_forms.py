"""Forms for people without an account: no cookie, no CSRF token, nothing typed is lost.

A form key is a random seed, signed when the form is shown. It makes a form count once however often it is sent, and is
the seed of the private code. These views act on nobody's session, so there is nothing for a forged request to borrow;
they are exempt from the CSRF check for that reason.
"""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from cms.codes import new_seed

_SALT = "copydesk.form-key"


class PublicForm(forms.Form):
    """A form with a form key and a trap for robots (`website`, which people do not see)."""

    ASKED: ClassVar[dict[str, Any]] = {}
    """What to say where a required field is empty: the field's own remedy."""

    form_key = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seed = self._sent_seed() or new_seed()
        self.initial["form_key"] = signing.dumps(self.seed, salt=_SALT)
        if self.is_bound and not self._sent_seed():
            # An expired or missing key is no fault of the person who types: go on with a fresh one.
            self.remember("form_key", self.initial["form_key"])

        for name, words in self.ASKED.items():
            self.fields[name].error_messages["required"] = words

    def go_on_with(self, seed: str) -> None:
        """Make this the form of `seed`, whatever key was sent with it."""
        self.seed = seed
        self.initial["form_key"] = signing.dumps(seed, salt=_SALT)
        if self.is_bound:
            self.remember("form_key", self.initial["form_key"])

    def _sent_seed(self) -> str:
        sent = self.data.get(self.add_prefix("form_key"), "") if self.is_bound else ""
        try:
            return str(signing.loads(sent, salt=_SALT)) if sent else ""
        except signing.BadSignature:
            return ""

    def remember(self, name: str, value: str) -> None:
        """Put a value into what the bound form prints again."""
        changed: Any = copy(self.data)  # of a QueryDict, one that may be written to
        changed[self.add_prefix(name)] = value
        self.data = changed

    def clean_website(self) -> str:
        """Refuse, and say so, what only a robot fills in."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Please leave this field empty: it is there to catch robots."))
        return ""

    @property
    def fields_in_error(self) -> list[forms.BoundField]:
        """The visible fields that have to be put right, for the summary above the form."""
        return [field for field in self.visible_fields() if field.errors]
