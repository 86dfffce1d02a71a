"""What the log's pages and the figures cost beside ten thousand and a million lines of the log.

Budget: no page takes longer with a million lines than with ten thousand. The lines are made in bulk and not chained.
"""

from __future__ import annotations

import random
import resource
import sys
import time
import uuid
from datetime import timedelta

from tests.bench.house import Findings, engine, new_house, parser
from tests.bench.lengths import compare

WAITING = 1000  # items that wait at any time, so that decisions come days after what they decide on
KINDS = {
    "submissions.story": [("decline", "declined"), ("accept", "accepted")],
    "copyright.copyrightreport": [("decline", "declined"), ("uphold", "upheld")],
}
PAGES = {
    "log, first page": "/admin/cms/decision/",
    "log, below the middle": "/admin/cms/decision/?before={middle}",
    "log, one kind and move": "/admin/cms/decision/?kind=submissions.story&move=decline",
    "log, by people": "/admin/cms/decision/?by=people",
    "log, a rule": "/admin/cms/decision/?rule=4.2",
    "log, a range of days": "/admin/cms/decision/?since=2026-02-01&until=2026-02-02",
    "figures, 30 days": "/admin/figures/?days=30",
    "figures, 365 days": "/admin/figures/?days=365",
    "figures, 365 days, one kind": "/admin/figures/?days=365&kind=submissions.story",
    "transparency": "/en/transparency/",
}


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument("--lines", type=int, nargs="+", default=[10_000, 1_000_000], metavar="N")
    options.add_argument("--plans", action="store_true", help="print how the database goes about each query")
    chosen = options.parse_args()
    with new_house(chosen.database) as house:
        house.move_in()
        findings = Findings(f"The log and the figures, {engine(house)}")
        before, few = 0, {}
        for number in chosen.lines:
            took = _fill(before, number)
            rate, peak = (number - before) / took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            findings.add(f"{number} lines counted", f"{rate:.0f}/s, with at most {peak:.0f} MiB")
            few = compare(
                house, findings, PAGES, f"{number} lines", number // 2, few, chosen.plans and number == chosen.lines[-1]
            )
            before = number
        house.move_out()
    return findings.show()


def _fill(before: int, number: int) -> float:
    """Write items that come and, in no order, are decided on; count them; return the seconds of the counting."""
    from django.utils import timezone

    from cms.figures.follow import follow
    from cms.models import Citation, Decision, User

    system = User.objects.system()
    editors = [
        User.objects.get_or_create(username=f"bench{who}", is_staff=True, is_superuser=True)[0]
        for who in ("", *range(1, 9))
    ]
    chance, begin = random.Random(7), timezone.now() - timedelta(days=360)
    step = timedelta(days=350) / max(number - before, 1)
    if before:  # numbers rise with the time: what follows comes in the last days
        begin, step = timezone.now() - timedelta(days=9), timedelta(days=9) / (number - before)
    waiting: list[tuple[str, uuid.UUID]] = []
    some, cited = [], []
    for place in range(before + 1, number + 1):
        line = {"number": place, "created": begin + step * (place - before), "version": 1, "hash": f"{place:064d}"}
        if len(waiting) > WAITING and place % 2 == 0:
            spot = chance.randrange(len(waiting))
            waiting[spot], waiting[-1] = waiting[-1], waiting[spot]
            kind, item = waiting.pop()
            move, target = KINDS[kind][chance.random() < 0.3]
            line |= {"move": move, "source": "received", "target": target, "actor": chance.choice(editors)}
            line |= {"rules": ["4.2"], "details": {}}
        else:
            kind, item = chance.choice(list(KINDS)), uuid.UUID(int=chance.getrandbits(128))
            waiting.append((kind, item))
            line |= {"move": "receive", "source": "", "target": "received", "actor": system}
            line |= {"rules": [], "details": {"language": chance.choice(["en", "zh-hans"])}}
        some.append(Decision(kind=kind, item=item, reason="", previous="", actor_name=line["actor"].byline(), **line))
        cited += [Citation(rule=rule, decision=some[-1]) for rule in some[-1].rules]
        if len(some) == 5000 or place == number:
            Decision.objects.bulk_create(some, batch_size=1000)
            Citation.objects.bulk_create(cited, batch_size=1000)
            some, cited = [], []
    begun = time.perf_counter()
    while follow():
        pass
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
