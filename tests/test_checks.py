"""What the checks say, and that no text makes them stumble."""

import time

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from submissions.checks import Cover, Draft, Level, all_checks, examine
from submissions.checks.personal import is_card_number, is_identity_number
from submissions.models import Rule
from tests.factories import make_guidelines

CARD = "4111 1111 1111 1111"
IDENTITY = "11010519491231002X"
LONG = "The ferry waits. " * 110
LONG_CHINESE = "末班渡轮现在等最后一班工人。" * 40


def said(**fields):
    """The ids and levels of what is not passed, for a draft that is otherwise in order."""
    good = {"headline": "The ferry waits", "text": LONG, "ai_use": "none"}
    return {
        (verdict.check, verdict.level.value) for verdict in examine(Draft(**good | fields)) if verdict.level != "pass"
    }


def chinese(**fields):
    return said(**{"language": "zh-hans", "headline": "会等待的渡轮", "text": LONG_CHINESE} | fields)


def test_a_story_in_order_passes_everything():
    assert said() == chinese() == set()
    assert {verdict.level for verdict in examine(Draft(headline="x", text=LONG, ai_use="none"))} == {Level.PASS}


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"text": "The ferry waits."}, "length"),
        ({"headline": "The ferry waits " * 8}, "headline"),
        ({"headline": "FERRY WAITS FOR THE LAST SHIFT"}, "headline"),
        ({"headline": "The ferry waits!!"}, "headline"),
        ({"headline": "You won’t believe which ferry waits"}, "headline"),
        ({"headline": "The ferry waits for the last shift."}, "headline"),
        ({"dek": "The ferry waits."}, "headline"),
        ({"text": LONG + "“It waits for all of us now,” she said."}, "figures"),
        ({"text": LONG + "Traffic rose by 12.5 %."}, "figures"),
        ({"text": LONG + "According to the harbour, it waits."}, "sources"),
        ({"text": LONG + " ".join(f"https://example.org/{number}" for number in range(11))}, "links"),
        ({"sources": ("https://www.bit.ly/abc",)}, "short-links"),
        ({"body": '<p><a href="https://t.cn/x">here</a></p>'}, "short-links"),
        ({"text": LONG_CHINESE}, "language"),
        ({"text": "Паром ждёт последнюю смену. " * 80}, "language"),
        ({"ai_use": ""}, "ai"),
        ({"cover": Cover(800, 600, "digitalCapture")}, "picture-size"),
        ({"cover": Cover(2000, 1000, "digitalCapture", {"source_type": "trainedAlgorithmicMedia"})}, "picture-origin"),
        ({"cover": Cover(2000, 1000, "digitalCapture", {"aigc": {"Label": "1"}})}, "picture-origin"),
        ({"text": LONG + "Call +44 20 7946 0958."}, "contact"),
        ({"text": LONG + "Call 212-555-0147."}, "contact"),
        ({"text": LONG + "Write to mara@example.org."}, "contact"),
        ({"text": LONG + "THIS IS THE GREATEST FERRY OF THEM ALL."}, "shouting"),
        ({"text": LONG + "It waits!!!"}, "shouting"),
    ],
)
def test_what_is_worth_a_look_is_noted_and_stops_nobody(fields, check):
    assert said(**fields) == {(check, "note")}


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"text": "渡轮在等。"}, "length"),
        ({"headline": "会等待的渡轮" * 7}, "headline"),
        ({"headline": "震惊的渡轮"}, "headline"),
        ({"headline": "渡轮会等待！"}, "headline"),
        ({"headline": "渡轮会等待。"}, "headline"),
        ({"text": LONG_CHINESE + "她说：“现在它等着我们所有人一起回家。”"}, "figures"),
        ({"text": LONG_CHINESE + "客流增长了12.5%。"}, "figures"),
        ({"text": LONG_CHINESE + "据港务局介绍，渡轮会等。"}, "sources"),
        ({"text": LONG * 2}, "language"),
        ({"text": LONG_CHINESE + "请拨打138 1234 5678。"}, "contact"),
        ({"text": LONG_CHINESE + "请拨打１３８１２３４５６７８。"}, "contact"),
        ({"text": LONG_CHINESE + "请拨打010-12345678。"}, "contact"),
        ({"text": LONG_CHINESE + "它等了！！！"}, "shouting"),
    ],
)
def test_chinese_is_looked_at_by_its_own_measures(fields, check):
    assert chinese(**fields) == {(check, "note")}


