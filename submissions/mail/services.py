"""The mail services whose webhooks are taken, and the secret by which each is known.

A service is in this list if its request holds the whole message. Left out are those from which the site would have to
fetch it (Amazon SES, Brevo, Mailtrap, Resend), one whose signature needs another library (Postal), and one that
django-anymail itself has given up (SendGrid).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

SHORTEST_SECRET = 20  # characters, of "user:password" together

# The view of django-anymail, and the setting that holds the key of the service's own signature; "" where it signs
# nothing, so that WEBHOOK_SECRET is all that tells it from anybody else.
SERVICES = {
    "mailersend": ("mailersend.MailerSendInboundWebhookView", "MAILERSEND_INBOUND_SECRET"),
    "mailgun": ("mailgun.MailgunInboundWebhookView", "MAILGUN_WEBHOOK_SIGNING_KEY"),
    "mailjet": ("mailjet.MailjetInboundWebhookView", ""),
    "mandrill": ("mandrill.MandrillCombinedWebhookView", "MANDRILL_WEBHOOK_KEY"),
    "postmark": ("postmark.PostmarkInboundWebhookView", ""),
    "sparkpost": ("sparkpost.SparkPostInboundWebhookView", ""),
}


def missing_secret(service: str) -> str:
    """The name of the setting that this service lacks; "" where nothing is missing."""
    key = SERVICES[service][1]
    if key:
        return "" if settings.ANYMAIL.get(key) else key
    return "" if _secrets_are_good() and settings.ANYMAIL.get("WEBHOOK_SECRET") else "WEBHOOK_SECRET"


def reader_of(service: str) -> Any:
    """The library's view of a service that is named and has its secret, to verify and read its requests; else None."""
    if service not in settings.MAIL_WEBHOOKS or service not in SERVICES or missing_secret(service):
        return None
    return import_string(f"anymail.webhooks.{SERVICES[service][0]}")()


def _secrets_are_good() -> bool:
    secrets = settings.ANYMAIL.get("WEBHOOK_SECRET", [])
    return all(":" in secret.strip(":") and len(secret) >= SHORTEST_SECRET for secret in secrets)


@register()
def check_webhooks(**_options: Any) -> list[CheckMessage]:
    """Tell of a service that we do not know, of one without its secret, and of a secret that is easily guessed."""
    found: list[CheckMessage] = []
    for service in settings.MAIL_WEBHOOKS:
        if service not in SERVICES:
            known = ", ".join(SERVICES)
            found.append(Error(f"MAIL_WEBHOOKS names {service!r}.", hint=f"It may name: {known}.", id="mail.E001"))
        elif setting := missing_secret(service):
            hint = f"Set {setting}, see docs/mail.md; until then its address answers 404."
            found.append(Error(f"MAIL_WEBHOOKS names {service}, and its secret is missing.", hint=hint, id="mail.E002"))
    if not _secrets_are_good():
        hint = f"It is user:password, {SHORTEST_SECRET} characters at least, as in the address that the service calls."
        found.append(Error("WEBHOOK_SECRET is no user:password, or short.", hint=hint, id="mail.E003"))
    return found
