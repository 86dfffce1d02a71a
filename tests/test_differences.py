"""What changed between two texts is marked, exactly and safely."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from cms.differences import LONGEST, html_differences, line_differences
from cms.text import clean_html, plain_text

WORDS = st.text("ab cd甲乙丙，。<&\ue000", max_size=40)


def without(tag: str, html: str) -> str:
    """The text that is left when everything inside `tag` is taken out; white space does not count."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", re.sub(rf"<{tag}>.*?</{tag}>", "", html, flags=re.DOTALL))).split())


def test_words_are_marked_in_latin_scripts_and_characters_in_chinese():
    assert line_differences("The last bus leaves", "The night bus leaves") == (
        "The <del>last</del> <ins>night</ins> bus leaves"
    )
    assert line_differences("末班车等人", "夜班车等人") == "<del>末</del><ins>夜</ins>班车等人"


def test_links_and_headings_survive_the_comparison():
    before = '<h2>One</h2><p>See <a href="https://example.org/">there</a>.</p>'
    after = '<h2>One</h2><p>See <a href="https://example.org/">there</a>, soon.</p><ul><li>new</li></ul>'
    marked = html_differences(before, after)
    assert '<a href="https://example.org/" rel="noopener nofollow ugc">there</a>' in marked
    assert "<li><ins>new</ins></li>" in marked


def test_a_text_that_did_not_change_has_no_marks():
    assert "<ins>" not in html_differences("<p>甲乙丙 one</p>", "<p>甲乙丙 one</p>")


def test_what_looks_like_a_tag_stays_text():
    assert line_differences("<script>a</script>", "<script>b</script>").count("<script") == 0


def test_a_very_long_text_is_compared_by_paragraphs():
    long = [f"<p>{'的' * 100}{number}</p>" for number in range(LONGEST // 100)]
    changed = [*long[:3], "<p>new</p>", *long[4:]]
    marked = html_differences("".join(long), "".join(changed))
    assert marked.count("<del>") == marked.count("<ins>") == 1
    assert "<ins>new</ins>" in marked.replace("<p>", "").replace("</p>", "")


@given(WORDS, WORDS)
def test_both_texts_can_be_read_out_of_the_marks(before, after):
    marked = line_differences(before, after)
    assert without("del", marked) == "".join(after.replace("\ue000", "").split())
    assert without("ins", marked) == "".join(before.replace("\ue000", "").split())


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
def test_the_newer_paragraphs_are_whole_whatever_was_there_before(before, after):
    old, new = (clean_html("".join(f"<p>{part}</p>" for part in parts)) for parts in (before, after))
    new_text = "".join(plain_text(new).replace("\ue000", "").split())
    assert without("del", html_differences(old, new)) == new_text
