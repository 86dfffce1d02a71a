"""The submissions' work that can wait: telling contributors, fingerprints, an outside checker, unsent pictures."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from articles.fingerprinting import follow_log
from articles.models import Article, Picture
from cms.worker import job
from submissions.checks.hook import ask_about_waiting
from submissions.mail.spool import deliver_left_behind
from submissions.models import Story

UNSENT_PICTURES_STAY = timedelta(days=2)


@job(every=timedelta(seconds=5))
def tell_published() -> int:
    """Write to contributors whose story has appeared. Submissions look at articles: articles know nothing of them."""
    appeared = Article.objects.published().values("pk")
    untold = Story.objects.filter(
        status=Story.Status.ACCEPTED, told_published=None, article__in=appeared
    ).select_related("article")
    stories = list(untold.order_by("pk")[:50])
    for story in stories:
        with transaction.atomic():
            mine = Story.objects.filter(pk=story.pk, told_published=None).update(told_published=timezone.now())
            if mine and story.article:
                story.tell("story_published", article_url=story.article.permalink(), headline=story.article.headline)
    return len(stories)


@job()
def fingerprint() -> int:
    """Fingerprint the stories that came or changed, and forget those that are decided: an article has their text."""
    return follow_log(Story, Story.UNDECIDED)


@job(every=timedelta(hours=1))
def forget_unsent_pictures() -> int:
    """Delete pictures of forms that were never sent."""
    old = Picture.objects.filter(created__lt=timezone.now() - UNSENT_PICTURES_STAY)
    unused = list(old.filter(article=None, story=None).order_by("pk")[:50])
    for picture in unused:
        picture.forget()
    return len(unused)


@job(every=timedelta(seconds=5))
def ask_outside_checker() -> int:
    """Ask the outside checker, where the newsroom has one, about a story that it has not seen."""
    return ask_about_waiting()


@job(every=timedelta(minutes=1))
def take_mail_left_behind() -> int:
    """Take the messages that came while the database was away."""
    return deliver_left_behind()