@pytest.mark.parametrize(
    ("text", "check"),
    [
        (CARD, "cards"),
        ("6222021234567890128", "cards"),
        ("378282246310005", "cards"),
        (IDENTITY, "identity"),
        ("身份证号11010519491231002x。", "identity"),
        ("110105 19491231 002X", "identity"),
    ],
)
def test_numbers_that_harm_a_person_are_a_stop_that_names_the_way_out(text, check):
    found = [verdict for verdict in examine(Draft(text=text)) if verdict.level == Level.STOP]
    assert [verdict.check for verdict in found] == [check]
    assert found[0].passage in text
    assert "Take it out" in found[0].message


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",  # one digit off
        "110105194912310021",
        "0000 0000 0000 0000",
        "https://example.org/status/4111111111111111",
        "0.4111111111111111",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
        "2,411,111,111,111,111",
        "99999919991399002X",
    ],
)
def test_other_long_numbers_are_left_alone(text):
    assert not [verdict for verdict in examine(Draft(text=text)) if verdict.level == Level.STOP]


def test_a_source_or_a_link_answers_the_question_for_sources():
    quoted = LONG + "“It waits for all of us now,” she said. According to the harbour, by 5 %."
    assert said(text=quoted, sources=("https://example.org",)) == set()
    assert said(text=quoted, body='<p><a href="https://example.org/a">harbour</a></p>') == set()


def test_every_message_is_there_in_the_language_of_whoever_reads_it():
    note = next(verdict for verdict in examine(Draft(text="x")) if verdict.check == "ai")
    with translation.override("de"):
        assert note.message.startswith("Say whether")


@given(st.text(max_size=2000), st.text(max_size=300), st.sampled_from(["en", "zh-hans", ""]))
def test_no_text_makes_a_check_raise(text, headline, language):
    draft = Draft(headline=headline, dek=headline, body=text, text=text, language=language, sources=(headline,))
    for check in all_checks():
        for verdict in check.examine(draft):
            assert not verdict.passage or verdict.passage in "\n".join([text, headline])
            assert verdict.message


@given(st.text(alphabet='0123456789- Xx+(),.%“”"据 aA@:/', max_size=400), st.integers(1, 200))
def test_time_grows_with_the_text_and_no_faster(piece, times):
    text = (piece * times)[:60_000]
    begin = time.process_time()
    examine(Draft(headline=piece, text=text, body=text))
    assert time.process_time() - begin < 2


@given(st.text(alphabet="0123456789０１２٣xX -", max_size=30))
def test_check_digits_of_anything_are_a_yes_or_a_no(text):
    assert is_identity_number(text) in {True, False}
    assert is_card_number(text) in {True, False}


def test_a_broken_check_is_logged_and_keeps_nobody_from_sending(monkeypatch, caplog):
    def broken(draft):
        raise RuntimeError("broken")

    monkeypatch.setattr(all_checks()[0], "examine", broken)
    assert said() == set()
    assert "failed" in caplog.text


@pytest.mark.django_db
def test_every_check_serves_a_rule_of_the_guidelines_in_force():
    make_guidelines()
    codes = set(Rule.objects.values_list("reason_code", flat=True))
    assert {check.rule for check in all_checks()} <= codes
    assert len({check.id for check in all_checks()}) == len(all_checks())
