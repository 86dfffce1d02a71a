"""Pairs of texts that are, or are not, the same story: the same ones each time, in both languages.

What they are made of: the sample articles (real prose, 8 Chinese and 7 English), and made-up ones. A made-up article
walks a Markov chain of the sample articles, of words in English and of pairs of characters in Chinese, and takes every
third word from the vocabulary of its topic: 300 synthetic words, used as unevenly as words are. Two made-up articles of
one topic share the chain, the vocabulary, and the paper's closing line of 20 words, as two reports on one matter do.
All are as long as news is: 250 to 900 words.

Edits. A share of the words (Chinese: of runs of one to three characters) is hit, each by its own throw: half are
replaced by another word of the text, a quarter get one added, a quarter are left out. Then a tenth of the sentences
moves elsewhere. The classes that must be found: verbatim, edited by 10, 20 and 30 %, a new headline in the other
language over the same body, a copy cut to two thirds; those by 50 % are told beside them. Those that must not: the
same topic, another topic, and two different sample articles.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cms.text import plain_text

SAMPLES = Path(__file__).parents[2] / "articles" / "demo" / "articles.jsonl"
LANGUAGES = ("en", "zh-hans")
CLOSING = {"en": 120, "zh-hans": 40}  # characters
EDITS = {"verbatim": 0.0, "edited 10 %": 0.1, "edited 20 %": 0.2, "edited 30 %": 0.3, "edited 50 %": 0.5}
MUST_MATCH = ("verbatim", "edited 10 %", "edited 20 %", "edited 30 %", "other headline", "cut to two thirds")
MUST_NOT = ("same topic", "other topic", "two samples")


class Pair(NamedTuple):
    """Two texts of a language, and which class of pairs they are."""

    name: str
    language: str
    one: str
    other: str


@cache
def samples(language: str) -> list[str]:
    """The sample articles' texts."""
    rows = map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines())
    return [f"{row['headline']}\n{plain_text(row['body_html'])}" for row in rows if row["lang"] == language]


def units(text: str, language: str, dice: random.Random) -> list[str]:
    """A text in the pieces that an edit touches, with what stands between them."""
    if language == "en":
        return re.findall(r"\w+|\W+", text)
    pieces: list[str] = []
    for run in re.findall(r"\w+|\W+", text):
        place = 0
        while place < len(run):
            size = dice.choice((1, 2, 2, 3)) if run[0].isalnum() else len(run)
            pieces.append(run[place : place + size])
            place += size
    return pieces


def edited(text: str, language: str, share: float, dice: random.Random) -> str:
    """A text with this share of its words changed, and a tenth of its sentences moved."""
    if not share:
        return text
    pieces = units(text, language, dice)
    words, space = [piece for piece in pieces if piece[0].isalnum()], " " if language == "en" else ""
    changed = []
    for piece in pieces:
        throw = dice.random() if piece[0].isalnum() and dice.random() < share else 1.0
        if throw < 0.5:
            changed.append(dice.choice(words))
        elif throw < 0.75:
            changed.append(f"{piece}{space}{dice.choice(words)}")
        elif throw == 1.0:
            changed.append(piece)
    sentences = re.split(r"(?<=[.!?。！？])", "".join(changed))
    for _ in range(len(sentences) // 10):
        sentences.insert(dice.randrange(len(sentences)), sentences.pop(dice.randrange(len(sentences))))
    return "".join(sentences)


@cache
def _chain(language: str) -> dict[str, list[str]]:
    """Which word follows which in the sample articles."""
    follows: dict[str, list[str]] = defaultdict(list)
    for text in samples(language):
        words = re.findall(r"\w+|[.,]", text) if language == "en" else re.findall(r"\w{1,2}|[，。]", text)
        for one, other in itertools.pairwise(words):
            follows[one].append(other)
    return follows


@cache
def _vocabulary(language: str, topic: int) -> list[str]:
    """The synthetic words of a topic, the most used ones more than once."""
    dice = random.Random(f"{language} {topic}")
    if language == "en":
        syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "ol")]
        words = ["".join(dice.choices(syllables, k=dice.choice((2, 3)))) for _ in range(300)]
    else:
        words = ["".join(chr(0x4E00 + dice.randrange(3500)) for _ in range(2)) for _ in range(300)]
    return [word for place, word in enumerate(words, 1) for _ in range(1 + 300 // place)]


def made_up(language: str, topic: int, dice: random.Random) -> str:
    """An article on a topic."""
    follows, vocabulary = _chain(language), _vocabulary(language, topic)
    starts = [word for word in follows if word[0].isalnum()]
    word, words = dice.choice(starts), []
    for _ in range(dice.randint(250, 900)):
        words.append(dice.choice(vocabulary) if word[0].isalnum() and dice.random() < 1 / 3 else word)
        word = dice.choice(follows.get(word) or starts)
    return f"{(' ' if language == 'en' else '').join(words)}."


def pairs(count: int) -> Iterator[Pair]:
    """Yield `count` pairs of each class and language (of two samples: as many as there are), always the same ones."""
    for language in LANGUAGES:
        dice = random.Random(f"pairs {language}")
        real = samples(language)
        for number in range(count):
            text = real[number % len(real)] if number % 2 else made_up(language, number, dice)
            for name, share in EDITS.items():
                yield Pair(name, language, text, edited(text, language, share, dice))
            headline, body = text[:60], text[60:]
            yield Pair(
                "other headline", language, text, ("一则新标题" if language == "en" else f"New: {len(headline)}") + body
            )
            start = dice.randrange(len(text) // 3)
            yield Pair("cut to two thirds", language, text, text[start : start + len(text) * 2 // 3])
            closing = made_up(language, number, random.Random(number))[: CLOSING[language]]
            same = [f"{made_up(language, number, dice)}\n{closing}" for _ in range(2)]
            yield Pair("same topic", language, *same)
            yield Pair("other topic", language, made_up(language, number, dice), made_up(language, number + 1000, dice))
        for one, other in itertools.combinations(real, 2):
            yield Pair("two samples", language, one, other)
