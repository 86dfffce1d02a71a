"""The models of what readers read."""

from articles.models.article import Article, ArticleQuerySet
from articles.models.fingerprint import Fingerprint, FingerprintKey, SourceKey
from articles.models.picture import Picture
from articles.models.search import SearchEntry, SearchTypo, SearchWord
from articles.models.section import Section, Tag
from articles.models.withholding import Law, Withholding

__all__ = [
    "Article",
    "ArticleQuerySet",
    "Fingerprint",
    "FingerprintKey",
    "Law",
    "Picture",
    "SearchEntry",
    "SearchTypo",
    "SearchWord",
    "Section",
    "SourceKey",
    "Tag",
    "Withholding",
]
