"""The models of what readers read."""

from articles.models.article import Article, ArticleQuerySet
from articles.models.picture import Picture
from articles.models.section import Section, Tag
from articles.models.withholding import Withholding

__all__ = ["Article", "ArticleQuerySet", "Picture", "Section", "Tag", "Withholding"]
