"""The search index's rows. Its postings lie beside them, in each database's own kind of index (articles/search)."""

from __future__ import annotations

from django.db import models


class SearchEntry(models.Model):
    """A published article as it is searched: its folded texts, under a number that rises with its day.

    Written by the worker. Whether the article may be read is asked of the article itself.
    """

    number = models.BigIntegerField(primary_key=True)
    article = models.OneToOneField("articles.Article", models.CASCADE, db_constraint=False, related_name="+")
    facets = models.CharField(max_length=100)
    head = models.TextField()
    dek = models.TextField()
    body = models.TextField()

    def __str__(self) -> str:
        return f"{self.number} {self.head.strip()}"


class SearchWord(models.Model):
    """A word that stands in some article, and in how many of those that were counted (articles/search/spelling.py)."""

    word = models.CharField(max_length=24, primary_key=True)
    seen = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.word


class SearchTypo(models.Model):
    """A hash of a known word with one letter left out: what a mistyped word is compared by."""

    pk = models.CompositePrimaryKey("key", "word")
    key = models.BigIntegerField()
    word = models.CharField(max_length=24)

    def __str__(self) -> str:
        return f"{self.key} → {self.word}"
