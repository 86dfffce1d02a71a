"""The models of what readers read."""

from articles.models.article import Article, ArticleQuerySet
from articles.models.author import Author
from articles.models.correction import Correction
from articles.models.correction_request import CorrectionRequest
from articles.models.fingerprint import Fingerprint, FingerprintKey, SourceKey
from articles.models.former_slug import FormerSlug
from articles.models.history import Redirect, Revision
from articles.models.home import HomePlace
from articles.models.page import Page
from articles.models.picture import Picture
from articles.models.preview import Preview
from articles.models.search import SearchEntry, SearchTypo, SearchWord
from articles.models.section import Section, Tag
from articles.models.stale_translation import StaleTranslation
from articles.models.withholding import Law, Withholding

__all__ = [
    "Article",
    "ArticleQuerySet",
    "Author",
    "Correction",
    "CorrectionRequest",
    "Fingerprint",
    "FingerprintKey",
    "FormerSlug",
    "HomePlace",
    "Law",
    "Page",
    "Picture",
    "Preview",
    "Redirect",
    "Revision",
    "SearchEntry",
    "SearchTypo",
    "SearchWord",
    "Section",
    "SourceKey",
    "StaleTranslation",
    "Tag",
    "Withholding",
]
