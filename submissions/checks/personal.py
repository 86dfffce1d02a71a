"""Are there numbers and addresses in the text that belong to a person?

Sources: GB 11643-1999 (check digit of Chinese identity numbers), ISO/IEC 7812 (Luhn's formula, first digits of cards).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from submissions.checks.base import Check, Draft, Verdict

_URL = re.compile(r"https?://[!-~]+")
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_PHONE = re.compile(
    r"(?<![\d.+-])(?:"
    r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"  # a Chinese mobile
    r"|0\d{2,3}[- ]\d{7,8}|[48]00[- ]\d{3,4}[- ]\d{3,4}"  # a Chinese landline or service number
    r"|\+\d{1,3}(?:[-. ]?\(?\d{1,4}\)?){2,5}"  # the international form (E.164)
    r"|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}"  # North America
    r")(?![\d-])"
)
_IDENTITY = re.compile(r"(?<![\d.])\d{6}[- ]?\d{8}[- ]?\d{3}[\dXx](?![\dA-Za-z])")
_NARROW = dict(zip(range(0xFF10, 0xFF1A), "0123456789", strict=True))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD = re.compile(r"(?<![\d.])(?:\d{13,19}|\d{4}([- ])\d{4}\1\d{4}\1\d{1,7}|\d{4}([- ])\d{6}\2\d{5})(?![\d.]\d|\d)")
_ISSUERS = (
    "22",
    "23",
    "24",
    "25",
    "26",
    "27",
    "34",
    "35",
    "36",
    "37",
    "38",
    "4",
    "51",
    "52",
    "53",
    "54",
    "55",
    "60",
    "62",
    "64",
    "65",
)


def _found(pattern: re.Pattern[str], draft: Draft) -> Iterator[str]:
    """Where the pattern is in the texts, as written there. Full-width digits are read as digits; the numbers in web
    addresses belong to nobody.
    """
    text = _URL.sub(lambda url: " " * len(url[0]), f"{draft.headline}\n{draft.dek}\n{draft.text}")
    for found in pattern.finditer(text.translate(_NARROW)):
        yield text[found.start() : found.end()]


class ContactDetails(Check):
    """Telephone numbers and e-mail addresses: often meant, so they are pointed at and may stay."""

    id = "contact"
    rule = "fairness"
    label = _("Telephone numbers and addresses")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Point at each."""
        for found in _found(_PHONE, draft):
            if len(_digits(found)) >= 8:
                yield self.note(_("A telephone number. Leave it out unless its owner wants it printed."), passage=found)
        for found in _found(_EMAIL, draft):
            yield self.note(_("An e-mail address. Leave it out unless its owner wants it printed."), passage=found)


class IdentityNumbers(Check):
    """Identity numbers of the People's Republic, known by their date and check digit."""

    id = "identity"
    rule = "fairness"
    label = _("Identity numbers")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Stop at the first."""
        for found in _found(_IDENTITY, draft):
            if is_identity_number(found):
                yield self.stop(
                    _("This looks like somebody’s identity number. Take it out, or keep its last four digits only."),
                    passage=found,
                )
                return


class CardNumbers(Check):
    """Numbers of bank cards, known by their first digits and Luhn's formula."""

    id = "cards"
    rule = "fairness"
    label = _("Bank cards")

    def examine(self, draft: Draft) -> Iterator[Verdict]:
        """Stop at the first."""
        for found in _found(_CARD, draft):
            if is_card_number(found) and not is_identity_number(found):
                yield self.stop(
                    _("This looks like the number of a bank card. Take it out, or keep its last four digits only."),
                    passage=found,
                )
                return


def _digits(text: str) -> str:
    """The digits, as ASCII: full-width ones and those of other scripts count too."""
    return "".join(str(int(mark)) for mark in text if mark.isdecimal())


def is_identity_number(text: str) -> bool:
    """Whether 18 digits (the last may be X) have a possible date of birth and the right check digit."""
    digits = _digits(text[:-1])
    if len(digits) != 17 or not ("1850" < digits[6:10] < "2100" and "01" <= digits[10:12] <= "12"):
        return False
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
    last = text[-1].upper()
    return "10X98765432"[rest] == (last if last == "X" else _digits(last))


def is_card_number(text: str) -> bool:
    """Whether the digits begin as an issuer's and satisfy Luhn's formula."""
    digits = _digits(text)
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    luhn = sum(map(int, digits[-1::-2])) + sum(doubled)
    return luhn % 10 == 0 and digits.startswith(_ISSUERS) and len(set(digits)) > 1
