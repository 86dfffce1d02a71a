"""Two editors in two windows have 300 items before them, and one afternoon."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from articles.models import Article
from cms.models import Decision, Letter, User
from cms.workflow import DeskItem
from submissions.copyright.models import CopyrightReport
from submissions.mail.models import ReceivedMail
from submissions.models import Appeal, Story
from tests.browser.steps import sign_in
from tests.factories import make_article, make_editor, make_report, make_story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KINDS = {  # kind -> how many wait, the move that ends the waiting in bulk, the letter that goes with it
    Story: (180, "decline", "story_declined"),
    Article: (60, "spike", ""),
    CopyrightReport: (30, "decline", "report_declined"),
    ReceivedMail: (20, "file_away", ""),
    Appeal: (10, "dismiss", "appeal_dismissed"),
}
DECIDED = {"declined", "spiked", "filed", "dismissed"}


def fill_the_desk(colleague: User) -> None:
    """Three hundred items of every kind; nobody's address twice, so that no letter is held back."""
    system = User.objects.system()
    for number in range(180):
        make_story(headline=f"Ferry {number}", email=f"reader{number}@example.org")
    for number in range(60):
        make_article(published=False, headline=f"Draft {number}")
    target = make_article()
    for number in range(30):
        make_report(target, work=f"Work {number}", email=f"owner{number}@example.org")
    for number in range(20):
        mail = ReceivedMail(subject=f"Mail {number}", sender="a@example.org", why="nowhere", language="en")
        mail.status = "waiting"
        mail.enter(by=system, move="receive")
    for number in range(10):
        story = make_story(headline=f"Again {number}", email=f"again{number}@example.org")
        story.decline(by=colleague, reason="Not now.")
        story.appeal(by=system, reason="You misread it.")


@pytest.fixture
def windows(page: Page, browser, site):
    """Rosa's window and Chen's, with the desk before them."""
    rosa = make_editor(first_name="Rosa", last_name="Osei", email="rosa@example.org")
    chen = make_editor(first_name="Chen", last_name="Xu", email="chen@example.org")
    fill_the_desk(make_editor(first_name="Ada", last_name="Quist"))
    second = browser.new_context().new_page()
    second.set_default_timeout(10_000)
    sign_in(page, site, rosa)
    sign_in(second, site, chen)
    yield page, second
    second.context.close()


def waiting() -> Counter:
    """How much waits, by kind."""
    return Counter({kind: kind.objects.waiting().count() for kind in KINDS})


def choose_all(page: Page, site: str, kind: type[DeskItem]) -> int:
    """Tick every row of the first page of a kind and come to the page that asks what is to be done."""
    page.goto(f"{site}/admin/desk/?kind={kind.kind()}")
    page.wait_for_load_state()
    boxes = page.locator(".desk-rows input[name=item]:enabled")
    count = boxes.count()
    page.evaluate("document.querySelectorAll('.desk-rows input[name=item]').forEach((box) => { box.checked = true })")
    page.get_by_role("button", name=re.compile("Move what is ticked")).click()
    move = KINDS[kind][1]
    page.locator(f"[name=move][value={move}]").check()
    if page.locator("#reason").count():
        page.locator("#reason").fill("Nothing for us.")
    return count


def press(page: Page) -> None:
    """Press "Do it", without waiting for the answer."""
    page.evaluate("setTimeout(() => document.querySelector('[name=made]').click())")


def report(page: Page) -> tuple[int, int]:
    """How many were done and how many refused, as the page says; every refusal says why."""
    expect(page.locator("[role=status].lede")).to_be_visible(timeout=60_000)
    done, refused = map(int, re.findall(r"\d+", page.locator("[role=status].lede").inner_text())[-2:])
    assert page.locator(".several li br").count() == refused
    return done, refused


