"""Fingerprints in the database: what a text is found by when somebody sends it again in other words."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import models, transaction
from django.db.models.expressions import RawSQL

from articles import fingerprints
from articles.canonical_urls import canonical_url

POSTINGS = 200  # newest fingerprints that one key is followed to: bounds what a phrase in every article costs
CANDIDATES = 50
MATCHES = 10


class Match(NamedTuple):
    """An item with a like text: its kind and uid as in the log, and the resemblance from 0 to 1."""

    kind: str
    item: uuid.UUID
    score: float


class Source(NamedTuple):
    """An item that rests on the same source: its kind, its uid, and the source's canonical URL."""

    kind: str
    item: uuid.UUID
    url: str


class Text(NamedTuple):
    """What is fingerprinted: one version of an item's text and its sources."""

    item: uuid.UUID
    language: str
    version: int
    text: str
    sources: list[str]


class FingerprintQuerySet(models.QuerySet["Fingerprint"]):
    """Fingerprints by likeness. Nothing here reads more than a bounded number of rows, each by an index."""

    def similar_to(self, text: str, language: str, *, exclude: Collection[uuid.UUID] = ()) -> list[Match]:
        """Return the items with a like text, the most like first, in one query. `exclude` names items by uid."""
        sketch = fingerprints.sketch(text, language)
        if not sketch:
            return []
        found = self._candidates(fingerprints.keys(sketch)).exclude(item__in=exclude)
        matches = [Match(row.kind, row.item, fingerprints.resemblance(sketch, bytes(row.sketch))) for row in found]
        like = [match for match in matches if match.score >= fingerprints.LIKE]
        return sorted(like, key=lambda match: -match.score)[:MATCHES]

    def _candidates(self, keys: list[int]) -> models.QuerySet[Fingerprint]:
        """Fingerprints that have SHARED of the keys: one index range a key, each cut, counted in the database."""
        by_key = FingerprintKey.objects.filter(key=keys[0]).order_by("-fingerprint_id")
        arm, _ = by_key.values("fingerprint_id")[:POSTINGS].query.sql_with_params()
        # The arms were compiled by the ORM, once; the keys are the parameters.
        union = " UNION ALL ".join(f"SELECT * FROM ({arm}) AS arm{place}" for place in range(len(keys)))  # noqa: S608
        counted = (
            f"SELECT fingerprint_id FROM ({union}) AS hits GROUP BY fingerprint_id "  # noqa: S608
            f"HAVING COUNT(*) >= {min(fingerprints.SHARED, len(keys))} ORDER BY COUNT(*) DESC LIMIT {CANDIDATES}"
        )
        return self.filter(pk__in=RawSQL(counted, keys))  # noqa: S611

    def same_sources(self, urls: Iterable[str], *, exclude: Collection[uuid.UUID] = ()) -> list[Source]:
        """Return the newest items that rest on one of these source URLs, in one query."""
        found = (
            SourceKey.objects.filter(key__in=source_keys(urls))
            .exclude(fingerprint__item__in=exclude)
            .order_by("-fingerprint_id")
        )
        return [Source(*row) for row in found.values_list("fingerprint__kind", "fingerprint__item", "url")[:MATCHES]]

    def lacking(self, kind: str, texts: Iterable[Text]) -> list[Text]:
        """Return those of these texts whose version has no fingerprint yet."""
        texts = list(texts)
        have = dict(self.filter(kind=kind, item__in=[text.item for text in texts]).values_list("item", "version"))
        return [text for text in texts if have.get(text.item) != text.version]

    def remember(self, kind: str, prints: list[Fingerprint]) -> None:
        """Write fingerprints made by `Fingerprint.of`, in place of their items' earlier ones, in one transaction."""
        with transaction.atomic():
            self.forget(kind, [row.item for row in prints])
            Fingerprint.objects.bulk_create(prints)
            FingerprintKey.objects.bulk_create(
                FingerprintKey(key=key, fingerprint=row)
                for row in prints
                for key in fingerprints.keys(bytes(row.sketch))
            )
            SourceKey.objects.bulk_create(
                SourceKey(key=key, url=url, fingerprint=row) for row in prints for key, url in row.urls.items()
            )

    def forget(self, kind: str, items: Collection[uuid.UUID]) -> int:
        """Delete the fingerprints of these items; returns how many there were."""
        rows = list(self.filter(kind=kind, item__in=items))
        for row in rows:
            keys = fingerprints.keys(bytes(row.sketch))
            FingerprintKey.objects.filter(key__in=keys, fingerprint=row).delete()
        self.filter(pk__in=[row.pk for row in rows]).delete()
        return len(rows)


class Fingerprint(models.Model):
    """The sketch of one item's text, of one version."""

    kind = models.CharField(max_length=100)
    item = models.UUIDField()
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    sketch = models.BinaryField()
    urls: dict[int, str] = {}

    objects = FingerprintQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "kind"], name="one_fingerprint_per_item")]

    def __str__(self) -> str:
        return f"{self.kind} {self.item} v{self.version}"

    @staticmethod
    def of(kind: str, text: Text) -> Fingerprint:
        """Make the unsaved fingerprint of a text, its sources in `urls`: all the work that needs no database."""
        sketch = fingerprints.sketch(text.text, text.language)
        made = Fingerprint(kind=kind, item=text.item, language=text.language, version=text.version, sketch=sketch)
        made.urls = source_keys(text.sources)
        return made


class FingerprintKey(models.Model):
    """A number by which a fingerprint is found: its primary key is the one index that a search reads.

    The rows of a fingerprint are known from its sketch, so no index by fingerprint is kept, and none is searched for
    when one is deleted: `forget()` is the way.
    """

    pk = models.CompositePrimaryKey("key", "fingerprint_id")
    key = models.BigIntegerField()
    fingerprint = models.ForeignKey(
        Fingerprint, models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.key} → {self.fingerprint_id}"


class SourceKey(models.Model):
    """A source on which an item rests; `key` is its canonical URL's hash."""

    key = models.BigIntegerField()
    url = models.TextField()
    fingerprint = models.ForeignKey(Fingerprint, models.CASCADE, related_name="sources")

    class Meta:
        indexes = [models.Index(fields=["key", "-fingerprint"], name="source_key")]

    def __str__(self) -> str:
        return self.url


def source_keys(urls: Iterable[str]) -> dict[int, str]:
    """The canonical URLs of sources, by the number that they are found by."""
    canonical = {canonical_url(url) for url in urls if isinstance(url, str)} - {""}
    return {fingerprints.signed(fingerprints.hash64(url)): url for url in canonical}
