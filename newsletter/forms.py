"""The form by which a reader signs up."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.public_forms import PublicForm
from newsletter.addresses import MAX_LENGTH, normalised


class AddressField(forms.CharField):
    """An e-mail address; cleans to the form in which we keep it."""

    widget = forms.EmailInput

    def clean(self, value: str | None) -> str:
        """Return the address; raise ValidationError that says what to do."""
        typed = str(super().clean(value))
        return normalised(typed) if typed else ""


class SignUpForm(PublicForm):
    """One address and nothing else."""

    KIND = "sign-up"
    KEYLESS = True  # at the foot of every page, which is kept

    email = AddressField(
        label=_("Your e-mail address"),
        max_length=MAX_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Type the address to which the newsletter should come.")},
    )
