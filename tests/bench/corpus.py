"""Made-up articles: the same ones each time, in both languages, each of them somewhat different."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SECTIONS = ("business", "technology", "markets", "opinion")
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_ENGLISH = [
    "the",
    "market",
    "and",
    "its",
    "buyers",
    "agree",
    "that",
    "a",
    "new",
    "line",
    "of",
    "ships",
    "will",
    "carry",
    "grain",
    "from",
    "northern",
    "harbours",
    "while",
    "investors",
    "wait",
    "for",
    "rates",
    "to",
    "settle",
    "because",
    "engineers",
    "found",
    "another",
    "way",
    "of",
    "storing",
    "heat",
    "in",
    "plain",
    "salt",
    "under",
    "towns",
    "where",
    "factories",
    "once",
    "stood",
    "and",
    "workers",
    "now",
    "train",
    "on",
    "machines",
    "that",
    "repair",
    "older",
    "machines",
    "at",
    "night",
]
_CHINESE = [
    "市场",
    "投资",
    "企业",
    "技术",
    "公司",
    "工程师",
    "工厂",
    "港口",
    "货物",
    "价格",
    "银行",
    "利率",
    "消费者",
    "数据",
    "芯片",
    "电池",
    "能源",
    "城市",
    "交通",
    "研究",
    "表示",
    "认为",
    "增长",
    "下降",
    "发布",
    "采用",
    "计划",
    "今年",
    "目前",
    "已经",
    "可能",
    "通过",
    "以及",
    "同时",
    "因此",
    "新的",
    "全球",
    "国内",
    "产品",
    "服务",
]


def article(number: int, words: int = 600) -> dict[str, Any]:
    """One article as the import reads it; odd numbers are the Chinese versions of the even ones before them."""
    dice = random.Random(number)
    english = number % 2 == 0
    line = _english if english else _chinese
    return {
        "id": f"bench-{number}",
        "lang": "en" if english else "zh-hans",
        "headline": line(dice, 9)[:80],
        "dek": line(dice, 24),
        "body_html": body(dice, english, words),
        "byline": "Mara Lindqvist" if english else "林玛拉",
        "section": SECTIONS[number // 2 % len(SECTIONS)],
        "tags": [f"{'Subject' if english else '主题'} {dice.randrange(200)}" for _ in range(3)],
        "published_at": (FIRST + timedelta(minutes=number)).isoformat(),
        "slug": f"{'story' if english else '报道'}-{number}",
        "translation_of": None if english else f"bench-{number - 1}",
        "origin": "reader" if number % 3 else "staff",
    }


def body(dice: random.Random, english: bool, words: int) -> str:
    """A body of paragraphs of 75 words, with headings, a list, links and emphasis."""
    line = _english if english else _chinese
    parts = []
    for place in range(max(1, words // 75)):
        if place % 3 == 2:
            parts.append(f"<h2>{line(dice, 5)}</h2>")
        link = f' <a href="https://example.org/{dice.randrange(10**6)}">{line(dice, 3)}</a>' if place % 2 else ""
        parts.append(f"<p>{line(dice, 35)} <strong>{line(dice, 2)}</strong> {line(dice, 35)}{link}</p>")
    parts.append(f"<ul><li>{line(dice, 6)}</li><li>{line(dice, 6)}</li></ul>")
    return "\n".join(parts)


def _english(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(_ENGLISH, k=words)).capitalize() + "."


def _chinese(dice: random.Random, words: int) -> str:
    chosen = dice.choices(_CHINESE, k=words)
    return "，".join("".join(chosen[start : start + 7]) for start in range(0, words, 7)) + "。"


def write(path: Path, count: int, words: int = 600) -> Path:
    """Write `count` articles as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines(count, words))
    return path


def lines(count: int, words: int) -> Iterator[str]:
    """The articles' lines."""
    return (json.dumps(article(number, words), ensure_ascii=False) for number in range(count))
