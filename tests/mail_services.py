"""Services that hand mail over by HTTP: what they post, and how they sign it."""

import base64
import hashlib
import hmac
import io
import json
import os
import sys
from email.message import EmailMessage
from urllib.parse import urlencode

import pytest
from django.core.management import call_command

from tests.factories import make_guidelines, make_section, picture_bytes
from tests.mailing import COPYRIGHT, REPLIES, STORIES, TEXT

SECRET, KEY = "postmark:a-long-enough-password", "key-of-our-mailgun-account"
POSTMARK, MAILGUN = "/anymail/postmark/inbound/", "/anymail/mailgun/inbound_mime/"


@pytest.fixture(autouse=True)
def newsroom(db, settings, tmp_path):
    settings.MAIL_STORIES, settings.MAIL_COPYRIGHT, settings.MAIL_REPLIES = STORIES, COPYRIGHT, REPLIES
    settings.MAIL_SPOOL = tmp_path / "mail"
    settings.MAIL_WEBHOOKS = ["postmark", "mailgun", "sparkpost", "mailjet", "mandrill", "mailersend"]
    settings.ANYMAIL = {
        "WEBHOOK_SECRET": [SECRET],
        "MAILGUN_WEBHOOK_SIGNING_KEY": KEY,
        "MANDRILL_WEBHOOK_KEY": KEY,
        "MAILERSEND_INBOUND_SECRET": KEY,
    }
    make_section()
    make_guidelines()


def mail(text=TEXT, *, picture=False, **headers):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Mara Lindqvist <mara@example.org>", STORIES, "The ferry that waits"
    made["Message-ID"] = headers.pop("message_id", f"<{os.urandom(6).hex()}@example.org>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if picture:
        made.add_attachment(picture_bytes(), maintype="image", subtype="jpeg", filename="渡船.jpg")
    return made


def authorization(secret=SECRET):
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}


def postmark_event(made, *, raw=True, recipient=STORIES, sender="mara@example.org", **fields):
    """What Postmark posts: the message in pieces, and whole where its setting asks for that."""
    body, attachments = made.get_body(("plain",)), list(made.iter_attachments())
    kept = [name for name in made if name not in {"From", "To", "Subject", "Content-Type", "Content-Transfer-Encoding"}]
    event = {
        "FromName": "Mara Lindqvist",
        "MessageStream": "inbound",
        "From": "mara@example.org",
        "FromFull": {"Email": "mara@example.org", "Name": "Mara Lindqvist", "MailboxHash": ""},
        "To": recipient,
        "ToFull": [{"Email": STORIES, "Name": "", "MailboxHash": ""}],
        "Cc": "", "CcFull": [], "Bcc": "", "BccFull": [],
        "OriginalRecipient": recipient,
        "Subject": made["Subject"],
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "ReplyTo": "", "MailboxHash": "", "Tag": "",
        "Date": "Mon, 23 Nov 2026 10:00:00 +0100",
        "TextBody": body.get_content() if body else "", "HtmlBody": "", "StrippedTextReply": "",
        "Headers": [
            {"Name": "Return-Path", "Value": f"<{sender}>"},
            {"Name": "Received", "Value": "from mx.example.org by p-pm-inbound01a.aws-us-east-1 (Postfix) with ESMTPS"},
            {"Name": "X-Spam-Status", "Value": "No"},
            {"Name": "X-Spam-Score", "Value": "-0.1"},
            *({"Name": name, "Value": made[name]} for name in kept),
        ],
        "Attachments": [
            {
                "Name": part.get_filename(), "Content": base64.b64encode(part.get_content()).decode(),
                "ContentType": part.get_content_type(), "ContentLength": len(part.get_content()), "ContentID": "",
            }
            for part in attachments
        ],
    }  # fmt: skip
    for attachment in event["Attachments"]:
        del attachment["ContentID"]  # Postmark names it for inline parts only
    return event | ({"RawEmail": made.as_bytes().decode()} if raw else {}) | fields


def post_postmark(client, made, secret=SECRET, **options):
    event = made if isinstance(made, (dict, list, str)) else postmark_event(made, **options)
    data = event if isinstance(event, str) else json.dumps(event)
    return client.post(POSTMARK, data, content_type="application/json", headers=authorization(secret) if secret else {})


def signed(fields, key=KEY):
    token, timestamp = "0ce9c4cf9b5b3d4c4e1b6c4c6f6a0d6fb8d1b6e0f7a8e2c5d4", "1795428000"
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return fields | {"token": token, "timestamp": timestamp, "signature": signature}


def mailgun_event(made, *, recipient=STORIES, sender="mara@example.org", key=KEY):
    """What Mailgun posts to an address that ends with "mime"."""
    raw = made if isinstance(made, str) else made.as_bytes().decode()
    return signed(
        {
            "recipient": recipient, "sender": sender, "from": "Mara Lindqvist <mara@example.org>",
            "subject": "The ferry that waits", "body-mime": raw,
        },
        key,
    )  # fmt: skip


def post_mailgun(client, made, *, form="multipart", **options):
    event, headers = mailgun_event(made, **options), authorization()
    if form == "multipart":
        return client.post(MAILGUN, event, headers=headers)
    encoded = urlencode(event)
    return client.post(MAILGUN, encoded, content_type="application/x-www-form-urlencoded", headers=headers)


def by_pipe(made, monkeypatch, recipient=STORIES):
    stdin = type("Stdin", (), {"buffer": io.BytesIO(made.as_bytes())})
    monkeypatch.setattr(sys, "stdin", stdin)
    call_command("receive_mail", recipient=recipient)
