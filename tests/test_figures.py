"""The figures are replays of the log: they can be counted again, and they name nobody."""

import itertools
import json
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.figures import counts
from cms.figures.follow import declared, follow, replay
from cms.figures.models import Figures, Wait
from cms.figures.replay import Line, bucket, hours, tally
from cms.log_export import record
from cms.models import Decision, User
from tests.factories import make_editor, make_report, make_story
from tests.test_log import _tamper

pytestmark = pytest.mark.django_db


def a_busy_day(editor):
    """One of everything that the figures tell of."""
    other = make_editor()
    story, kept, back = make_story(), make_story(), make_story()
    story.decline(by=editor, reason="Known.", rules=["4.2"])
    appeal = story.appeal(by=User.objects.system(), reason="No.")
    appeal.grant(by=other, reason="Right.")
    kept.accept(by=editor)
    back.withdraw(by=User.objects.system())
    make_story()
    report = make_report()
    report.uphold(by=editor, reason="Hers.")
    report.reverse(by=other, reason="Not hers.")


def count_exported(lines):
    """Plain Python over exported lines, knowing only what the guide says: outcomes, backlog, rules."""
    waiting = {"submissions.story": {"received"}, "submissions.appeal": {"open"}}
    open_items, out, rules = set(), Counter(), Counter()
    for line in lines:
        states = waiting.get(line["kind"])
        if states is None:
            continue
        if line["target"] in states:
            open_items.add(line["item"])
        elif line["item"] in open_items:
            open_items.remove(line["item"])
            out[line["kind"], line["target"]] += 1
        if line["move"] == "decline":
            rules.update(line["rules"])
    return open_items, out, rules


def state():
    rows = Figures.objects.order_by("span", "begins", "kind").values_list("span", "begins", "kind", "numbers")
    return list(rows), sorted(Wait.objects.values_list("item", "since", "first"))


def test_the_figures_can_be_recomputed_from_the_export(editor):
    a_busy_day(editor)
    while follow():
        pass
    exported = [json.loads(json.dumps(record(line))) for line in Decision.objects.order_by("number")]
    open_items, out, rules = count_exported(exported)
    ever = {row.kind: row.numbers for row in Figures.objects.filter(span="ever")}
    for (kind, target), count in out.items():
        assert ever[kind][f"out:{target}"] == count
    assert ever["submissions.story"]["rule:declined:4.2"] == rules["4.2"] == 1
    mine = Wait.objects.filter(kind__in=["submissions.story", "submissions.appeal"])
    assert {str(pk) for pk in mine.values_list("pk", flat=True)} == open_items
    assert ever["copyright.copyrightreport"]["move:reverse:reversed"] == 1


def test_a_replay_gives_what_the_worker_counted(editor):
    a_busy_day(editor)
    assert follow()
    make_story().decline(by=editor, reason="No.", rules=["1.1"])
    while follow():
        pass
    followed = state()
    assert replay() == Decision.objects.count()
    assert state() == followed
    assert follow() == 0


STEPS = [("", "received"), ("received", "declined"), ("received", "changes_asked"), ("declined", "received"),
         ("received", "withdrawn"), ("changes_asked", "received"), ("received", "received")]  # fmt: skip
MOVES = {"declined": "decline", "changes_asked": "ask_changes", "withdrawn": "withdraw", "received": "send_again"}


@settings(max_examples=150, deadline=None)
@given(
    history=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(STEPS), st.integers(0, 200_000)), max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=4),
)
def test_any_history_counts_the_same_however_it_is_cut(history, cuts):
    now, lines = datetime(2026, 1, 1, tzinfo=UTC), []
    for number, (item, (source, target), seconds) in enumerate(history, 1):
        now += timedelta(seconds=seconds)
        move = MOVES[target] if source else "receive"
        lines.append(Line(number, now, "submissions.story", uuid.UUID(int=item), move, source, target, 1, ["4.2"]))
    kinds, whole_waits, waits = declared(), {}, {}
    whole = tally(lines, whole_waits, kinds)
    parts: dict = {}
    edges = [0, *sorted(cuts), len(lines)]
    for start, end in itertools.pairwise(edges):
        for key, count in tally(lines[start:end], waits, kinds).items():
            parts.setdefault(key, Counter()).update(count)
    assert parts == whole
    assert waits == whole_waits
    total = sum(whole.values(), Counter())
    left = sum(count for key, count in total.items() if key.startswith("out:"))
    exported = [{"kind": x.kind, "target": x.target, "item": x.item, "move": x.move, "rules": x.rules} for x in lines]
    still, out, _rules = count_exported(exported)
    assert (total["in"] - left, left) == (len(still), sum(out.values()))


@given(st.floats(60, 10**8))
def test_a_waiting_time_is_told_to_within_five_percent(seconds):
    assert hours(bucket(seconds)) == pytest.approx(seconds / 3600, rel=0.05)


def counted(editor):
    a_busy_day(editor)
    while follow():
        pass


def test_the_page_of_figures_reads_no_line_of_the_log(desk, editor, django_assert_max_num_queries):
    counted(editor)
    with django_assert_max_num_queries(8) as queries:
        page = desk.get("/admin/figures/?days=90")
    assert page.context["rules"] == [("4.2", 1, 100)]
    assert page.context["flow_rows"][0][1] == (8, 5)  # four stories, an appeal, a story again, a draft, a report
    assert page.context["backlog_rows"][0][1] == (3, 0, 0, 0, 0)
    assert not any("cms_decision" in query["sql"].lower() for query in queries.captured_queries)


