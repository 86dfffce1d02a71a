"""What readers and their mail programs do at the newsletter's door, and what is then known of them."""

import re
from urllib.parse import urlsplit

from django.core import mail

from cms.letters import send_due
from cms.models import Letter
from newsletter.models import Consent, Subscriber

FORM = "/en/newsletter/"


def sign_up(client, email="reader@example.org", form=FORM, **headers):
    return client.post(form, {"email": email, "website": ""}, headers=headers)


def subscriber(status="confirmed", email="reader@example.org", language="en"):
    made = Subscriber.objects.sign_up(email, language=language, page=FORM)
    match status:
        case "confirmed":
            made.confirm(page=FORM)
        case "unsubscribed":
            made.unsubscribe(page=FORM)
        case "suppressed":
            made.suppress(page=FORM)
    return made


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def link_in_mail(pattern):
    send_due()
    return path_of(re.search(rf"http://testserver{pattern}", mail.outbox[-1].body)[0])


def events():
    return list(Consent.objects.values_list("event", flat=True))


def status():
    return Subscriber.objects.get().status


def older(letters_by):
    for letter in Letter.objects.all():
        Letter.objects.filter(pk=letter.pk).update(created=letter.created - letters_by)
