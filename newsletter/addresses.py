"""One form for every address: what is stored, compared and mailed to."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
_MAX_LOCAL = 64  # RFC 5321, 4.5.3.1.1
# What a Chinese keyboard writes for @ . and Latin letters.
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3002: "."}
# The encoding in Python's library maps these to other names than browsers do: never mail to a neighbour.
_AMBIGUOUS = frozenset("ßς\u200c\u200d")
_valid = EmailValidator(allowlist=[])


def normalised(typed: str) -> str:
    """Return the address as we keep it: the domain in its ASCII form and lower case, the local part as typed.

    Raises ValidationError that says what to do, for all that no mail server would take from us.
    """
    text = typed.strip().translate(_FULL_WIDTH)
    local, at, domain = text.rpartition("@")
    if at and text.isprintable() and not local.isascii():
        raise ValidationError(
            _("We cannot mail to letters such as é or 中 before the @ yet. Please give us another address."),
            code="local_part",
        )
    if not at or not text.isprintable() or '"' in local or _AMBIGUOUS & set(domain):
        raise _not_an_address()
    try:
        address = f"{local}@{punycode(domain).lower()}"
        _valid(address)
    except (UnicodeError, ValidationError) as error:
        raise _not_an_address() from error
    if domain.startswith("[") or len(local) > _MAX_LOCAL or len(address) > MAX_LENGTH:
        raise _not_an_address()
    return address


def _not_an_address() -> ValidationError:
    message = _("This is not an e-mail address. Write it in full, as in name@example.org.")
    return ValidationError(message, code="invalid")
