"""What makes two texts or two sources alike: sketches, passages, and one address for all copies of it."""

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import fingerprints
from articles.canonical_urls import canonical_url
from articles.overlaps import excerpts, overlaps
from tests.bench.pairs import LANGUAGES

TEXTS = st.text(max_size=300)


# --- Texts -------------------------------------------------------------------------------------------


@given(TEXTS, st.sampled_from(LANGUAGES))
def test_a_sketch_is_the_same_each_time_and_rises(text, language):
    sketched = fingerprints.sketch(text, language)
    hashes = fingerprints.hashes(sketched)
    assert sketched == fingerprints.sketch(text, language)
    assert hashes == sorted(set(hashes))
    assert len(hashes) <= fingerprints.SKETCH
    assert fingerprints.resemblance(sketched, sketched) == (1.0 if sketched else 0.0)


def test_a_sketch_stays_what_it_was_when_it_was_stored():
    keys = fingerprints.keys(fingerprints.sketch("The last ferry waits for the night shift", "en"))
    assert keys == [
        1052174766669916258,
        2193145779099822748,
        5633458161349597216,
        7809620432599397865,
        8836269054177503116,
        -2550059921823298956,
    ]


@given(TEXTS, TEXTS, st.sampled_from(LANGUAGES))
def test_resemblance_is_exact_for_short_texts_and_the_same_both_ways(one, other, language):
    sketches = [fingerprints.sketch(text, language) for text in (one, other)]
    mine, theirs = (fingerprints.shingles(text, language) for text in (one, other))
    estimated = fingerprints.resemblance(*sketches)
    assert estimated == fingerprints.resemblance(*reversed(sketches))
    if len(mine | theirs) <= fingerprints.SKETCH:
        assert estimated == (len(mine & theirs) / len(mine | theirs) if mine | theirs else 0)


def test_case_width_and_punctuation_make_no_difference():
    plain = fingerprints.sketch("the crane waits for the ship at number 12", "en")
    assert fingerprints.sketch("“The CRANE waits”: for the ship, at ｎｕｍｂｅｒ １２!", "en") == plain


def test_keys_fit_a_signed_bigint():
    keys = [
        key for language in LANGUAGES for key in fingerprints.keys(fingerprints.sketch("a b c d 一二三四五", language))
    ]
    assert keys
    assert all(-(2**63) <= key < 2**63 for key in keys)


@given(TEXTS, TEXTS, st.sampled_from(LANGUAGES))
def test_passages_are_the_same_words_in_both_texts(one, other, language):
    for shared in overlaps(f"{one} {other}", f"{other} {one}", language):
        mine = [token.word for token in fingerprints.tokens(f"{one} {other}"[shared.start : shared.end])]
        theirs = [token.word for token in fingerprints.tokens(f"{other} {one}"[shared.other_start : shared.other_end])]
        assert mine == theirs
        assert len(mine) > fingerprints.shingle_size(language)


def test_passages_of_a_hostile_text_cost_linear_time():
    begun = timezone.now()
    assert overlaps("啊" * 100_000, "啊" * 100_000, "zh-hans")
    assert (timezone.now() - begun).total_seconds() < 20


def test_excerpts_give_back_the_texts_and_mark_what_is_in_both():
    one = "Nobody counted. The last ferry waits for the night shift now. It rains."
    other = "It snows. The LAST ferry waits, for the night shift, again."
    (found,) = excerpts(one, other, "en")
    assert "".join(part.text for part in found.one) == one
    assert [part.text for part in found.one if part.same] == ["The last ferry waits for the night shift"]
    assert [part.text for part in found.other if part.same] == ["The LAST ferry waits, for the night shift"]


# --- Source URLs -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/news/a-story",
        "http://www.example.org/news/a-story/",
        "HTTPS://EXAMPLE.org:443/news/./a-story#top",
        "https://m.example.org/news/a-story?utm_source=x&fbclid=y",
        "https://amp.example.org/news/a-story/amp/",
        "https://example.org/news/a%2Dstory.amp?amp=1",
        "https://user:secret@example.org/news/a-story/index.html",
        "https://www.google.com/amp/s/example.org/news/a-story",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/a-story",
    ],
)
def test_copies_of_an_address_have_one_canonical_url(url):
    assert canonical_url(url) == "https://example.org/news/a-story"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/amplifier", "https://example.org/lifier"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org:8443/a", "https://example.org/a"),
        ("https://m.com/a", "https://com/a"),
    ],
)
def test_different_pages_stay_different(one, other):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "ftp://example.org/a", "https://", "http://[::1", "a book, p. 3"]
)
def test_what_is_no_address_has_none(url):
    assert canonical_url(url) == ""


@given(
    st.one_of(TEXTS, TEXTS.map(lambda text: f"https://example.org/{text}"), TEXTS.map(lambda text: f"http://{text}"))
)
@settings(max_examples=300)
def test_a_canonical_url_is_its_own(url):
    assert canonical_url(canonical_url(url)) == canonical_url(url)
