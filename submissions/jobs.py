"""The submissions' work that can wait: telling contributors, fingerprints, an outside checker, and forgetting."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone

from articles.fingerprinting import follow_log
from articles.models import Article
from cms.page_cache import site_changed
from cms.worker import job
from submissions import erasure
from submissions.checks.hook import ask_about_waiting
from submissions.drafts import SavedDraft, unused_pictures
from submissions.flags import flag_waiting
from submissions.mail.spool import deliver_left_behind
from submissions.models import Story

UNSENT_PICTURES_STAY = timedelta(days=2)
EDITED_FOR = timedelta(minutes=30)  # without a change: then the editor has probably finished


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


@job(every=timedelta(minutes=1))
def tell_edited() -> int:
    """Write once to contributors whose story an editor has changed, when the editing has come to rest."""
    same_text = Q(article__headline=F("headline"), article__dek=F("dek"), article__body=F("body"))
    rested = Story.objects.filter(
        ~same_text,  # a draft that was only claimed
        status=Story.Status.ACCEPTED,
        told_published=None,
        told_edited=None,
        article__status=Article.Status.DRAFT,
        article__version__gt=1,
        article__updated__lt=timezone.now() - EDITED_FOR,
    )
    return _tell_each(rested.select_related("article"), "told_edited", "story_edited")


@job(every=timedelta(minutes=1))
def tell_spiked() -> int:
    """Write to contributors whose accepted story will not be printed after all."""
    spiked = Story.objects.filter(
        status=Story.Status.ACCEPTED, told_published=None, told_spiked=None, article__status=Article.Status.SPIKED
    )
    return _tell_each(spiked.select_related("article"), "told_spiked", "story_spiked")


def _tell_each(stories: QuerySet[Story], mark: str, letter: str) -> int:
    """Write `letter` about each of the next stories, and when, in the field `mark`, in the same transaction."""
    found = list(stories.order_by("pk")[:50])
    for story in found:
        with transaction.atomic():
            mine = Story.objects.filter(pk=story.pk, **{mark: None}).update(**{mark: timezone.now()})
            if mine:
                story.tell(letter)
    return len(found)


@job(every=timedelta(minutes=1))
def close_unanswered() -> int:
    """Close stories that wait for changes in vain."""
    return erasure.close_unanswered()


@job(every=timedelta(minutes=10))
def forget_old_stories() -> int:
    """Erase the personal data of stories that were declined or withdrawn long ago."""
    return erasure.erase_old_stories()


@job(every=timedelta(minutes=10))
def forget_old_mail() -> int:
    """Forget messages that became something else long ago."""
    return erasure.erase_old_mail()


@job()
def fingerprint() -> int:
    """Fingerprint the stories that came or changed, and forget those that are decided: an article has their text."""
    return follow_log(Story, Story.UNDECIDED)


@job(every=timedelta(seconds=5))
def mark_newcomers() -> int:
    """Note of the stories that wait whether their address has sent one before: the desk filters by it."""
    new = list(Story.objects.waiting().filter(newcomer=None).due_first()[:50])
    for story in new:
        earlier = Story.objects.alias(address=Lower("email")).filter(address=Lower(Value(story.email)), pk__lt=story.pk)
        first = bool(story.email) and not earlier.exists()
        Story.objects.filter(pk=story.pk).update(newcomer=first)
    if new:
        transaction.on_commit(site_changed)
    return len(new)


@job(every=timedelta(seconds=2))
def flag() -> int:
    """Flag the waiting stories of which an editor should know something first."""
    return flag_waiting()


@job(every=timedelta(hours=1))
def forget_unsent_pictures() -> int:
    """Delete pictures of forms that were never sent."""
    old = unused_pictures().filter(created__lt=timezone.now() - UNSENT_PICTURES_STAY)
    unused = list(old.order_by("pk")[:50])
    for picture in unused:
        picture.forget()
    return len(unused)


@job(every=timedelta(hours=1))
def forget_expired_drafts() -> int:
    """Delete the drafts that nobody has saved for so long, with their pictures."""
    expired = list(SavedDraft.objects.expired().select_related("cover").order_by("saved")[:50])
    for draft in expired:
        draft.forget()
    return len(expired)


@job(every=timedelta(seconds=5))
def ask_outside_checker() -> int:
    """Ask the outside checker, where the newsroom has one, about a story that it has not seen."""
    return ask_about_waiting()


@job(every=timedelta(minutes=1))
def take_mail_left_behind() -> int:
    """Take the messages that came while the database was away."""
    return deliver_left_behind()
