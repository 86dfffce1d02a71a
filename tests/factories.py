"""Small makers of test data: each gives something valid, and takes what the test is about."""

from __future__ import annotations

import itertools
from datetime import timedelta
from importlib import import_module
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image

from articles.models import Article, CorrectionRequest, Picture, Section, Tag
from cms import codes
from cms.models import Letter, User
from cms.roles import grant
from newsletter.models import Issue, IssueArticle, Subscriber
from submissions.copyright.counter_forms import STATEMENTS
from submissions.copyright.models import CopyrightReport, CounterLink, CounterNotice
from submissions.mail.models import ReceivedMail
from submissions.models import Guidelines, Story

_count = itertools.count(1)
PASSWORD = "correct horse battery staple"


def make_editor(*permissions: str, **fields: Any) -> User:
    """A member of staff; a superuser unless permissions such as "decide_story" are named."""
    name = fields.pop("username", f"editor{next(_count)}")
    made = User.objects.create_user(name, password=PASSWORD, is_staff=True, is_superuser=not permissions, **fields)
    made.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return made


def make_member(role: str, **fields: Any) -> User:
    """A member of staff with one role, by its group's name."""
    if not Group.objects.filter(name=role, permissions__isnull=False).exists():  # the tables were emptied
        grant()
    name = fields.pop("username", f"{role}{next(_count)}")
    made = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    made.groups.set(Group.objects.filter(name=role))
    return made


def make_section(slug: str = "business") -> Section:
    """The section of this slug, made when first asked for."""
    names = {"business": "商业", "technology": "科技", "markets": "市场"}
    defaults = {"name_en": slug.capitalize(), "name_zh_hans": names.get(slug, slug)}
    return Section.objects.get_or_create(slug=slug, defaults=defaults)[0]


def make_guidelines() -> Guidelines:
    """The first version, also in tests whose tables were emptied."""
    import_module("submissions.migrations.0002_first_guidelines").write(apps, None)
    import_module("submissions.migrations.0008_guidelines_drafts").fill(apps, None)
    return Guidelines.objects.in_force()


def forget_guidelines() -> None:
    """A newsroom that has none yet; the database's refusal to delete comes back with the end of the test."""
    editor = SimpleNamespace(connection=connection)
    import_module("submissions.migrations.0008_guidelines_drafts").unguard(apps, editor)
    Guidelines.objects.update(status=Guidelines.Status.DRAFT)
    Guidelines.objects.all().delete()


def picture_bytes(
    size: tuple[int, int] = (1200, 800), kind: str = "JPEG", colour: str = "#b8402a", **options: Any
) -> bytes:
    """The bytes of a plain picture."""
    target = BytesIO()
    Image.new("RGB", size, colour).save(target, kind, **options)
    return target.getvalue()


def upload(name: str = "photo.jpg", **options: Any) -> SimpleUploadedFile:
    """A picture as a browser sends it."""
    return SimpleUploadedFile(name, picture_bytes(**options), "image/jpeg")


def make_picture(source_type: str = "digitalCapture") -> Picture:
    """A small picture that was taken in."""
    return Picture.objects.take_in(BytesIO(picture_bytes((640, 360))), source_type=source_type)


def make_story(**fields: Any) -> Story:
    """A story that has just come in."""
    version = make_guidelines()
    seed = codes.new_seed()
    values: dict[str, Any] = {
        "headline": "The ferry that waits for the last shift",
        "dek": "A crossing changed its timetable after one letter.",
        "body": "<p>The last ferry used to leave at ten.</p><h2>One letter</h2><p>Now it waits.</p>",
        "language": "en",
        "section": make_section(),
        "sources": ["https://example.org/timetable"],
        "byline": "Mara Lindqvist",
        "email": "reader@example.org",
        "guidelines": version,
        "guidelines_language": "en",
        "guidelines_sha256": version.sha256("en"),
        "seed": seed,
        "code_hash": codes.hash_of(codes.code_of(seed, use="receipt")),
    }
    return Story(**values | fields).receive(by=User.objects.system())


def make_article(*, published: bool = True, tags: tuple[str, ...] = (), **fields: Any) -> Article:
    """An article, published a minute ago unless told otherwise."""
    number = next(_count)
    values: dict[str, Any] = {
        "headline": f"Night buses, line {number}",
        "dek": "What runs after midnight.",
        "body": "<p>Three lines run all night.</p>",
        "byline": "Mara Lindqvist",
        "language": "en",
        "slug": f"night-buses-{number}",
        "status": Article.Status.PUBLISHED if published else Article.Status.DRAFT,
        "published_at": timezone.now() - timedelta(minutes=1) if published else None,
    }
    values |= fields
    values.setdefault("section", None)
    values["section"] = values["section"] or make_section()
    article = Article(**values)
    if article.editor_name:
        article.tidy()
        article.signed_sha256 = article.content_hash()
    article.enter(by=User.objects.system(), move="import")
    article.tags.set(Tag.objects.named(tags))
    return article


