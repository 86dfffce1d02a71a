"""How long a text takes to read, by the measured rates of silent readers.

Source: Trauzettel-Klosinski & Dietz 2012 (IReST). Chinese and Japanese are read by the character, with the
punctuation that stands in their lines; all else by the word. Mixed text adds up by script.
"""

import math
import re

WORDS_A_MINUTE = {
    "en": 228, "fr": 195, "de": 179, "es": 218, "it": 188, "pt": 181, "nl": 202, "sv": 199,
    "fi": 161, "pl": 166, "ru": 184, "tr": 166, "ar": 138, "he": 187,
}  # fmt: skip
CHARACTERS_A_MINUTE = {"zh": 255, "ja": 357}

_HAN = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHARACTERS = re.compile(rf"[{_HAN}][^\w\s]*|(?<![^\w\s])[^\w\s]{{1,8}}(?=[{_HAN}])")
_WORDS = re.compile(rf"[^\W{_HAN}]+(?:['’.,-][^\W{_HAN}]+)*")


def reading_minutes(text: str, language: str) -> int:
    """Return the whole minutes, rounded up and at least 1, in which `text` (plain) is read."""
    base = language.split("-", maxsplit=1)[0]
    words = WORDS_A_MINUTE.get(base, WORDS_A_MINUTE["en"])
    characters = CHARACTERS_A_MINUTE.get(base, CHARACTERS_A_MINUTE["zh"])
    return max(1, math.ceil(count_words(text) / words + count_characters(text) / characters))


def count_characters(text: str) -> int:
    """Han and Kana characters, and the punctuation marks that stand beside them."""
    return sum(len(found) for found in _CHARACTERS.findall(text))


def count_words(text: str) -> int:
    """Words and numbers in all other scripts."""
    return len(_WORDS.findall(text))
