"""The main job, from a reader's keyboard to a withheld page, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from articles.models import Article
from cms.models import Decision
from cms.worker import run_until_idle
from submissions.models import Story
from tests.factories import PASSWORD, make_editor, picture_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
HEADLINE = "会等待的渡轮：一封信怎样改了末班时间"


def sign_in(page: Page, site: str) -> None:
    make_editor(username="chen", first_name="Chen", last_name="Xu")
    page.goto(f"{site}/admin/desk/")
    page.locator("#id_username").fill("chen")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/admin/desk/")


def send_the_story(page: Page, site: str, tmp_path) -> None:
    """A reader on a phone writes in Chinese, with a photo; forgets the byline, and loses nothing."""
    photo = tmp_path / "渡轮.jpg"
    photo.write_bytes(picture_bytes((2000, 1400)))
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/zh-hans/submit/")
    page.locator("#id_headline").fill(HEADLINE)
    page.locator("#id_section").select_option("business")
    area = page.locator(".ProseMirror[contenteditable]")
    area.click()
    page.keyboard.type("末班渡轮过去十点就走。")
    page.keyboard.press("Enter")
    page.keyboard.type("现在它等最后一班工人。")
    page.locator("#id_sources").fill("https://example.org/timetable")
    page.locator("#id_cover").set_input_files(photo)
    page.locator("#id_cover_source_type").select_option("digitalCapture")
    page.locator("#id_email").fill("duzhe@example.org")
    page.locator("#id_guidelines").check()
    page.locator("main form button").last.click()
    expect(page.locator("#id_byline")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_headline")).to_have_value(HEADLINE)
    expect(page.locator(".ProseMirror[contenteditable]")).to_contain_text("现在它等最后一班工人。")
    page.wait_for_load_state()
    page.locator("#id_byline").fill("林岸")
    page.locator("main form button").last.click()
    expect(page).to_have_url(re.compile(r"/zh-hans/receipt/\w{26}/"))
    expect(page.locator("main")).to_contain_text(Story.objects.get().code.upper()[:5])


def decide_and_publish(page: Page, site: str) -> Article:
    """An editor finds the story on the desk, accepts it, describes the cover, publishes."""
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, site)
    page.get_by_role("link", name=HEADLINE).click()
    expect(page.locator("body")).to_contain_text("现在它等最后一班工人。")
    page.get_by_role("button", name=re.compile("Accept and edit")).click()
    expect(page).to_have_url(re.compile(r"/admin/articles/article/\d+/change/"))
    page.locator("#id_cover_alt").fill("码头边的一艘渡轮")
    page.locator("input[name=_continue], button[name=_continue], [name=_save]").first.click()
    page.goto(f"{site}/admin/articles/article/{Article.objects.get().pk}/change/")
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page).to_have_url(f"{site}/admin/desk/")
    return Article.objects.get()


def newest_letter(page: Page, site: str) -> None:
    """Let the worker work, and open the newest letter in the outbox."""
    run_until_idle()
    page.goto(f"{site}/outbox/")
    page.locator("main li a, main td a, main article a").first.click()


def subscribe_and_confirm(page: Page, site: str, article: Article) -> None:
    page.goto(site + article.get_absolute_url())
    page.locator("input[name=email]").fill("reader@example.net")
    page.locator("input[name=email]").press("Enter")
    expect(page).to_have_url(f"{site}/zh-hans/newsletter/")
    newest_letter(page, site)
    link = re.search(rf"{site}/zh-hans/newsletter/confirm/\S+", page.locator("main").inner_text())[0]
    page.goto(link)
    page.locator("main form button").first.click()
    from newsletter.models import Subscriber

    assert Subscriber.objects.confirmed().filter(email="reader@example.net").exists()


def report_and_withhold(page: Page, site: str, article: Article) -> None:
    page.goto(site + article.get_absolute_url())
    page.locator("a[href*='/copyright/report/?url=']").first.click()
    expect(page.locator("#id_urls")).to_have_value(re.compile("/zh-hans/news/"))
    page.locator("#id_work").fill("渡轮照片")
    page.locator("#id_explanation").fill("封面是我拍的。")
    page.locator("#id_name").fill("邵闻溪")
    page.locator("#id_email").fill("shao@example.net")
    page.locator("#id_good_faith").check()
    page.locator("#id_accurate").check()
    page.locator("#id_signature").fill("邵闻溪")
    page.locator("main form button").last.click()
    expect(page).to_have_url(re.compile(r"/copyright/case/\w{26}/"))
    page.goto(f"{site}/admin/desk/")
    page.get_by_role("link", name="渡轮照片").click()
    page.locator("summary", has_text="Uphold and withhold").click()
    page.locator("details[open] textarea[name=reason]").fill("原片已核对。")
    page.locator("details[open] button:not(.plain)").last.click()
    expect(page).to_have_url(f"{site}/admin/desk/")


def test_a_readers_story_is_sent_decided_published_read_reported_and_withheld(page, site, tmp_path):
    send_the_story(page, site, tmp_path)
    article = decide_and_publish(page, site)
    run_until_idle()
    page.goto(site + article.get_absolute_url())
    expect(page.locator("h1")).to_have_text(HEADLINE)
    expect(page.locator("article, main").first).to_contain_text("林岸")
    assert page.locator("picture source[type='image/avif']").count() >= 1
    assert page.locator("figure img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    subscribe_and_confirm(page, site, article)
    report_and_withhold(page, site, article)
    answer = page.goto(site + article.get_absolute_url())
    assert answer.status == 451
    page.goto(f"{site}/zh-hans/")
    expect(page.locator("main")).not_to_contain_text(HEADLINE)
    newest_letter(page, site)
    expect(page.locator("main")).to_contain_text("原片已核对。")
    assert Decision.objects.first_altered()[0] is None