@pytest.mark.parametrize("query", ["days=7", "days=x", "days=0", "days=99999", "kind=auth.user", "language=xx"])
def test_a_period_kind_or_language_that_cannot_be_is_not_found(desk, query):
    assert desk.get(f"/admin/figures/?{query}").status_code == 404


def test_a_kind_shows_its_outcomes_of_each_day(desk, editor):
    counted(editor)
    page = desk.get("/admin/figures/?kind=submissions.story").context
    assert list(map(str, page["flow_heads"])) == ["came", "left", "accepted", "declined", "withdrawn"]
    assert page["flow_rows"][0][1] == (5, 3, 1, 1, 1)  # four came, and one again after its appeal
    assert [row["kind"] for row in page["outcomes"]] == ["submissions.story"]
    assert {str(name): number for name, number, _points in page["outcomes"][0]["rows"]} == {
        "received": 4, "accepted": 1, "declined": 1, "withdrawn": 1,
    }  # fmt: skip


def test_each_language_is_counted_by_what_the_log_says(desk, editor):
    make_story(language="zh-hans").decline(by=editor, reason="No.", rules=["4.2"])
    english, chinese = make_story(), make_story(language="zh-hans")
    follow()
    type(chinese).objects.filter(pk=chinese.pk).update(language="en")  # the log, not the row, is counted
    chinese.accept(by=editor)
    english.withdraw(by=User.objects.system())
    while follow():
        pass
    stories = Figures.objects.filter(span="ever", kind="submissions.story").order_by("language")
    mine = f"by:{editor.pk}:accepted"
    told = [(row.language, row.numbers["received"], row.numbers.get(mine)) for row in stories]
    assert told == [("en", 1, None), ("zh-hans", 2, 1)]
    page = desk.get("/admin/figures/?kind=submissions.story&language=zh-hans").context
    assert page["flow_rows"][0][1] == (2, 2, 1, 1)
    public = desk.get("/en/transparency/").context["by_language"]
    assert [(row["name"], row["cells"]) for row in public] == [("English", [1, 0, 0]), ("简体中文", [2, 1, 1])]


def test_lines_of_before_the_log_told_languages_take_them_from_their_items(editor):
    story = make_story(language="zh-hans")
    line = Decision.objects.get(item=story.uid)
    _tamper(f"UPDATE cms_decision SET details = '{{}}' WHERE number = {line.number}")
    story.decline(by=editor, reason="No.")
    while follow():
        pass
    assert list(Figures.objects.filter(span="ever").values_list("kind", "language")) == [
        ("submissions.story", "zh-hans")
    ]


def test_years_without_a_line_leave_no_row(editor):
    story = make_story()
    begun = timezone.now() - timedelta(days=1100)
    number = Decision.objects.latest("number").number
    _tamper(f"UPDATE cms_decision SET created = '{begun:%Y-%m-%d %H:%M:%S}' WHERE number = {number}")
    story.decline(by=editor, reason="Late.")
    assert follow() == Decision.objects.count()
    assert Figures.objects.filter(span="day", kind="submissions.story").count() == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=40))
def test_what_waited_at_the_end_of_each_day_is_told_exactly(stays):
    """Items that came so many days ago and, unless that is later than today, left so many days after."""
    today, stays = date(2026, 3, 1), [(came, after) for came, after in stays]
    lines = []
    for place, (came, after) in enumerate(stays):
        begins = datetime(2026, 3, 1, tzinfo=UTC) - timedelta(days=came)
        steps = [
            (begins, "receive", "", "received"),
            (begins + timedelta(days=after), "decline", "received", "declined"),
        ]
        lines += [
            Line(0, when, "submissions.story", uuid.UUID(int=place), move, source, target, 1, [])
            for when, move, source, target in steps
            if when.date() <= today
        ]
    waits: dict = {}
    numbers = tally(sorted(lines, key=lambda line: line.created), waits, declared())
    dates = [today - timedelta(days=back) for back in reversed(range(30))]
    rows = [(day, kind, language, count) for (day, kind, language), count in numbers.items() if day in dates]
    left = Counter((wait.kind, wait.language, wait.day) for wait in waits.values())
    loaded = counts.Loaded(dates, rows, [(*key, number) for key, number in left.items()], 0)
    for day, bands in zip(dates, counts.backlog(loaded), strict=True):
        ages = [
            (day - (today - timedelta(days=came))).days for came, after in stays if came - after < (today - day).days
        ]
        ages = [age for age in ages if age >= 0]
        assert bands == [
            sum(least <= age < most for age in ages) for least, most in ((0, 1), (1, 3), (3, 7), (7, 30), (30, 999))
        ]


def test_what_each_editor_did_is_for_chiefs(client, editor):
    counted(editor)
    client.force_login(make_editor("decide_story"))
    assert client.get("/admin/figures/").status_code == 403
    client.force_login(make_editor("view_decision"))
    assert client.get("/admin/figures/").context["people"] is None
    client.force_login(make_editor("view_decision", "view_editor_figures"))
    made = {name: number for name, number, *_ in client.get("/admin/figures/").context["people"]}
    assert made[editor.byline()] == 3


def test_the_public_page_counts_and_names_nobody(client, editor):
    counted(editor)
    page = client.get("/en/transparency/")
    assert page.context["ever"]["cells"] == [4, 1, 1, 1, 0, 1, 1, 0, 1, 0]
    assert page.context["months"][0]["cells"] == page.context["ever"]["cells"]
    assert editor.byline() not in page.content.decode()
    assert "ferry" not in page.content.decode()
    assert client.get("/zh-hans/transparency/").status_code == 200
    assert "/en/transparency/" in client.get("/en/").content.decode()
