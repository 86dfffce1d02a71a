"""An article's rate beside that of a bare view with the same bytes, in turns: a machine that is busy with other work
slows both down, and the ratio of each round says what the site costs."""

from __future__ import annotations

import contextlib
import itertools
import socket
import statistics
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator

from tests.bench.house import Findings, House
from tests.bench.traffic import Rate, fetch, hammer_each, serving

ROUNDS, SECONDS = 7, 1
HOT = 300  # articles that are read again and again
MOVES = 10  # a second, while it is measured what is made again after a move
BARE_THREADS = 2  # of each process: with more it is slower, and it needs none for slow senders
BUDGETS = {"kept": 0.7, "made, each asked for once": 0.12}


def tell(findings: Findings, house: House, chosen: Namespace, article: str, each: list[str]) -> None:
    """Note the rates of `article` when it is kept, and of `each` when they are made, beside the two bare views.

    The site is being served; `each` is enough for all rounds.
    """
    (house.folder / "page.html").write_bytes(fetch(house.site_url + article)[1])
    urls = iter(each)
    sets: dict[str, Callable[[], list[str]]] = {
        "kept": lambda: [article],
        "made, each asked for once": lambda: list(itertools.islice(urls, len(each) // (ROUNDS + 1))),
        "made again after a move": lambda: each[:HOT],
    }
    with _bare(house, chosen, {}) as plain, _bare(house, chosen, {"BENCH_MIDDLEWARE": "1"}) as usual:
        rounds = [_round(house, chosen, plain, usual, sets) for _round_ in range(ROUNDS)]
    for name in rounds[0]:
        rates = sorted((one[name] for one in rounds), key=lambda rate: rate.second)
        told, met = str(rates[ROUNDS // 2]), True
        if name in sets:
            ratios = [[one[name].second / one[view].second for one in rounds] for view in ("bare", "usual")]
            middle, beside = (statistics.median(found) for found in ratios)
            span = f"{min(ratios[0]):.3f} to {max(ratios[0]):.3f}"
            told += f": {middle:.3f} of the bare view ({span}), {beside:.3f} of the usual"
            met = middle >= BUDGETS.get(name, 0)
        budget = f">= {BUDGETS[name]}" if name in BUDGETS else ""
        findings.add(f"article, {name}" if name in sets else f"{name} view, the article's bytes", told, budget, met)


def _round(
    house: House, chosen: Namespace, plain: str, usual: str, sets: dict[str, Callable[[], list[str]]]
) -> dict[str, Rate]:
    rates = {name: hammer_each([url], chosen.connections, SECONDS) for name, url in (("bare", plain), ("usual", usual))}
    for name, paths in sets.items():
        with _moves() if "move" in name else contextlib.nullcontext():
            urls = [house.site_url + path for path in paths()]
            rates[name] = hammer_each(urls, chosen.connections, SECONDS)
    return rates


@contextlib.contextmanager
def _bare(house: House, chosen: Namespace, more: dict[str, str]) -> Iterator[str]:
    """Serve the bare view, with what startproject puts around it where `more` says so; yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = house.environment() | {"BENCH_PAGE": str(house.folder / "page.html")} | more
    environment.pop("DJANGO_SETTINGS_MODULE")
    with serving("tests.bench.bare:application", port, environment, processes=chosen.processes, threads=BARE_THREADS):
        yield f"http://127.0.0.1:{port}/"


@contextlib.contextmanager
def _moves() -> Iterator[None]:
    """Let it be as if somebody made a move on something else, several times a second."""
    from cms.page_cache import site_changed

    over = threading.Event()

    def move() -> None:
        while not over.wait(1 / MOVES):
            site_changed()

    mover = threading.Thread(target=move)
    mover.start()
    try:
        yield
    finally:
        over.set()
        mover.join()