def make_report(*articles: Article, **fields: Any) -> CopyrightReport:
    """A copyright report on the given articles, or on a new one."""
    targets = list(articles) or [make_article()]
    seed = codes.new_seed()
    values: dict[str, Any] = {
        "basis": "dsa",
        "name": "Ilse Brandt",
        "email": "ilse@example.net",
        "work": "Photographs of the night buses",
        "urls": [article.permalink() for article in targets],
        "explanation": "The second paragraph is mine.",
        "signature": "Ilse Brandt",
        "language": "en",
        "seed": seed,
        "code_hash": codes.hash_of(codes.code_of(seed, use="case")),
    }
    return CopyrightReport(**values | fields).receive(by=User.objects.system(), articles=targets)


def make_withheld_story(*, report: dict[str, Any] | None = None, **fields: Any) -> Story:
    """A story whose article was withheld on a report under the DMCA."""
    story = make_story(**fields)
    editor = make_editor()
    article = story.accept(by=editor)
    article.cover_alt = "Drawn by code"
    article.save(update_fields=["cover_alt"])
    article.publish(by=editor)
    made = make_report(article, **{"basis": "dmca", "address": "1 Mill Lane", "phone": "1"} | (report or {}))
    made.uphold(by=editor, reason="It is theirs.")
    return Story.objects.get(pk=story.pk)


def make_counter_notice(**fields: Any) -> CounterNotice:
    """A counter-notice that has just come, against a report of its own or by the given `link`."""
    link = fields.pop("link", None) or CounterLink.objects.get(story=make_withheld_story())
    values: dict[str, Any] = {
        "material": "The whole article.",
        "explanation": "The photographs are mine.",
        "name": "Mara Lindqvist",
        "address": "7 Ferry Row\nPortland, OR 97201",
        "phone": "+1 503 555 0147",
        "signature": "Mara Lindqvist",
        "language": "en",
        "statements": [str(words) for words in STATEMENTS.values()],
        "statements_sha256": "0" * 64,
        "seed": codes.new_seed(),
        "created": timezone.now(),
        "waiting_since": timezone.now(),
    }
    made = CounterNotice(link=link, article=link.story.article, **values | fields)
    return made.receive(by=User.objects.system())


def make_correction_request(article: Article | None = None, **fields: Any) -> CorrectionRequest:
    """What a reader says is wrong in the given article, or in a new one."""
    values: dict[str, Any] = {
        "article": article or make_article(),
        "wrong": "Three lines run all night.",
        "right": "Four lines do, since March.",
        "email": "reader@example.org",
        "seed": codes.new_seed(),
    }
    return CorrectionRequest(**values | fields).receive(by=User.objects.system())


def make_mail(**fields: Any) -> ReceivedMail:
    """A mail that waits on the desk."""
    values = {"subject": "A letter", "sender": "ines@example.org", "why": "nowhere", "language": "en"}
    return ReceivedMail(**values | {"status": "waiting"} | fields).enter(by=User.objects.system(), move="receive")


def make_translation(article: Article, **fields: Any) -> Article:
    """The Chinese version of an article."""
    values: dict[str, Any] = {"headline": "夜班车", "body": "<p>三条线路整夜运行。</p>", "language": "zh-hans"}
    return make_article(**values | {"series": article.series} | fields)


def submission(**fields: Any) -> dict[str, Any]:
    """What the submission form posts, by the field names of its public contract."""
    make_section()
    values = {
        "headline": "The ferry that waits for the last shift",
        "dek": "A crossing changed its timetable after one letter.",
        "body": "The last ferry used to leave at ten.\n\n## One letter\n\nNow it waits.",
        "language": "en",
        "section": "business",
        "sources": "https://example.org/timetable",
        "byline": "Mara Lindqvist",
        "email": "reader@example.org",
        "guidelines": str(make_guidelines().number),
    }
    return {name: value for name, value in (values | fields).items() if value is not None}


def make_subscriber(email: str = "", language: str = "en") -> Subscriber:
    """A reader who has confirmed."""
    page = f"/{language}/newsletter/"
    made = Subscriber.objects.sign_up(email or f"reader{next(_count)}@example.org", language=language, page=page)
    made.confirm(page=page)
    Letter.objects.all().delete()  # those of the way in are no test's concern
    return made


def make_issue(*articles: Article, by: User | None = None, **fields: Any) -> Issue:
    """The draft of an issue with the given articles, or with a new one."""
    values: dict[str, Any] = {"headline": "What May brought", "intro": "<p>Good morning.</p>", "language": "en"}
    issue = Issue(**values | fields, status=Issue.Status.DRAFT).enter(by=by or User.objects.system(), move="draft")
    for position, article in enumerate(articles or [make_article(language=issue.language)], 1):
        IssueArticle.objects.create(issue=issue, article=article, position=position)
    return issue


def approved_issue(*articles: Article, **fields: Any) -> Issue:
    """An issue that is to be sent."""
    issue, system = make_issue(*articles, **fields), User.objects.system()
    issue.submit(by=system)
    issue.approve(by=system)
    return issue
