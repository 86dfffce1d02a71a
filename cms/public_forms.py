"""Forms for people without an account: no cookie, no CSRF token, nothing typed is lost.

A form key is a random seed, signed when the form is shown. It makes a form count once however often it is sent, and is
the seed of the private code. These views act on nobody's session, so there is nothing for a forged request to borrow;
they are exempt from the CSRF check for that reason.

The signature also has the time at which the form was shown. Who sends a form without a key, or faster than anybody
types, is not refused for it: that form only counts for more towards a flood (cms/flood.py).
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cms import flood
from cms.codes import new_seed

TOO_FAST = 3  # seconds in which nobody fills in a form
_WEIGHT_OF_A_HURRIED_ONE = 3
_SALT = "copydesk.form-key"


class PublicForm(forms.Form):
    """A form with a form key and a trap for robots (`website`, which people do not see)."""

    KIND: ClassVar[str] = ""
    """Which flood the form belongs to: a key of settings.FLOOD_FORMS; "" for a form that no flood holds up."""

    KEYLESS: ClassVar[bool] = False
    """Whether pages of ours show it without a key, so that a missing one says nothing."""

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
        self.held: flood.Challenge | None = None
        sent = self._sent_seed()
        self.seconds_since_shown = flood.age_of(self.data[self.add_prefix("form_key")]) if sent else None
        """How long ago the page with this form was made; None where it was sent without a key of ours."""
        self.seed = sent or new_seed()
        self.initial["form_key"] = signing.dumps(self.seed, salt=_SALT)
        if self.is_bound and not sent:
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

    @property
    def is_hurried(self) -> bool:
        """Whether it came without a key or faster than anybody types: a sign of a program, and no more than a sign."""
        if self.seconds_since_shown is None:
            return not self.KEYLESS
        return self.seconds_since_shown < TOO_FAST

    def arrived(self, request: HttpRequest) -> None:
        """Count the form, whatever is in it, so that a flood is noticed."""
        flood.arrived(request, self.KIND, _WEIGHT_OF_A_HURRIED_ONE if self.is_hurried else 1)

    def admitted(self, request: HttpRequest) -> bool:
        """Whether a valid form may be taken in: always, but in a flood, when it has to carry a proof.

        Otherwise it is `held`, and its page shows what has to be done.
        """
        self.held = flood.admits(request) if flood.is_on(self.KIND) else None
        return not self.held

    @cached_property
    def challenge(self) -> flood.Challenge | None:
        """What the page of the form has to show in a flood."""
        if self.held or not self.KIND or not flood.is_on(self.KIND):
            return self.held
        ticket = self.data.get("ticket", "")
        return flood.Challenge.fresh(ticket, flood.seconds_until_good(ticket))

    def page(self, request: HttpRequest, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
        """The page of the form: 200, 422 where a field is wrong, 429 where it is held."""
        status = 429 if self.held else 422 if self.errors else 200
        response = render(request, template, {"form": self} | (context or {}), status=status)
        if self.held:
            response["Retry-After"] = str(self.held.wait)
        return response

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
