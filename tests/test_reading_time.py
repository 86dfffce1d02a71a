"""Reading time, by measured rates."""

from pathlib import Path

import pytest

from articles.reading_time import count_characters, count_words, reading_minutes

SAMPLE = Path(__file__).parent.parent.parent / "shared" / "data" / "article-page.zh.txt"


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample page is not on this machine")
def test_the_sample_page_takes_as_long_as_it_says():
    _head, body = SAMPLE.read_text(encoding="utf-8").split("8 分钟阅读")
    assert reading_minutes(body.split("您可能也喜欢")[0], "zh-hans") == 8


def test_chinese_is_counted_by_character_and_latin_by_word():
    assert count_characters("你好，世界！OpenAI 的") == 7
    assert count_words("你好，世界！OpenAI 的 3.5 well-known isn't") == 4


def test_english_punctuation_takes_no_time():
    assert count_characters("Well, it is -- (so far) fine.") == 0


@pytest.mark.parametrize(
    ("text", "language", "minutes"),
    [
        ("", "en", 1),
        ("word " * 228, "en", 1),
        ("word " * 229, "en", 2),
        ("字" * 255, "zh-hans", 1),
        ("字" * 256, "zh-hans", 2),
    ],
)
def test_minutes_are_rounded_up(text, language, minutes):
    assert reading_minutes(text, language) == minutes


def test_no_row_of_marks_makes_counting_slow():
    assert count_characters("!" * 200_000) == 0


def test_mixed_text_adds_up_by_script():
    assert reading_minutes("字" * 200 + " word" * 100, "zh-hans") == 2
