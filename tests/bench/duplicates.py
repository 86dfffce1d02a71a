"""Near-duplicates: what is found and what is not, and how long it takes among a million fingerprints.

Two sets of pairs: the one on which the numbers were chosen (`pairs.py`), and one that was held out (`held_out.py`).
Budgets, for each: recall and precision of at least 0.95 for edits of up to 30 %; a text is
looked up among 1,000,000 within 50 ms.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from articles import fingerprints
from tests.bench.held_out import held_out
from tests.bench.house import Findings, engine, new_house, parser
from tests.bench.pairs import LANGUAGES, MUST_MATCH, MUST_NOT, Pair, edited, made_up, pairs, samples

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOKUPS = 400
HOT = 200  # phrases that many texts have, the commonest in a tenth of them


def main() -> int:
    """Measure and print."""
    options = parser(__doc__ or "")
    options.add_argument(
        "--articles", type=int, default=100_000, metavar="N", help="fingerprints to search among; 0: none"
    )
    options.add_argument("--pairs", type=int, default=40, metavar="N", help="pairs of each class and language")
    options.add_argument("--choices", action="store_true", help="compare shingle lengths and numbers of keys instead")
    chosen = options.parse_args()
    every, other = list(pairs(chosen.pairs)), list(held_out(chosen.pairs))
    findings = Findings(f"Near-duplicates, {len(every)} pairs and {len(other)} held out")
    if chosen.choices:
        _compare(findings, every)
        return findings.show()
    _classes(findings, every, "")
    _classes(findings, other, "held out: ")
    if not chosen.articles:
        return findings.show()
    with new_house(chosen.database) as house:
        house.move_in()
        findings.title += f", {engine(house)}"
        _lookups(findings, chosen.articles)
        house.move_out()
    return findings.show()


def is_found(one: bytes, other: bytes) -> bool:
    """Whether the database would find one sketch by the other."""
    mine, theirs = fingerprints.keys(one), fingerprints.keys(other)
    shared = len(set(mine) & set(theirs))
    return shared >= fingerprints.SHARED and fingerprints.resemblance(one, other) >= fingerprints.LIKE


def _found(every: Iterable[Pair]) -> dict[tuple[str, str], list[bool]]:
    """Whether each pair is found, by class and language."""
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for pair in every:
        one, other = (fingerprints.sketch(text, pair.language) for text in (pair.one, pair.other))
        found[pair.name, pair.language].append(is_found(one, other))
    return found


def _rates(found: dict[tuple[str, str], list[bool]]) -> tuple[float, float]:
    """Recall and precision over what must match and what must not."""
    hits = [hit for (name, _), row in found.items() if name in MUST_MATCH for hit in row]
    wrong = [hit for (name, _), row in found.items() if name in MUST_NOT for hit in row]
    return sum(hits) / len(hits), sum(hits) / (sum(hits) + sum(wrong))


def _classes(findings: Findings, every: list[Pair], which: str) -> None:
    """Recall, or the share wrongly found, of each class; precision of all."""
    found = _found(every)
    wrong = sum(hit for (name, _), row in found.items() if name in MUST_NOT for hit in row)
    for (name, language), row in found.items():
        share, hits = sum(row) / len(row), sum(row)
        what = f"{which}{name}, {language}, {len(row)} pairs"
        if name in MUST_NOT:
            findings.add(what, f"{hits} wrongly found", "<= 5 %", share <= 0.05)
        else:
            told = f"recall {share:.3f}, precision {hits / max(1, hits + wrong):.3f}"
            findings.add(what, told, ">= 0.95" if name in MUST_MATCH else "", share >= 0.95 and wrong <= hits * 0.05)
    recall, precision = _rates(found)
    told = f"recall {recall:.4f}, precision {precision:.4f}"
    findings.add(f"{which}all that must match", told, ">= 0.95", recall >= 0.95 and precision >= 0.95)


def _compare(findings: Findings, every: list[Pair]) -> None:
    """What other shingle lengths and numbers of keys would do, of the hardest classes."""
    hard = [pair for pair in every if pair.name in {"edited 30 %", "edited 50 %", *MUST_NOT}]
    for words, characters in ((2, 3), (3, 4), (4, 5)):
        fingerprints.SHINGLE_OF_WORDS, fingerprints.SHINGLE["zh-hans"] = words, characters
        sketches = [tuple(fingerprints.sketch(text, pair.language) for text in pair[2:]) for pair in hard]
        for fingerprints.KEYS in (16, 24, 32, 48):
            found: dict[str, list[bool]] = defaultdict(list)
            for pair, sketched in zip(hard, sketches, strict=True):
                found[pair.name].append(is_found(*sketched))
            told = ", ".join(f"{name} {sum(row) / len(row):.3f}" for name, row in found.items())
            findings.add(f"{words} words, {characters} characters, {fingerprints.KEYS} keys", told)


def _lookups(findings: Findings, count: int) -> None:
    """How long `similar_to` takes for texts whose twin is there and whose commonest phrases are everywhere."""
    from tests.bench import load_fingerprints

    dice = random.Random(7)
    texts = [(language, made_up(language, number, dice)) for number in range(LOOKUPS // 4) for language in LANGUAGES]
    texts += [(language, text) for language in LANGUAGES for text in samples(language)]
    begun = time.perf_counter()
    load_fingerprints.fill(count, texts, hot=HOT)
    findings.add(f"{count:,} fingerprints written", f"{time.perf_counter() - begun:.0f} s")
    findings.add("on the disk", load_fingerprints.size())
    for text in texts[:20]:
        load_fingerprints.look_up(
            text[1], text[0]
        )  # a server that has run for a while has the index' upper pages at hand
    times, again, missed = [], [], 0
    for number in range(LOOKUPS):
        language, text = texts[number % len(texts)]
        asked = edited(text, language, 0.2, dice)
        runs = []
        for _ in range(3):
            begun = time.perf_counter()
            matches = load_fingerprints.look_up(asked, language)
            runs.append((time.perf_counter() - begun) * 1000)
        times.append(runs[0])
        again.append(min(runs))
        missed += not matches
    _percentiles(findings, f"lookup of a text edited by 20 %, {LOOKUPS} times", times)
    _percentiles(findings, "the fastest of three each, where other work disturbs", again)
    findings.add("of these not found", f"{missed}", "<= 5 %", missed <= LOOKUPS * 0.05)


def _percentiles(findings: Findings, what: str, times: list[float]) -> None:
    middle, worst = statistics.median(times), statistics.quantiles(times, n=100)[98]
    findings.add(what, f"p50 {middle:.1f} ms, p99 {worst:.1f} ms", "<= 50 ms", worst <= 50)


if __name__ == "__main__":
    sys.exit(main())
