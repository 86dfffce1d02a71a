"""What several tests of limits and floods share: forms, a clock that stands, a flood, and the answer to its puzzle."""

import json
import re
import time
from base64 import b64encode
from hashlib import sha256

import pytest
from django.core.cache import cache

URL, CHECK, REPORT, SIGN_UP = "/en/submit/", "/en/submit/check/", "/en/copyright/report/", "/en/newsletter/"


@pytest.fixture(name="clock")
def clock_fixture(monkeypatch):
    """A clock that stands until a test moves it: `clock.now += 60`."""

    class Clock:
        now = time.time() // 3600 * 3600 + 600

    monkeypatch.setattr("time.time", lambda: Clock.now)
    return Clock


def begin_flood(*kinds):
    for kind in kinds:
        cache.set(f"flood:{kind}", True, 600)


def words_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def hidden(answer, name):
    return re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())[1]


def solution(answer):
    """What a browser finds: the number whose hash is the challenge."""
    from html import unescape

    puzzle = json.loads(unescape(re.search(r'data-puzzle="([^"]+)"', answer.content.decode())[1]))
    for number in range(puzzle.pop("max_number") + 1):
        if sha256(f"{puzzle['salt']}{number}".encode()).hexdigest() == puzzle["challenge"]:
            return b64encode(json.dumps(puzzle | {"number": number}).encode()).decode()
    raise AssertionError("no number fits")


def report_of(article, **fields):
    return {
        "basis": "dsa",
        "name": "Ilse Brandt",
        "email": "ilse@example.net",
        "work": "Photographs",
        "urls": article.permalink(),
        "explanation": "The second paragraph is mine.",
        "signature": "Ilse Brandt",
        "good_faith": "on",
        "accurate": "on",
    } | fields
