"""`manage.py receive_mail`: one message on standard input, as a mail server's pipe hands it over."""

import logging
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from submissions.mail.parse import MAX_BYTES
from submissions.mail.spool import deliver, keep

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Takes a message; the exit code is one of sysexits.h, by which the mail server knows what to do."""

    help = (
        "Take one RFC 5322 message from standard input. Exit codes: 0 taken (also when it waits on the desk or was "
        "taken before), 75 try again later, 66 nothing came, 65 larger than 25 MB."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --recipient."""
        parser.add_argument(
            "--recipient",
            default="",
            metavar="ADDRESS",
            help="the address it was sent to; without it, that in X-Original-To or Delivered-To",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the message to the spool, then take it."""
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
        if not raw:
            sys.exit(os.EX_NOINPUT)
        if len(raw) > MAX_BYTES:  # never read to its end; the mail server tells the sender
            self.stderr.write("The message is larger than 25 MB.")
            sys.exit(os.EX_DATAERR)
        try:
            deliver(keep(raw, options["recipient"]))
        except (DatabaseError, OSError) as error:
            log.error("a message was not taken yet: %s", type(error).__name__)
            sys.exit(os.EX_TEMPFAIL)
