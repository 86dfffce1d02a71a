"""What the law asks a counter-notice to hold, and what proves that an action against it was filed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PARTS = {
    "512(g)(3)(A)": _("The signature: the full name of the person who writes."),
    "512(g)(3)(B)": _("What was withheld, and where it stood."),
    "512(g)(3)(C)": _("The statement, under penalty of perjury, that it was withheld by mistake or misidentification."),
    "512(g)(3)(D)": _("Name, address, telephone number, consent to the court, and acceptance of service."),
}
"""What the law asks for, by the paragraph that asks: a rejection cites what is missing."""


def evidence(court: str, case_number: str, filed_on: str) -> tuple[str, str, date]:
    """What identifies an action. Raises ValidationError that names each part that is missing or cannot be."""
    faults: dict[str, Any] = {}
    if not court.strip():
        faults["court"] = _("Name the court.")
    if not case_number.strip():
        faults["case_number"] = _("Write the case number.")
    try:
        day = date.fromisoformat(filed_on.strip())
    except ValueError:
        day = date.max
    if day > timezone.localdate():
        faults["filed_on"] = _("Write the day on which it was filed, such as 2026-11-30; it cannot lie ahead.")
    if faults:
        raise ValidationError(faults)
    return court.strip()[:255], case_number.strip()[:100], day
