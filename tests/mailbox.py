"""The mail server of the readers, on loopback: a real one, which answers what a test tells it to."""

import email
import email.policy
import socket
from collections import Counter
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller


class Mailbox:
    """A real SMTP server. `answers` maps an address to what RCPT is told; `after` is called with each mail's reader."""

    def __init__(self):
        self.mails, self.raw, self.answers, self.after = [], [], {}, lambda reader: None
        self.mail_answer = self.data_answer = "250 OK"
        self.hang_up_on, self.pipelining = "", True

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        session.host_name = hostname
        return [*responses[:-1], *(["250-PIPELINING"] if self.pipelining else []), responses[-1]]

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.mail_answer.startswith("250"):
            envelope.mail_from = address
        return self.mail_answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(mail)
        self.raw.append(envelope.content)
        if mail["To"] == self.hang_up_on:
            self.hang_up_on = ""
            server.transport.abort()
        await server.loop.run_in_executor(None, self.after, mail["To"])
        return self.data_answer

    def readers(self):
        return Counter(mail["To"] for mail in self.mails)


@contextmanager
def smtp_server(handler, settings):
    """A real SMTP server on loopback to which the site's mail goes; `handler` is asked as aiosmtpd asks one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    try:
        yield handler
    finally:
        controller.stop()


@pytest.fixture(name="mailbox")
def mailbox_fixture(settings):
    with smtp_server(Mailbox(), settings) as handler:
        yield handler