def claims_and_conflicts(rosa: Page, chen: Page, site: str) -> None:
    """Claimed by one, handed over, taken back; what the other typed meanwhile is kept, and nothing is mailed."""
    story = Story.objects.waiting().due_first().first()
    address = f"{site}/admin/submissions/story/{story.pk}/change/"
    rosa.goto(address)
    expect(rosa.locator(".waits")).to_contain_text("Claimed by Rosa Osei")
    chen.goto(address)
    expect(chen.locator(".bar")).to_contain_text("Rosa Osei has claimed it")
    rosa.locator("#move-hand_over summary").first.click()
    rosa.locator("#to-hand_over").select_option(label="Chen Xu")
    rosa.locator("#move-hand_over button").click()
    expect(rosa).to_have_url(f"{site}/admin/desk/")
    chen.reload()
    expect(chen.locator(".waits")).to_contain_text("Claimed by Chen Xu")
    rosa.goto(address)
    rosa.locator("#move-take_over summary").first.click()
    rosa.locator("#reason-take_over").fill("I know the harbour.")
    rosa.locator("#move-take_over button").click()
    expect(rosa.locator(".waits")).to_contain_text("Claimed by Rosa Osei")
    letters = Letter.objects.count()
    chen.locator("#move-decline summary").first.click()
    chen.locator("#reason-decline").fill("Typed while it was taken away")
    with chen.expect_navigation() as answer:
        chen.locator("#move-decline button").first.click()
    assert answer.value.status == 409
    expect(chen.locator("#typed-1")).to_have_value("Typed while it was taken away")
    expect(chen.locator("[role=alert]")).to_contain_text("Rosa Osei acted")
    assert Letter.objects.count() == letters


def both_decide_the_same_fifty(rosa: Page, chen: Page, site: str) -> None:
    """Both ticked the same page and press at the same moment: each item is one's or the other's."""
    assert choose_all(rosa, site, Story) == choose_all(chen, site, Story) == 50
    press(rosa)
    press(chen)
    (done, refused), (also_done, also_refused) = report(rosa), report(chen)
    assert done + also_done == 50
    assert refused + also_refused == 50
    for page, many, faster in ((rosa, refused, "Chen Xu"), (chen, also_refused, "Rosa Osei")):
        if many:
            expect(page.locator("main, #content").first).to_contain_text(faster)


def nothing_was_decided_twice_or_lost() -> None:
    """One decision an item, a letter for each that owes one, a log without a gap."""
    for kind, (count, move, letter) in KINDS.items():
        made = Counter(
            Decision.objects.filter(kind=kind.kind(), move=move, reason="Nothing for us.").values_list("item")
        )
        assert len(made) == count, kind
        assert set(made.values()) == {1}, kind
        ended = kind.objects.filter(status__in=DECIDED, uid__in=[uid for (uid,) in made])
        assert ended.count() == count, kind
        if letter:
            told = Counter(Letter.objects.filter(name=letter, body_text__contains="Nothing for us.").values_list("to"))
            assert sum(told.values()) == count, kind
            assert set(told.values()) == {1}, kind
    call_command("verify_log")


def test_three_hundred_items_are_decided_once_each_and_nothing_is_lost(windows, site):
    rosa, chen = windows
    assert sum(waiting().values()) == 300
    rosa.goto(f"{site}/admin/desk/")
    expect(rosa.locator(".desk-filters")).to_contain_text("300")
    claims_and_conflicts(rosa, chen, site)
    both_decide_the_same_fifty(rosa, chen, site)
    for kind in KINDS:
        while kind.objects.waiting().exists():
            choose_all(rosa, site, kind)
            choose_all(chen, site, kind)
            press(rosa)
            press(chen)
            assert report(rosa)[0] + report(chen)[0], "a round in which nothing was done"
    nothing_was_decided_twice_or_lost()
    for window in windows:
        window.goto(f"{site}/admin/desk/")
        expect(window.locator(".desk-empty")).to_contain_text("Nothing is waiting")
