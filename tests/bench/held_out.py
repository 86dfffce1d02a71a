"""A second set of pairs, made by other means than the one on which the numbers were chosen. Nothing is tuned on it.

What they are made of: in English the language reference that every Python carries (`pydoc_data.topics`), cut into 70 or
so pieces of about 300 words in which no sentence comes twice; in Chinese eight reports of 18 sentences written for this
set (`held_out_zh.txt`), of which an article takes 14, with a name of its own. Real sentences, no chain, no synthetic
words. Two texts of one topic are two pieces of one chapter, or two halves of one report.

Edits. Two fifths of the share goes to sentences: one is left out, one from another topic comes in, two change places.
The rest goes to words: synonyms from a table, and runs of one to three words that are left out or replaced by runs of
another topic. On top, commas, quotation marks and Chinese punctuation change their form, and each figure its width. No
word is touched twice, and what is added does not count.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from pydoc_data.topics import topics

from tests.bench.pairs import LANGUAGES, Pair

EDITS = {"verbatim": 0.0, "edited 10 %": 0.1, "edited 20 %": 0.2, "edited 30 %": 0.3, "edited 50 %": 0.5}
PIECE = 300  # words of an English article
TAKEN = 14  # sentences of a Chinese one
OF_SENTENCES = 0.4
_PROSE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_SYNONYMS = {
    language: [(one, other) for one, _, other in (pair.partition("=") for pair in pairs.split(","))]
    for language, pairs in {
        "en": "must=has to,method=function,returns=gives back,called=invoked,used=employed,value=result,object=thing,"
        "if=when,may=can,also=too,because=since,however=yet,defined=declared,raised=thrown,string=text,name=label,"
        "should=ought to,example=instance,only=just,the same=an equal,first=initial",
        "zh-hans": "因为=由于,但是=不过,每天=天天,大约=差不多,只能=只好,终于=总算,常常=往往,没有=并无,两=二,说=表示,"
        "把=将,比=较,要=得,后来=随后,和=与,才=方,都=全,最=顶",
    }.items()
}
_NAMES = ("周启明", "何素琴", "韩立", "罗小满", "彭大海", "邱月", "石磊", "段家宁", "欧阳澄", "蒋春生", "乔安", "魏东")
_HEADLINES = {"en": "渡口的新时刻表为何提前公布", "zh-hans": "What the neighbours heard at night"}


@cache
def reports(language: str) -> dict[str, list[str]]:
    """The sentences of each topic, none of them twice."""
    return _english() if language == "en" else _chinese()


def _chinese() -> dict[str, list[str]]:
    blocks = Path(__file__).with_name("held_out_zh.txt").read_text(encoding="utf-8").split("# ")[1:]
    return {lines[0]: lines[1:] for lines in (block.strip().splitlines() for block in blocks)}


def _english() -> dict[str, list[str]]:
    seen: set[str] = set()
    found = {}
    for topic, text in sorted(topics.items()):
        prose = [part for part in re.split(r"\n\s*\n", text) if not part.startswith("    ")]
        sentences = [" ".join(sentence.split()) for part in prose for sentence in _PROSE.split(part)]
        fresh = [one for one in dict.fromkeys(sentences) if one not in seen and 5 < len(one.split()) < 60]
        seen.update(fresh)
        if sum(len(one.split()) for one in fresh) >= 2 * PIECE:
            found[topic] = fresh
    return found


@cache
def articles(language: str) -> list[tuple[str, list[str]]]:
    """The articles as topic and sentences."""
    if language == "en":
        return [(topic, piece) for topic, sentences in reports(language).items() for piece in _pieces(sentences)]
    dice = random.Random("held-out articles")
    made = []
    for topic, sentences in list(reports(language).items()) * 5:
        places = sorted(dice.sample(range(len(sentences)), TAKEN))
        made.append((topic, [sentences[place].format(名=dice.choice(_NAMES)) for place in places]))
    return made


def _pieces(sentences: list[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    for sentence in sentences:
        piece.append(sentence)
        if sum(len(one.split()) for one in piece) >= PIECE:
            yield piece
            piece = []


def joined(sentences: list[str], language: str) -> str:
    """The sentences as a text, four to a paragraph."""
    space = " " if language == "en" else ""
    return "\n".join(space.join(sentences[place : place + 4]) for place in range(0, len(sentences), 4))


def words(text: str, language: str) -> list[str]:
    """A text in words (Chinese: in pairs of characters), with what stands between them."""
    return re.findall(r"\w+|\W+" if language == "en" else r"\w{1,2}|\W+", text)


def _count(text: str, language: str) -> int:
    return sum(word[0].isalnum() for word in words(text, language))


def revised(sentences: list[str], language: str, share: float, foreign: list[str], dice: random.Random) -> str:
    """A text with this share of its words touched, on both levels."""
    if not share:
        return joined(sentences, language)
    budget = share * sum(_count(one, language) for one in sentences)
    mine, spent = list(sentences), 0
    while spent < budget * OF_SENTENCES and len(mine) > 3:
        place, kind = dice.randrange(len(mine)), dice.randrange(3)
        if kind == 0:
            spent += _count(mine.pop(place), language)
        elif kind == 1:
            mine.insert(place, dice.choice(foreign))
            spent += 2  # what is new takes nothing of the old away
        else:
            other = dice.randrange(len(mine))
            mine[place], mine[other] = mine[other], mine[place]
            spent += 2
    return _restyled(_reworded(joined(mine, language), language, budget - spent, foreign, dice), language, dice)


def _reworded(text: str, language: str, budget: float, foreign: list[str], dice: random.Random) -> str:
    """Use up the rest of the budget: at most half of it for synonyms, then runs of words anywhere."""
    table, half = list(_SYNONYMS[language]), budget / 2
    dice.shuffle(table)
    for one, other in table:
        pattern = rf"\b{one}\b" if language == "en" else one
        found = len(re.findall(pattern, text))
        if budget - found < half:
            continue
        text, budget = re.sub(pattern, other, text), budget - found
    pieces, others = words(text, language), [word for word in words(" ".join(foreign), language) if word[0].isalnum()]
    touched: set[int] = set()
    while budget > 0 and len(touched) < len(pieces) // 2:
        place, size, start = dice.randrange(len(pieces)), dice.randint(1, 3), dice.randrange(len(others) - 3)
        ahead = range(place, min(place + 2 * size, len(pieces)))
        run = [here for here in ahead if pieces[here][:1].isalnum() and here not in touched][:size]
        touched.update(run)
        new = others[start : start + len(run)] if dice.random() < 0.6 else [""] * len(run)
        for here, word in zip(run, new, strict=True):
            pieces[here] = word
        budget -= len(run)
    return "".join(pieces)


def _restyled(text: str, language: str, dice: random.Random) -> str:
    if language == "en":
        text = text.replace('"', dice.choice(["“", "'", '"'])).replace(",", dice.choice([",", ";", " –"]))
    else:
        text = text.translate(str.maketrans("，。", dice.choice([",.", "，。", "；。"])))
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return text.translate(wide)


def held_out(count: int) -> Iterator[Pair]:
    """Yield `count` pairs of each class and language, always the same ones."""
    for language in LANGUAGES:
        dice = random.Random(f"held out {language}")
        every = list(articles(language))
        dice.shuffle(every)
        for number in range(count):
            topic, sentences = every[number % len(every)]
            other, far = next(pair for pair in every[number + 1 :] + every if pair[0] != topic)
            text = joined(sentences, language)
            for name, share in EDITS.items():
                yield Pair(name, language, text, revised(sentences, language, share, reports(language)[other], dice))
            yield Pair("other headline", language, f"{text[:30]}\n{text}", f"{_HEADLINES[language]}\n{text}")
            one, two = _halves(topic, language, dice)
            yield Pair("same topic", language, joined(one, language), joined(two, language))
            yield Pair("other topic", language, text, joined(far, language))


def _halves(topic: str, language: str, dice: random.Random) -> tuple[list[str], list[str]]:
    """Two texts of one topic that share no sentence, but the name in them."""
    sentences, name = list(reports(language)[topic]), dice.choice(_NAMES)
    if language == "en":
        start = dice.randrange(max(1, len(sentences) - 40))
        sentences = sentences[start : start + 40]
    dice.shuffle(sentences)
    half = len(sentences) // 2
    filled = [sentence.replace("{名}", name) for sentence in sentences]
    return filled[:half], filled[half:]
