"""The card tags: an article among others, kept as it was printed before (`cms.plates`)."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles.models import Article
from cms.plates import CARDS, plate

register = template.Library()


@register.simple_tag
def card(article: Article, bare: bool = False, dek: bool = False) -> SafeString:
    """Print a card of an article read by `for_cards`: `bare` leaves its picture out, `dek` prints its dek."""
    return _printed("articles/card.html", article, bare=bool(bare), dek=dek)


@register.simple_tag
def river_card(article: Article, heading: str) -> SafeString:
    """Print an article of a long list that stands below `heading`, which its section is not named again."""
    return _printed("articles/river_card.html", article, names_section=article.section.name != heading)


def _printed(name: str, article: Article, **how: bool) -> SafeString:
    made = plate(lambda: render_to_string(name, {"article": article, **how}), name, article, *how.values(), store=CARDS)
    return mark_safe(made)  # what a template has printed
