"""The one sanitiser, the cleaner of lines, and plain typing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.text import clean_html, clean_line, html_of_plain, plain_text, rich_text

ATTACKS = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1)>x</p>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='  java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<svg><p><style><img src=x onerror=alert(1)></style></p></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<template><script>alert(1)</script></template>",
    "<p style='position:fixed;inset:0'>x</p>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<object data='x'></object><embed src='x'>",
    "<p id='main' class='masthead' name='x'>clobbered</p>",
    "<select><template><style><!--</style><a rel='--><img src=x onerror=alert(1)>'>",
    "<h2/onmouseover=alert(1)>x</h2>",
    "<div x-init='alert(1)' x-data>x</div>",
]
FORBIDDEN = re.compile(
    r"<(?!/?(?:p|h[2-4]|ul|ol|li|blockquote|strong|em|s|sub|sup|code|pre|a|br|hr|table|thead|tbody|tr|th|td)\b)"
    r"|<[^>]*\s(?:on\w+|style|src|class|id|name|x-\w+)\s*="
    r"|href=\"(?!https?:|mailto:)",
    re.IGNORECASE,
)
MARKUP = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(ATTACKS),
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<h1>",
                "</h1>",
                "<b>",
                "</b>",
                "<ul>",
                "<li>",
                "</ul>",
                "<table>",
                "<tr>",
                "<td>",
                "<a",
                "href='",
                "<a",
                "href=https://x.example>",
                "<style>",
                "</style>",
                "<svg>",
                "<!--",
                "-->",
                "<![CDATA[",
                "]]>",
                "&lt;",
                "&#x6a;",
                '"',
                "'",
                ">",
                "<",
                "·",
                "<div>",
                "</div>",
                "<br>",
                "<p>·",
                "x</p>",
            ]
        ),
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_runs_or_disguises_survives(attack):
    assert not FORBIDDEN.search(clean_html(attack))


@given(MARKUP)
def test_whatever_is_typed_comes_out_as_harmless_structure(markup):
    assert not FORBIDDEN.search(clean_html(markup))


@given(MARKUP)
def test_cleaning_what_is_clean_changes_nothing(markup):
    once = clean_html(markup)
    assert clean_html(once) == once


@given(st.text(max_size=300))
def test_plain_typing_never_becomes_markup_of_its_own(typed):
    assert not FORBIDDEN.search(html_of_plain(typed))


@given(st.text(max_size=200))
def test_a_cleaned_line_is_one_visible_line(text):
    line = clean_line(text)
    assert clean_line(line) == line
    assert "\n" not in line
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00]", line)


def test_a_right_to_left_override_cannot_disguise_a_headline():
    assert clean_line("Minutes of \u202egpj.exe\u202c  \u200bthe  port") == "Minutes of gpj.exe the port"


def test_structure_from_word_processors_is_kept():
    html = "<h1>Head</h1><div>One</div><p>· first</p><p>· second</p><p><b>bold</b> <i>italic</i></p><p> </p>"
    assert clean_html(html) == (
        "<h2>Head</h2><p>One</p><ul><li>first</li><li>second</li></ul><p><strong>bold</strong> <em>italic</em></p>"
    )


def test_plain_typing_knows_paragraphs_headings_lists_and_quotes():
    typed = "First.\nSame paragraph.\n\n## Heading\n\n1. one\n2. two\n\n- a\n- b\n\n> said so\n\n<b>not markup</b>"
    html = html_of_plain(typed)
    for part in ("<h2>Heading</h2>", "<ol>", "<ul>", "<blockquote>", "&lt;b&gt;not markup"):
        assert part in html


def test_on_a_phone_every_line_is_a_paragraph():
    assert html_of_plain("\u3000\u3000第一段。\n\u3000\u3000第二段。") == "<p>第一段。</p>\n<p>第二段。</p>"


def test_an_indented_line_is_no_code():
    assert "<code>" not in html_of_plain("One.\n\n      Indented by habit.\n\nTwo.")


def test_html_is_told_from_plain_typing_by_its_blocks():
    assert rich_text("<p>Rich</p>") == "<p>Rich</p>"
    assert rich_text("a < b and b > c") == "<p>a &lt; b and b &gt; c</p>"


@pytest.mark.parametrize(
    "bomb", ["<p " * 60_000, "<blockquote>" * 16_000, "<p>·" * 40_000, "&#8203;" * 60_000, "<p></p>" * 60_000]
)
def test_no_text_makes_the_sanitiser_slow(bomb):
    """Quadratic work would take minutes here; the deadline of the whole run is the only clock."""
    assert clean_html(rich_text(bomb)) == rich_text(bomb)


def test_what_cannot_be_seen_cannot_come_as_an_entity_either():
    assert clean_html("<p>a&#x202e;b&#8203;c</p>") == "<p>abc</p>"
    assert "href" not in clean_html('<a href="java&#8203;script:alert(1)">x</a>')


def test_combining_marks_cannot_eat_a_tag():
    assert clean_html("<p>\u0338x</p><p>e\u0301</p>") == "<p>\u0338x</p><p>é</p>"


def test_plain_text_of_html_has_its_words_and_its_breaks():
    assert plain_text("<h2>A</h2><p>b &amp; c<br>d</p><ul><li>e</li></ul>") == "A\nb & c\nd\ne"
