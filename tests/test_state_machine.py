"""Whatever people do, in whatever order: the workflow's promises hold."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from articles.models import Article, Withholding
from cms.models import Decision, Letter, User
from cms.workflow import Conflict, NotPermitted
from submissions.copyright.models import CopyrightReport
from submissions.models import Appeal, Story
from tests.factories import make_editor, make_guidelines, make_report, make_section, make_story

REFUSALS = (Conflict, NotPermitted, ValidationError)


class Newsroom(RuleBasedStateMachine):
    """Contributors, two editors and a visitor act on stories, articles and reports, often on stale copies."""

    stories, articles, reports = Bundle("stories"), Bundle("articles"), Bundle("reports")

    @initialize()
    def open_the_newsroom(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        make_guidelines()
        make_section()
        self.people = [make_editor(), make_editor(), make_editor("view_story"), User.objects.system()]
        self.counts = (0, 0, 0)

    def teardown(self):
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(target=stories, email=st.sampled_from(["", "reader@example.org"]))
    def a_story_comes_in(self, email):
        story = make_story(email=email)
        # Two people open it: the second copy goes stale as soon as the first is moved.
        return multiple(story, Story.objects.get(pk=story.pk))

    @rule(target=articles, story=stories)
    def its_draft_is_opened(self, story):
        article = Article.objects.filter(story__pk=story.pk).first()
        return multiple(*([article] if article else []))

    @rule(target=reports, article=articles)
    def a_report_comes_in(self, article):
        return make_report(article)

    def act(self, item, move, person, reason):
        before = self.everything(item)
        holder = type(item).objects.get(pk=item.pk).claimed_by
        details = {"to": self.people[1 - person % 2]} if move == "hand_over" else {}
        if move in {"withhold", "lift"}:
            return
        try:
            getattr(item, move)(by=self.people[person], reason=reason, **details)
        except REFUSALS:
            assert self.everything(item) == before, "a refused move left something behind"
        else:
            spec = next(spec for spec in item.moves() if spec.name == move)
            line = Decision.objects.order_by("-number").filter(item=item.uid).first()
            assert line.move == move
            assert line.source in spec.sources
            assert line.target == (spec.target or line.source) == item.status
            assert spec.allowed_to(self.people[person])
            assert bool(line.reason.strip()) == (bool(reason.strip()) and not spec.confidential)
            assert reason.strip() or not spec.reason
            mine = holder in (None, self.people[person]) or self.people[person].is_system
            assert mine or move == "take_over", "somebody decided on what another had claimed"

    def everything(self, item):
        row = type(item).objects.get(pk=item.pk)
        return row.status, row.version, Decision.objects.count(), Letter.objects.count(), Withholding.objects.count()

    people_st = st.integers(0, 3)
    reasons = st.sampled_from(["", "  ", "Because of rule 4.2."])

    @rule(item=stories, move=st.sampled_from([m.name for m in Story.moves()]), person=people_st, reason=reasons)
    def somebody_moves_a_story(self, item, move, person, reason):
        self.act(item, move, person, reason)

    @rule(item=articles, move=st.sampled_from([m.name for m in Article.moves()]), person=people_st, reason=reasons)
    def somebody_moves_an_article(self, item, move, person, reason):
        self.act(item, move, person, reason)

    @rule(item=stories, move=st.sampled_from([m.name for m in Appeal.moves()]), person=people_st, reason=reasons)
    def somebody_moves_an_appeal(self, item, move, person, reason):
        appeal = Appeal.objects.filter(story=item).first()
        if appeal:
            self.act(appeal, move, person, reason)

    @rule(
        item=reports, move=st.sampled_from([m.name for m in CopyrightReport.moves()]), person=people_st, reason=reasons
    )
    def somebody_moves_a_report(self, item, move, person, reason):
        self.act(item, move, person, reason)

    @rule(item=articles, person=st.integers(0, 1))
    def somebody_edits_an_article(self, item, person):
        before = self.everything(item)
        try:
            item.amend(by=self.people[person], headline="An edited headline")
        except Conflict:
            assert self.everything(item) == before

    @invariant()
    def the_log_is_whole_and_ends_where_each_item_stands(self):
        if not hasattr(self, "people"):
            return
        assert Decision.objects.first_altered()[0] is None
        for model in (Story, Article, CopyrightReport, Appeal):
            for item in model.objects.all():
                lines = list(item.decisions())
                assert lines[-1].target == item.status
                assert [line.version for line in lines] == list(range(1, item.version + 1))

    @invariant()
    def what_is_claimed_waits_and_is_with_somebody_who_may_decide(self):
        if not hasattr(self, "people"):
            return
        for model in (Story, Article, CopyrightReport, Appeal):
            for item in model.objects.exclude(claimed_at=None, claimed_by=None):
                assert item.status in item.WAITING
                assert item.claimed_at
                assert item.claimed_by.has_perm(item.DECIDE)

    @invariant()
    def an_accepted_story_has_one_article_and_no_other_story_has_any(self):
        if not hasattr(self, "people"):
            return
        for story in Story.objects.all():
            if story.status != Story.Status.WITHDRAWN:  # after it was accepted, perhaps
                assert (story.article_id is not None) == (story.status == Story.Status.ACCEPTED)
        assert Article.objects.count() == Story.objects.exclude(article=None).count() + self.reported_only()

    def reported_only(self):
        return Article.objects.filter(story=None).count()

    @invariant()
    def readers_see_what_is_published_and_not_withheld(self):
        if not hasattr(self, "people"):
            return
        readable = set(Article.objects.published().values_list("pk", flat=True))
        held = set(Withholding.objects.active().values_list("article", flat=True))
        published = set(Article.objects.filter(status=Article.Status.PUBLISHED).values_list("pk", flat=True))
        assert readable == published - held
        upheld = set(CopyrightReport.objects.filter(status="upheld").values_list("uid", flat=True))
        assert set(Withholding.objects.active().values_list("reference", flat=True)) <= upheld


@pytest.mark.django_db
def test_the_newsroom_keeps_its_promises_whatever_happens():
    from hypothesis.stateful import run_state_machine_as_test

    limits = settings(max_examples=16, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Newsroom, settings=limits)
