"""Mail through a real Postfix: a private one on loopback that pipes to deploy/receive-mail.sh."""

import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from submissions.mail.addresses import reply_address
from submissions.mail.models import ReceivedMail, TakenMail
from submissions.models import Message, Story
from tests.factories import make_guidelines, make_section

ROOT = Path(__file__).parent.parent
STORIES, COPYRIGHT, REPLIES = "stories@news.example", "copyright@news.example", "reply@news.example"
POSTFIX = shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not POSTFIX or os.getuid() != 0, reason="needs Postfix, which starts as root only"),
]
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.news.example
mydestination =
alias_maps =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_recipient_restrictions = reject_unauth_destination
recipient_delimiter = +
message_size_limit = 26214400
virtual_mailbox_domains = news.example
virtual_mailbox_maps = inline:{{stories@news.example=x,copyright@news.example=x,reply@news.example=x}}
virtual_transport = copydesk
copydesk_destination_recipient_limit = 1
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
flush unix n - n 1000? 0 flush
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
copydesk unix - n n - 4 pipe
  flags=DRX user=nobody argv={folder}/pipe ${{original_recipient}}
"""
# pipe(8) never runs anything as root, and this user may not be able to read our Python: a message is left in a folder,
# and the test runs the real command on it and gives its exit code back.
PIPE = """#!/bin/sh
name={folder}/in/$$
printf '%s' "$1" >"$name.to"
cat >"$name.new"
mv "$name.new" "$name.eml"
until [ -s "$name.code" ]; do [ -d {folder}/in ] || exit 75; sleep 0.05; done
exit "$(cat "$name.code")"
"""


def run_command(inbox, environment, stop):
    while not stop.wait(0.05):
        for path in inbox.glob("*.eml"):
            recipient = path.with_suffix(".to").read_text()
            with path.open("rb") as message:
                code = subprocess.call(
                    [ROOT / "deploy" / "receive-mail.sh", recipient],
                    stdin=message, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )  # fmt: skip
            path.unlink()
            path.with_suffix(".code").write_text(str(code))


@pytest.fixture
def environment(settings, tmp_path):
    settings.MAIL_STORIES, settings.MAIL_COPYRIGHT, settings.MAIL_REPLIES = STORIES, COPYRIGHT, REPLIES
    database = connection.settings_dict
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    )
    addresses = {"MAIL_STORIES": STORIES, "MAIL_COPYRIGHT": COPYRIGHT, "MAIL_REPLIES": REPLIES}
    return os.environ | addresses | {"DATABASE_URL": url, "COPYDESK_DATA": str(tmp_path)}


@pytest.fixture
def server(environment):
    """A Postfix of our own: its port, its log, and how it is told to try again at once."""
    folder = Path(tempfile.mkdtemp(prefix="copydesk-postfix."))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("etc", "queue", "data", "in"):
        (folder / name).mkdir()
    folder.chmod(0o755)
    (folder / "in").chmod(0o1777)
    shutil.chown(folder / "data", "postfix")
    (folder / "etc" / "main.cf").write_text(MAIN.format(folder=folder))
    (folder / "etc" / "master.cf").write_text(MASTER.format(folder=folder, port=port))
    (folder / "pipe").write_text(PIPE.format(folder=folder))
    (folder / "pipe").chmod(0o755)
    stop = threading.Event()
    thread = threading.Thread(target=run_command, args=(folder / "in", environment, stop))
    thread.start()
    control = [POSTFIX, "-c", str(folder / "etc")]
    subprocess.run([*control, "start"], check=True, capture_output=True, timeout=30)
    try:
        yield SimpleNamespace(
            port=port,
            log=(folder / "log").read_text,
            flush=lambda: subprocess.run([*control, "flush"], check=True, capture_output=True, timeout=30),
        )
    finally:
        subprocess.run([*control, "abort"], check=False, capture_output=True, timeout=30)
        stop.set()
        thread.join()
        print((folder / "log").read_text())  # shown where a test fails
        shutil.rmtree(folder, ignore_errors=True)


def send(server, to, text, sender="mara@example.org", message_id="<1@example.org>"):
    head = f"From: Mara <{sender or 'MAILER-DAEMON@mx.example.org'}>\nSubject: The ferry\nMessage-ID: {message_id}\n\n"
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as smtp:
        smtp.sendmail(sender, to, head + text)


def until(found, seconds=30):
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_mail_through_postfix(server):
    make_section()
    make_guidelines()
    send(server, [STORIES], "The last ferry waits.")
    until(Story.objects.exists)
    story = Story.objects.get()
    assert (story.email, story.body) == ("mara@example.org", "<p>The last ferry waits.</p>")
    raw = bytes(TakenMail.objects.get().raw)
    assert b"Return-Path: <mara@example.org>" in raw
    assert f"Delivered-To: {STORIES}".encode() in raw
    send(server, [STORIES], "The last ferry waits.")  # the same one, by another way
    send(server, [reply_address(story)], "One more thing.", message_id="<2@example.org>")
    send(server, [STORIES], "Undelivered.", sender="", message_id="<3@example.org>")
    until(lambda: Message.objects.exists() and ReceivedMail.objects.exists())
    assert Message.objects.get().text == "One more thing."
    assert ReceivedMail.objects.get().why == "automatic"
    assert Story.objects.count() == 1
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(server, ["nobody@news.example"], "x")


def test_postfix_keeps_what_cannot_be_taken_yet(server, environment):
    make_section()
    make_guidelines()
    data, environment["COPYDESK_DATA"] = environment["COPYDESK_DATA"], "/proc/no-such-folder"
    send(server, [STORIES], "The last ferry waits.")
    until(lambda: "status=deferred" in server.log())
    assert not TakenMail.objects.exists()
    environment["COPYDESK_DATA"] = data
    until(lambda: server.flush() and Story.objects.exists())
