"""How fast the sender hands an issue over, beside a bare smtplib loop over one connection to the same server.

Budget: at least the rate of the bare loop, ledger on; the worker at most 60 MiB, flat up to a million subscribers. The
server is Postfix's smtp-sink where it is installed, which takes mail and forgets it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.house import Findings, House, engine, new_house, parser

SINK = shutil.which("smtp-sink", path=f"{os.environ['PATH']}:/usr/sbin")
CHUNK = 20_000
# By its own account: what wait4() says of a child counts the memory of who started it, too.
MEMORY = "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--readers", type=int, default=20_000)
    options.add_argument("--more", type=int, default=0, help="then as many readers more, for the memory alone")
    options.add_argument("--lots", type=int, nargs="+", default=[1, 20, 50])
    chosen = options.parse_args()
    if not SINK:
        sys.exit("smtp-sink is not installed: it comes with Postfix")
    with new_house(chosen.database) as house, _sink() as port:
        house.move_in()
        _subscribe(chosen.readers)
        findings = Findings(f"An issue to {chosen.readers:,} readers, {engine(house)}")
        bare = _bare(findings, port, chosen.readers)
        best = 0.0
        for lot in chosen.lots:
            best = max(best, _sent(findings, house, port, lot, chosen.readers))
        bare = (bare + _bare(findings, port, chosen.readers)) / 2  # the machine may have been busier meanwhile
        findings.add("the best of these against the bare loop", f"{best / bare:.2f}", ">= 1", best >= bare)
        if chosen.more:
            _subscribe(chosen.more, already=chosen.readers)
            _sent(findings, house, port, max(chosen.lots), chosen.readers + chosen.more)
        house.move_out()
    return findings.show()


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    """A server that takes everything; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen([str(SINK), *user, f"127.0.0.1:{port}", "1000"], stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def _subscribe(number: int, already: int = 0) -> None:
    from newsletter.models import Subscriber

    for start in range(already, already + number, CHUNK):
        Subscriber.objects.bulk_create(
            [
                Subscriber(email=address, folded=address, language="en", status="confirmed")
                for place in range(start, min(start + CHUNK, already + number))
                for address in [f"reader{place}@example.org"]
            ],
            batch_size=1000,
        )


def _issue():
    """A draft of 12 KB of text and eight articles: some 40 KB as a mail."""
    from cms.models import User
    from newsletter.models import Issue, IssueArticle
    from tests.factories import make_article

    words = "The last ferry used to leave at ten; now it waits for the shift, and the pilot reads the timetable. "
    intro = "".join(f"<p>{words * 4}</p>" for _paragraph in range(28))
    issue = Issue(headline="What May brought", intro=intro, language="en", status="draft")
    issue.enter(by=User.objects.system(), move="draft")
    for position in range(8):
        IssueArticle.objects.create(issue=issue, article=make_article(dek=words), position=position)
    return issue


def _bare(findings: Findings, port: int, readers: int) -> float:
    """Messages a second of smtplib alone, the bytes made beforehand."""
    from newsletter.issues.mime import Edition

    issue = _issue()
    edition = Edition(issue, issue.readable_articles())
    octets = edition.wire("reader@example.org", "t" * 76, 1).removesuffix(b".\r\n")
    begun, used = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for place in range(readers):
            smtp.sendmail(edition.sender, [f"reader{place}@example.org"], octets)
    rate = readers / (time.perf_counter() - begun)
    findings.add("a copy", f"{len(octets) / 1000:.1f} KB, its HTML {len(edition.html) / 1000:.1f} KB")
    used = readers / (time.process_time() - used)
    findings.add("bare smtplib loop", f"{rate:,.0f} a second, {used:,.0f} a second of processor time")
    return rate


def _sent(findings: Findings, house: House, port: int, lot: int, readers: int) -> float:
    """Messages a second of a worker of its own that sends an issue; what it writes down beforehand is told apart."""
    from cms.models import User
    from newsletter.models import Delivery, Issue

    issue, system = _issue(), User.objects.system()
    issue.submit(by=system)
    issue.approve(by=system)
    begun = time.perf_counter()
    issue.begin(by=system)
    findings.add(f"{readers:,} recipients written down", f"{time.perf_counter() - begun:.2f} s")
    start = "import django; django.setup(); from newsletter.issues.sender import send_due"
    sending = _Sending(house, port, lot)
    idle = sending.run("-c", f"{start}\n{MEMORY}")
    run = sending.run("-c", f"{start}\nwhile send_due(): pass\n{MEMORY}")
    assert Issue.objects.get(pk=issue.pk).status == "sent"
    assert Delivery.objects.filter(issue=issue, state="sent").count() == readers
    times = Delivery.objects.filter(issue=issue).order_by("sent_at").values_list("sent_at", flat=True)
    first, last = times.first(), times.last()
    rate = readers / (last - first).total_seconds()
    used = readers / (run.processor - idle.processor)
    findings.add(f"our sender, lots of {lot}", f"{rate:,.0f} a second, {used:,.0f} a second of processor time")
    peak, before = (int(found.output) / 1024 for found in (run, idle))
    findings.add("its memory", f"{peak:.0f} MiB, {before:.0f} before it sends", "<= 60 MiB", peak <= 60)
    return rate


class _Sending(House):
    """The house with a mail server."""

    def __init__(self, house: House, port: int, lot: int) -> None:
        super().__init__(house.folder, house.database_url, house.port)
        object.__setattr__(self, "mail", {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "NEWSLETTER_LOT": str(lot)})

    def environment(self) -> dict[str, str]:
        """Its environment, with the mail server named."""
        return super().environment() | self.mail  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
