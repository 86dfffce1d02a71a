"""The words around what was found: those of the whole text, though mostly its beginning is all that is looked at."""

import pytest

from articles.search import excerpts
from articles.search.query import parse

WORDS = {
    "en": ("harbour", "grain and salt "),
    "zh-hans": ("港口", "粮食，盐、茶。"),
    "zh-hans ﬁ": ("港口", "粮食ﬁ，盐Ⅷ。"),
}


@pytest.mark.parametrize(("language", "words"), WORDS.items())
@pytest.mark.parametrize("place", [0, 3, 240, *range(480, 530, 5), *range(985, 1010), 1600, 2900])
def test_an_excerpt_is_the_same_however_far_is_looked_first(monkeypatch, language, words, place):
    word, filler = words
    text = (filler * 300)[:place] + f" {word}s {word} " + (filler * 300)[: 2000 - place] + f" {word} " + filler * 3
    marker = excerpts.Marker(parse(word))
    near = marker.excerpt(text, language)
    monkeypatch.setattr(excerpts, "_NEAR", len(text))
    assert near == marker.excerpt(text, language)
    assert f"<mark>{word}</mark>" in near


def test_a_word_that_is_cut_off_with_the_beginning_is_not_taken_for_another():
    text = "x" * (excerpts._NEAR - len(" harbour")) + " harbours " + "y" * 500
    assert excerpts.Marker(parse("harbour")).excerpt(text, "en") == ""
