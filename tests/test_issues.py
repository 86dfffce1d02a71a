"""Newsletter issues: written, approved by another, looked at before they go out, and kept on the web."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.letters import send_due as send_letters
from cms.models import Decision, Letter, User
from cms.workflow import NotPermitted
from newsletter.issues.mime import Edition
from newsletter.models import Issue
from tests.factories import approved_issue, make_article, make_editor, make_issue, make_member, make_subscriber
from tests.issuing import browser, page_of, press, send_all, typed, writer_fixture  # noqa: F401  (a fixture)
from tests.mailbox import mailbox_fixture  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


def test_an_issue_is_written_submitted_approved_by_another_and_read_on_the_web(writer, settings, mailbox, client):
    settings.FOUR_EYES = True
    reader, first, second = make_subscriber(), make_article(headline="First"), make_article(headline="Second")
    own = browser(writer)
    assert own.post("/admin/newsletter/issue/add/", typed(articles=[second, first])).status_code == 302
    issue = Issue.objects.get()
    assert (issue.status, issue.intro) == ("draft", "<p>Good morning.</p>")
    assert press(own, issue, "submit").status_code == 302
    assert press(own, issue, "approve").status_code == 409
    assert "You wrote this issue" in own.get(page_of(issue)).content.decode()
    assert client.get(issue.get_absolute_url()).status_code == 404
    chief = browser(make_member("chief-editor"))
    assert "What May brought" in chief.get("/admin/desk/").content.decode()
    assert press(chief, issue, "approve").status_code == 302
    assert send_all(issue) == "sent"
    assert mailbox.readers() == {reader.email: 1}
    page = client.get(issue.get_absolute_url()).content.decode()
    assert page.index("Second") < page.index("First")
    assert "What May brought" in client.get("/en/newsletter/issues/").content.decode()
    assert [line.move for line in issue.decisions()] == ["draft", "submit", "approve", "begin", "finish"]
    assert issue.decisions().last().details == {"sent": 1}


def test_without_four_eyes_the_writer_may_approve(writer):
    issue = make_issue(by=writer)
    issue.submit(by=writer)
    issue.approve(by=writer)
    assert issue.status == "sending"


def test_who_edited_it_may_not_approve_it_either_where_four_eyes_are_set(writer, settings):
    settings.FOUR_EYES = True
    issue, other = make_issue(), make_member("newsletter")
    issue.amend(by=writer, headline="Another subject")
    issue.submit(by=other)
    for person in (writer, other):
        with pytest.raises(NotPermitted):
            issue.approve(by=person)


def test_changes_are_asked_for_with_a_reason_and_the_draft_can_be_edited_again(writer):
    issue, own = make_issue(), browser(writer)
    issue.submit(by=writer)
    assert own.post(page_of(issue), typed(issue, headline="Changed")).status_code == 403
    assert press(own, issue, "ask_changes").status_code == 422
    assert press(own, issue, "ask_changes", reason="Too long.").status_code == 302
    issue.refresh_from_db()
    sent = typed(issue, headline="Changed") | {"rows-INITIAL_FORMS": 1, "rows-TOTAL_FORMS": 1}
    row = issue.rows.get()
    sent |= {"rows-0-id": row.pk, "rows-0-issue": issue.pk, "rows-0-article": row.article_id, "rows-0-position": 7}
    assert own.post(page_of(issue), sent).status_code == 302
    issue.refresh_from_db()
    assert (issue.status, issue.headline, issue.rows.get().position) == ("draft", "Changed", 7)
    assert {"articles", "headline"} <= set(issue.decisions().last().details["fields"])
    assert own.post(page_of(issue), sent).status_code == 409  # somebody's older version
    assert press(own, issue, "decline", reason="Not this month.").status_code == 302
    assert press(own, issue, "revive").status_code == 302


def test_what_is_not_ready_is_named_and_not_submitted(writer):
    draft = make_article(published=False, headline="Never run")
    issue = make_issue(draft, by=writer)
    answer = press(browser(writer), issue, "submit")
    assert answer.status_code == 422
    assert "Never run" in answer.content.decode()
    empty = make_issue(intro="")
    empty.rows.all().delete()
    with pytest.raises(ValidationError) as refused:
        empty.submit(by=writer)
    assert set(refused.value.message_dict) == {"intro"}
    long = make_issue(intro="<p>" + "word " * 30_000 + "</p>")
    with pytest.raises(ValidationError, match="100 KB"):
        long.submit(by=writer)


def test_only_published_articles_are_offered(writer):
    make_article(headline="Buses by night"), make_article(published=False, headline="Buses unfinished")
    where = {"app_label": "newsletter", "model_name": "issuearticle", "field_name": "article", "term": "Buses"}
    found = browser(writer).get("/admin/autocomplete/", where).json()["results"]
    assert [row["text"] for row in found] == ["Buses by night"]


def test_a_copy_goes_to_oneself_before_it_is_submitted_and_to_nobody_else(writer, mailbox):
    make_subscriber()
    issue, own = make_issue(), browser(writer)
    assert own.post(f"/admin/newsletter/issue/{issue.pk}/test/").status_code == 302
    send_letters()
    [mail] = mailbox.mails
    assert (mail["To"], mail["Subject"]) == (writer.email, "[Test] What May brought")
    assert "reader" not in (mail["List-Unsubscribe"] or "")
    assert "/u/" not in mail.get_body(("html",)).get_content()
    chief = browser(make_member("chief-editor"))
    assert chief.post(f"/admin/newsletter/issue/{issue.pk}/test/").status_code == 403
    assert Letter.objects.filter(name="newsletter_test").count() == 1


def test_the_preview_is_what_goes_out_and_runs_nothing(writer):
    issue, own = make_issue(intro="<p>Good morning.</p>"), browser(writer)
    page = own.get(f"/admin/newsletter/issue/{issue.pk}/preview/html/")
    assert "script-src 'none'" in page["Content-Security-Policy"]
    edition = Edition(issue, issue.readable_articles())
    assert page.content.decode() == edition.shown("html")
    assert own.get(f"/admin/newsletter/issue/{issue.pk}/preview/text/").content.decode() == edition.shown("text")
    assert browser(make_member("legal")).get(f"/admin/newsletter/issue/{issue.pk}/preview/text/").status_code == 403


def test_the_web_edition_asks_little_and_is_kept(client):
    issue = approved_issue(*(make_article() for _article in range(6)), slug="may")
    approved_issue(slug="may", language="zh-hans", headline="五月")
    path = issue.get_absolute_url()
    client.get("/en/")  # what is asked once: sections, pages about the newsroom, when something appears by itself
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path)
    assert page.status_code == 200
    assert len(queries) <= 4
    assert 'href="/zh-hans/newsletter/issue/may/"' in page.content.decode()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers={"if-none-match": page["ETag"]}).status_code == 304
    assert len(queries) == 0
    assert not client.cookies


def test_past_issues_are_paged_by_key(client, monkeypatch):
    monkeypatch.setattr("newsletter.issues.views.PAGE", 2)
    issues = [approved_issue(headline=f"Issue {number}") for number in range(5)]
    same = timezone.now() - timedelta(minutes=1)
    Issue.objects.filter(pk__in=[issue.pk for issue in issues[1:4]]).update(public_at=same)
    Issue.objects.filter(pk=issues[0].pk).update(public_at=same - timedelta(days=1))
    seen, path = [], "/en/newsletter/issues/"
    while path:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path).content.decode()
        assert len(queries) <= 4
        seen += re.findall(r">Issue (\d)<", page)
        older = re.search(r'href="([^"]+before=\d+)" rel="next"', page)
        path = older and older[1]
    assert seen == ["4", "3", "2", "1", "0"]
    assert client.get("/en/newsletter/issues/?before=x").status_code == 404
    assert "issues/" in client.get("/en/newsletter/").content.decode()


def test_the_desk_counts_issues_within_its_budget(desk):
    for _issue in range(3):
        make_issue().submit(by=User.objects.system())
    desk.get("/admin/desk/")
    Decision.objects.count()
    with CaptureQueriesContext(connection) as queries:
        page = desk.get("/admin/desk/?kind=newsletter.issue")
    assert page.content.decode().count("What May brought") >= 3
    assert len(queries) <= 12


def test_a_moved_issue_is_a_conflict_and_an_auditor_only_reads(writer):
    issue, auditor = make_issue(), browser(make_member("auditor"))
    assert auditor.get(page_of(issue)).status_code == 200
    stale = issue.version
    issue.amend(by=make_editor(), headline="Changed")
    answer = browser(writer).post(page_of(issue), typed(issue, seen=stale, headline="Mine"))
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode()
