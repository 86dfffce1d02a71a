"""The licences under which covers are printed: a short list by SPDX name where there is one, or free words."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

LICENCES = {
    "permission": _("Printed by permission"),
    "press": _("Press picture"),
    "CC0-1.0": "CC0 1.0",
    "CC-BY-4.0": "CC BY 4.0",
    "CC-BY-SA-4.0": "CC BY-SA 4.0",
    "CC-BY-ND-4.0": "CC BY-ND 4.0",
    "PDM-1.0": _("Public domain"),
    "other": _("Another licence"),
}
"""Value -> what is printed under the cover."""

_DEEDS = "https://creativecommons.org/"
DEEDS = {
    "CC0-1.0": f"{_DEEDS}publicdomain/zero/1.0/",
    "CC-BY-4.0": f"{_DEEDS}licenses/by/4.0/",
    "CC-BY-SA-4.0": f"{_DEEDS}licenses/by-sa/4.0/",
    "CC-BY-ND-4.0": f"{_DEEDS}licenses/by-nd/4.0/",
    "PDM-1.0": f"{_DEEDS}publicdomain/mark/1.0/",
}
"""The licences whose text has one address."""

NEED_CREDIT = frozenset({"CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0"})


class Licensed(models.Model):
    """Who made something, and what allows us to print it."""

    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=20, choices=LICENCES, blank=True, default="", db_default="")
    licence_note = models.CharField(
        _("licence in words"), max_length=200, blank=True, default="", db_default="",
        help_text=_("Printed instead of the licence's name, such as “Press kit of the port authority”."),
    )  # fmt: skip
    licence_url = models.URLField(
        _("address of the licence"), max_length=300, blank=True, default="", db_default="",
        validators=[URLValidator(schemes=["https"])],
        help_text=_("Begins with https://; Creative Commons has its own."),
    )  # fmt: skip

    class Meta:
        abstract = True

    @property
    def licence_words(self) -> str:
        """What is printed of the licence, in the active language; "" for none."""
        return self.licence_note or ("" if self.licence == "other" else str(LICENCES.get(self.licence, "")))

    @property
    def licence_link(self) -> str:
        """Where the licence can be read; "" where nobody said."""
        return self.licence_url or DEEDS.get(self.licence, "")
