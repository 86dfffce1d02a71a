"""Keeping the index right: as with the fingerprints, the log of decisions says what changed.

The worker writes an entry some seconds after its article was published or edited. Nothing waits for it: what may be
read is asked of the articles at each search, so that what was withheld or killed is gone at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import IntegrityError, transaction

from articles.fingerprinting import changed
from articles.models import Article, SearchEntry, SearchTypo, SearchWord
from articles.search import spelling, tokens
from articles.search.engine import Document, engine
from cms.models import Bookmark
from cms.page_cache import site_changed
from cms.text import plain_text

LOG_READER, WALK = "articles.search", "articles.reindex"
BATCH = 200  # articles written in one transaction
ATTEMPTS = 5  # to write a batch whose articles are edited meanwhile
_COLUMNS = ("uid", "version", "status", "language", "section", "published_at", "headline", "dek", "body")


def facet(name: str, value: object) -> int:
    """The number of a facet: of a language by its code, of a section by its id."""
    return tokens.number_of_key(f"{name}:{value}", tokens.FACET)


def document(article: Article, published_at: datetime) -> Document:
    """What the index has of an article."""
    texts = (tokens.fold(article.headline), tokens.fold(article.dek), tokens.fold(plain_text(article.body)))
    facets = f"language:{article.language} section:{article.section_id}"
    number = tokens.number_of(published_at, article.pk)
    return Document(number, article.pk, facets, texts, tokens.numbers_of(texts, facets.split()))


def follow_log() -> int:
    """Write the entries of the next articles that changed; return the lines of the log that were read."""
    mark, _ = Bookmark.objects.get_or_create(reader=LOG_READER)
    number, items = changed(Article.kind(), mark.number)
    if number == mark.number:
        return 0
    articles = list(Article.objects.filter(uid__in=items).only(*_COLUMNS))
    documents = _documents(articles)
    changes = 0
    with transaction.atomic():
        if Bookmark.objects.filter(reader=LOG_READER, number=mark.number).update(number=number):
            changes = write(documents, {article.pk for article in articles})
    if changes:
        site_changed()
    return number - mark.number


def _documents(articles: Collection[Article]) -> list[Document]:
    public = (article for article in articles if article.status == Article.Status.PUBLISHED)
    return [document(article, article.published_at) for article in public if article.published_at]


def write(documents: Collection[Document], articles: Collection[int], known: set[str] | None = None) -> int:
    """Make these documents the entries of these articles, of which those without one have none; return the changes.

    An article whose text changed has its related articles chosen anew. Needs a transaction. `known`: see `learn`.
    """
    rows = SearchEntry.objects.filter(article__in=articles)
    have = {row[1]: row for row in rows.values_list("number", "article", "facets", "head", "dek", "body")}
    fresh = [row for row in documents if have.get(row.article) != (*row[:3], *row.texts)]
    gone = set(have) - {row.article for row in documents}
    SearchEntry.objects.filter(article__in=[*gone, *(row.article for row in fresh)]).delete()
    # Two articles share a number only where their ids differ by 2 ** 24 and their day does not: the later one has it.
    SearchEntry.objects.filter(number__in=[row.number for row in fresh]).delete()
    engine().insert(fresh)
    spelling.learn(fresh, set() if known is None else known)
    edited = [row.article for row in fresh if row.article in have and have[row.article][3:] != row.texts]
    Article.objects.filter(pk__in=edited).update(related_at=None)
    _ask_anew_without(gone)
    return len(fresh) + len(gone)


def _ask_anew_without(gone: Collection[int]) -> None:
    """What was related to an article that is gone is likely to have it among its own related ones: choose again."""
    related = Article.objects.filter(pk__in=gone).values_list("related", flat=True)
    kin = {pk for keys in related for pk in keys}
    Article.objects.filter(pk__in=kin, status=Article.Status.PUBLISHED).update(related_at=None)


def forget_all() -> None:
    """Empty the index, its words, and how far anybody was with it."""
    with transaction.atomic():
        engine().empty()
        SearchWord.objects.all().delete()
        SearchTypo.objects.all().delete()
        Bookmark.objects.filter(reader=WALK).delete()


def reindex() -> Iterator[tuple[int, int]]:
    """Write the entries of all articles, from where an earlier run was stopped; yield (last id, changes) a batch.

    While the database takes one batch, the next one's texts are cut.
    """
    mark, _ = Bookmark.objects.get_or_create(reader=WALK)
    known: set[str] = set()
    with ThreadPoolExecutor(1) as cutter:
        articles = _after(mark.number)
        cut = cutter.submit(_documents, articles)
        while articles:
            following = _after(articles[-1].pk)
            ahead = cutter.submit(_documents, following)
            yield articles[-1].pk, _write_again(cut.result(), articles, known)
            articles, cut = following, ahead
    Bookmark.objects.filter(reader=WALK).delete()


def _after(last: int) -> list[Article]:
    return list(Article.objects.filter(pk__gt=last).order_by("pk").only(*_COLUMNS)[:BATCH])


def _write_again(documents: list[Document], articles: list[Article], known: set[str]) -> int:
    """Write a batch; once more where an article was edited, or the worker wrote the same entry, meanwhile."""
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                Bookmark.objects.filter(reader=WALK).update(number=articles[-1].pk)
                changes = write(documents, {article.pk for article in articles}, known)
                _be_sure(articles)
                return changes
        except IntegrityError:
            mine = Article.objects.filter(pk__in=[article.pk for article in articles])
            articles = list(mine.order_by("pk").only(*_COLUMNS)) or articles
            documents = _documents(articles)
    raise IntegrityError(f"articles up to {articles[-1].pk} changed each time that they were written")


def _be_sure(articles: Collection[Article]) -> None:
    """Raise IntegrityError where one is no longer as it was read: what the worker wrote of it would be overwritten."""
    now = Article.objects.filter(pk__in=[article.pk for article in articles]).values_list("pk", "version")
    if dict(now) != {article.pk: article.version for article in articles}:
        raise IntegrityError("An article was edited while its entry was written.")
