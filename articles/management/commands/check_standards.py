"""`manage.py check_standards`: does a running site keep the publishing rules?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.standards import listings, pages
from articles.standards.site import Fault, Site, Unreadable

ELSEWHERE = "this sitemap is another site's: does SITE_URL say where the site runs?"


class Command(BaseCommand):
    """Opens the site as search engines, feed readers and browsers do, and names each rule that is broken."""

    help = (
        "Check a running site: robots.txt, sitemaps, news sitemap, feeds, and of some articles their addresses, "
        "language versions, structured data, pictures' declared origin, caching and policy. "
        "Exits with 1 if a rule is broken, with 2 if the site cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The site, and how many of its articles."""
        parser.add_argument("site", nargs="?", default=settings.SITE_URL, help="where it runs (SITE_URL)")
        parser.add_argument("--articles", type=int, default=20, help="how many articles to open (20)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, name the faults, and sum up."""
        site = Site(options["site"])
        self.faults = 0
        try:
            self._check("robots.txt", listings.robots(site))
            opened = self._articles(site, options["articles"])
        except Unreadable as error:
            raise CommandError(f"{site.base} cannot be read: {error}", returncode=2) from error
        self.stdout.write(f"{site.asked} addresses asked, {opened} articles among them: {self.faults} faults.")
        if self.faults:
            raise SystemExit(1)

    def _articles(self, site: Site, most: int) -> int:
        """Check the sitemaps, then the pages that they lead to; return how many articles."""
        self._check("news sitemap", listings.news_sitemap(site))
        found: list[str] = []
        for part in listings.parts(site):
            urls, faults = listings.sitemap_part(site, part) if site.holds(part) else ([], [Fault(part, ELSEWHERE)])
            self._check(part, faults)
            found += [url for url in urls if "/news/" in url]
        for code, _name in settings.LANGUAGES:
            self._check(f"home page ({code})", pages.home(site, f"{site.base}/{code}/"))
            for kind in ("rss", "atom", "json"):
                self._check(f"feed.{kind} ({code})", listings.feed(site, f"{site.base}/{code}/feed.{kind}"))
        chosen = found[-most:] if most else []
        for url in chosen:
            self._check(url, pages.article(site, url))
        return len(chosen)

    def _check(self, what: str, faults: Iterable[Fault]) -> None:
        """Print what was looked at, and the faults as they are found."""
        found = list(self._read(what, iter(faults)))
        self.stdout.write(f"{'ok  ' if not found else 'FAIL'} {what}")
        for fault in found:
            self.stdout.write(f"  {fault}")
        self.faults += len(found)

    def _read(self, what: str, faults: Iterator[Fault]) -> Iterator[Fault]:
        """The faults; an address that cannot be read is one, unless the site itself is silent."""
        try:
            yield from faults
        except Unreadable as error:
            if str(error).startswith("no answer"):
                raise
            yield Fault(what, str(error))
