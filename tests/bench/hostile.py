"""Ten thousand hostile, random and valid submissions to a server as in production, over loopback.

None may be answered by a 5xx; every valid story that was sent is stored, once, however often it was sent; and the
server's memory stays flat. What is sent follows from `--seed` alone.
"""

from __future__ import annotations

import http.client
import json
import queue
import random
import re
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.house import Findings, House, engine, new_house, parser
from tests.bench.traffic import fetch, serving

BOUNDARY = "----copydesk"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
SENDERS = 8
FLAT = 40  # MiB that the server may grow after the first tenth, which fills its caches
PLACES = (
    "/en/submit/",
    "/zh-hans/submit/",
    "/en/submit/check/",
    "/en/copyright/report/",
    "/en/newsletter/",
    "/en/receipt/",
)
NASTY = [
    "\0", "\ud800", "\udcff", "\u202e", "a" * 70_000, "字" * 200_000, "<img src=x onerror=alert(1)>" * 40, "'\";--",
    "%00", "{{ 7*7 }}", "1" * 5000, "-1", "<p>" * 3000, "[" * 3000, "../../etc/passwd", "\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
]  # fmt: skip
KINDS = [MULTIPART, "multipart/form-data", "application/json", "text/html;;;", "", "application/x-www-form-urlencoded",
         "application/x-www-form-urlencoded; charset=bogus", 'multipart/form-data; boundary="\x01"']  # fmt: skip
HEADERS = ("Accept-Language", "Referer", "X-Forwarded-For", "Cookie", "If-None-Match", "Range", "Origin", "User-Agent")


@dataclass(frozen=True)
class Request:
    """One request; `story` is the number of the valid story that it holds, if it does."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    story: int | None = None


def main() -> int:
    """Send, count, print."""
    options = parser(__doc__ or "")
    options.add_argument("--requests", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with new_house(chosen.database) as house:
        house.move_in()
        from tests.bench.load import sections

        section = sections()[0].slug
        requests = list(_requests(random.Random(chosen.seed), chosen.requests, section, house))
        findings = Findings(f"{len(requests)} submissions, hostile and valid, {engine(house)}")
        _send(findings, house, requests)
        house.move_out()
    return findings.show()


def _requests(chance: random.Random, number: int, section: str, house: House):
    """A fifth are valid stories, each third of them sent twice and at once; the rest is anything."""
    from submissions.models import Guidelines

    version = str(Guidelines.objects.in_force().number)
    made = 0
    while number > 0:
        if chance.random() < 0.15:
            body = urlencode(_story(chance, made, section, version)).encode()
            times = 2 if chance.random() < 1 / 3 else 1
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            yield from [Request("POST", "/en/submit/", body, form, made)] * times
            made, number = made + 1, number - times
        else:
            yield _hostile(chance, section, version)
            number -= 1


def _story(chance: random.Random, number: int, section: str, version: str) -> dict[str, str]:
    from cms.public_forms import PublicForm

    words = " ".join("".join(chance.choices("abcdefghijklmnoprstu", k=chance.randint(2, 9))) for _ in range(60))
    return {
        "headline": f"Bench story {number}", "body": words, "language": "en", "section": section, "anonymous": "on",
        "ai_use": "none", "guidelines": version, "form_key": PublicForm().initial["form_key"],
    }  # fmt: skip


def _hostile(chance: random.Random, section: str, version: str) -> Request:
    headers = {name: chance.randbytes(20).hex() for name in HEADERS if chance.random() < 0.1}
    draw = chance.random()
    if draw < 0.15:
        code = chance.choice(["receipt/{}/", "copyright/case/{}/", "newsletter/confirm/{}/", "guidelines/v{}/"])
        token = "".join(f"%{byte:02x}" for byte in chance.randbytes(chance.randint(1, 26)))
        return Request(chance.choice(["GET", "POST"]), "/en/" + code.format(token), b"withdraw=1", headers)
    body, kind = _body(chance, section, version)
    return Request("POST", chance.choice(PLACES), body, headers | {"Content-Type": kind})


def _body(chance: random.Random, section: str, version: str) -> tuple[bytes, str]:
    """Raw bytes; a multipart body that is cut; very many fields or files; or a form with something nasty in it."""
    draw = chance.random()
    if draw < 0.2:
        return chance.randbytes(chance.randint(0, 3000)), chance.choice(KINDS)
    if draw < 0.25:
        return urlencode({f"f{number}": "x" for number in range(500)}).encode(), "application/x-www-form-urlencoded"
    # The trap for robots comes first: no other field, nor a cut, makes a story of it by accident.
    fields = {"website": "a robot"} | _story(chance, 0, section, version) | {"urls": "x", "email": "x"}
    for name in chance.sample(sorted(set(fields) - {"website"}), 3):
        fields[name] = chance.choice(NASTY) if chance.random() < 0.7 else chance.randbytes(50).decode("latin-1")
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    if draw < 0.4:
        file = f'{head}"cover"; filename="a.jpg"\r\n\r\n{chance.randbytes(2000).decode("latin-1")}\r\n'
        parts += [file] * chance.choice([1, 40, 130])
    whole = "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode("utf-8", "surrogatepass")
    return whole[: chance.randint(0, len(whole))] if chance.random() < 0.2 else whole, MULTIPART


def _send(findings: Findings, house: House, requests: list[Request]) -> None:
    """Send them from several connections at once, and note what came of it."""
    most = ",".join(f"{kind}={10**9}" for kind in ("story", "report", "sign-up", "draft", "check"))
    others = ",".join(f"{kind}={10**9}" for kind in ("picture", "code", "ticket"))
    raised = {"LIMITS_PER_NETWORK": f"{most},{others}", "LIMITS_IN_ALL": f"{most},{others}", "FLOOD_FORMS": most}
    statuses: Counter[int] = Counter()
    receipts: dict[int, set[str]] = {}
    memory = []
    with serving("cms.wsgi:application", house.port, house.environment() | raised, processes=1):
        fetch(f"{house.site_url}/en/submit/")
        tenth = len(requests) // 10
        for begin in range(0, len(requests), max(tenth, 1)):
            _burst(house, requests[begin : begin + max(tenth, 1)], statuses, receipts)
            memory.append(_memory(house.port))
    _note(findings, requests, statuses, receipts, memory)


def _burst(house: House, requests: list[Request], statuses: Counter[int], receipts: dict[int, set[str]]) -> None:
    waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
    for request in requests:
        waiting.put(request)
    lock = threading.Lock()

    def work() -> None:
        while True:
            try:
                request = waiting.get_nowait()
            except queue.Empty:
                return
            status, place = _ask(house, request)
            with lock:
                statuses[status] += 1
                if request.story is not None and status == 302:
                    receipts.setdefault(request.story, set()).add(place)

    senders = [threading.Thread(target=work) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def _ask(house: House, request: Request) -> tuple[int, str]:
    """The status, 0 where the server cut the line, and where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    try:
        connection.request(request.method, request.path, request.body, request.headers)
        response = connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location", "")
    except (OSError, http.client.HTTPException, ValueError):
        return 0, ""
    finally:
        connection.close()


