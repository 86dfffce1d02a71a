"""What a reader may like too: chosen when an article changes, from the index of the search, never when it is read.

Of the words that an article has, a few say what it is about: those that it uses often or up high, and few other
articles have. The newest articles that share such words, or tags, are its kin. What this takes does not grow with the
number of articles: a count of the words, MOST short looks into the index, and the tags.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from django.db.models import Count

from articles.models import Article, SearchEntry
from articles.pages import RELATED
from articles.search import spelling, tokens
from articles.search.engine import engine
from articles.search.entries import facet

KEPT = 3 * RELATED
"""Ids that are kept of each article, so that those withheld or killed since leave enough."""

_MOST, _NEWEST = 12, 60  # telling words, and articles that are looked at for each
_WEIGHTS = (4.0, 2.0, 1.0)  # of a word in the headline, the dek, the body
_OFTEN = 4.0  # how much a word may count for being repeated
_EVERYWHERE = 0.2  # a word in more of the articles than this tells nothing, where there are more than a few
_FEW = 50
_TAG, _SECTION = 6.0, 0.5  # what a shared tag and the same section are worth, beside words of about 3 to 20


def choose(article: Article) -> list[int]:
    """Ids of the articles most like this one, in its language; where too few are, its section's newest, then any."""
    likeness = _by_words(article)
    for pk, shared in _by_tags(article).items():
        likeness[pk] += _TAG * shared
    likeness.pop(article.pk, None)
    best = sorted(likeness, key=lambda pk: (-likeness[pk], -pk))[: 2 * KEPT]
    rows = Article.objects.published().filter(pk__in=best)
    known = {pk: (language, section) for pk, language, section in rows.values_list("pk", "language", "section")}
    for pk in best:
        likeness[pk] += _SECTION if known.get(pk, ("", 0))[1] == article.section_id else 0
    mine = [pk for pk in best if known.get(pk, ("",))[0] == article.language]
    chosen = dict.fromkeys(sorted(mine, key=lambda pk: (-likeness[pk], -pk)))
    newest = Article.objects.published().in_language(article.language).exclude(pk=article.pk).newest_first()
    for arm in (newest.filter(section=article.section_id), newest):
        if len(chosen) < KEPT:
            chosen |= dict.fromkeys(arm.values_list("pk", flat=True)[:KEPT])
    return list(chosen)[:KEPT]


def _by_words(article: Article) -> defaultdict[int, float]:
    """How much of what tells about this article each other one has."""
    likeness: defaultdict[int, float] = defaultdict(float)
    entry = SearchEntry.objects.filter(article=article.pk).first()
    if entry is None:
        return likeness
    telling = telling_words([entry.head, entry.dek, entry.body])
    groups = [tuple(tokens.number_of_key(word, zone) for zone in tokens.ZONES) for word in telling]
    found = engine().newest(groups, facet("language", article.language), _NEWEST) if groups else []
    shared: Counter[int] = Counter()
    for place, number in found:
        shared[number] += 1
        likeness[number] += list(telling.values())[place]
    # One word in common is chance.
    likely = [number for number in likeness if shared[number] > 1 or len(groups) < 3]
    keys = dict(SearchEntry.objects.filter(number__in=likely).values_list("number", "article"))
    return defaultdict(float, {keys[number]: likeness[number] for number in likely if number in keys})


def telling_words(folded: list[str]) -> dict[str, float]:
    """The words that tell most about a text, its headline, dek and body folded; and how much each tells."""
    weights: Counter[str] = Counter()
    for text, weight in zip(folded, _WEIGHTS, strict=True):
        for word, times in Counter(spelling.words_of(text)).items():
            weights[word] += weight * min(times, _OFTEN)  # type: ignore[assignment]  # a Counter of floats
    likely = [word for word, _ in weights.most_common(300)]
    seen, counted = spelling.seen(likely)
    rare = {word: math.log((counted + 1) / (seen.get(word, 0) + 1)) for word in likely}
    telling = {
        word: math.sqrt(weights[word]) * rare[word]
        for word in likely
        if seen.get(word, 0) <= max(_FEW, _EVERYWHERE * counted) and rare[word] > 0
    }
    best = sorted(telling, key=lambda word: (-telling[word], word))[:_MOST]
    return {word: telling[word] for word in best}


def _by_tags(article: Article) -> dict[int, int]:
    """How many tags each of those articles shares that share most, the latest of them first.

    Counted where the links lie: counting articles instead would group by every column, their bodies among them.
    """
    links = Article.tags.through.objects
    mine = links.filter(article=article).values("tag")
    others = links.filter(tag__in=mine).exclude(article=article).values("article")
    most = others.annotate(shared=Count("pk")).order_by("-shared", "-article")
    return {row["article"]: row["shared"] for row in most[: 2 * KEPT]}