def _memory(port: int) -> float:
    """MiB that the server's processes have resident (Linux)."""
    listed = subprocess.run(["pgrep", "-f", f"granian.*--port={port}"], capture_output=True, text=True, check=True)
    family = set(listed.stdout.split())
    for pid in list(family):
        children = Path(f"/proc/{pid}/task/{pid}/children")
        family |= set(children.read_text().split()) if children.exists() else set()
    sizes = [Path(f"/proc/{pid}/status") for pid in family]
    return sum(int(re.search(r"VmRSS:\s+(\d+)", path.read_text())[1]) for path in sizes if path.exists()) / 1024


def _note(findings, requests, statuses, receipts, memory) -> None:
    from submissions.models import Story

    findings.add("statuses", json.dumps(dict(sorted(statuses.items()))))
    broken = sum(count for status, count in statuses.items() if status >= 500)
    findings.add("5xx", str(broken), "0", broken == 0)
    valid = Counter(request.story for request in requests if request.story is not None)
    twice = sum(count > 1 for count in valid.values())
    stored = Counter(Story.objects.values_list("headline", flat=True))
    lost = [number for number in valid if not stored[f"Bench story {number}"]]
    doubled = sum(stored.values()) - len(stored)
    findings.add("valid stories sent", f"{len(valid)}, {twice} of them twice")
    findings.add("stories stored", str(sum(stored.values())), f"{len(valid)}", sum(stored.values()) == len(valid))
    findings.add("lost / doubled", f"{len(lost)} / {doubled}", "0 / 0", not lost and not doubled)
    split = [number for number, places in receipts.items() if len(places) > 1]
    findings.add(
        "receipts",
        f"{len(receipts)}, {len(split)} stories with two",
        "one each",
        len(receipts) == len(valid) and not split,
    )
    grown = memory[-1] - memory[0]
    told = " / ".join(f"{memory[at]:.0f}" for at in (0, len(memory) // 2, -1)) + " MiB"
    findings.add("memory after 10 %, 50 %, all", told, f"+{FLAT} MiB at most", grown <= FLAT)


if __name__ == "__main__":
    sys.exit(main())
