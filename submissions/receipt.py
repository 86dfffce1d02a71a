"""What a contributor sees on the receipt page: where the story stands, in plain words, and what may be done now."""

from __future__ import annotations

import statistics
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from cms import codes
from cms.differences import text_changes
from cms.models import Decision
from submissions.appeal import Appeal
from submissions.models import Story

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

MOST_COUNTED = 1000  # places in the queue; beyond, it is "more than"
RECENT = 100  # decisions that the usual waiting time is the median of
PLAIN_WORDS = {
    "receive": _("We have received your story. It waits for an editor."),
    "claim": _("An editor is reading your story."),
    "ask_changes": _("An editor asks you for changes."),
    "send_again": _("You sent your story again. It waits for an editor."),
    "answer": _("You answered the editor. Your story waits for an editor."),
    "write": _("An editor wrote to you: see the messages below."),
    "accept": _("Your story was accepted. An editor is preparing it for print."),
    "decline": _("Your story was declined."),
    "lapse": _("Your story was closed: we asked for changes and heard nothing."),
    "appeal": _("You appealed. Another editor will look at the decision."),
    "reopen": _("Your appeal was granted. Your story waits for an editor again."),
    "withdraw": _("You withdrew your story."),
}
_FIRST_ANSWERS = ("accept", "decline", "ask_changes")


def timeline(story: Story) -> list[dict[str, Any]]:
    """The story's log in plain words, oldest first: {"when", "text", "reason", "rules"}; what came after at its end."""
    told = [line for line in story.decisions() if line.move in PLAIN_WORDS]
    rows: list[dict[str, Any]] = [
        {"when": line.created, "text": PLAIN_WORDS[line.move], "reason": line.reason, "rules": line.rules}
        for line, before in zip(told, [None, *told], strict=False)
        if not (line.move == "claim" and before and before.move == "claim")  # one editor after the other
    ]
    appeal = Appeal.objects.filter(story=story, status=Appeal.Status.DISMISSED).first()
    if appeal and (decision := appeal.decisions().last()):
        text = gettext("Your appeal was dismissed. The decision is final.")
        rows.append({"when": decision.created, "text": text, "reason": decision.reason})
    if story.article:
        rows += _of_article(story, story.article)
    return rows


def _of_article(story: Story, article: Article) -> list[dict[str, Any]]:
    """What became of the article that was made of the story."""
    if Article.objects.published().filter(pk=article.pk).exists():
        text, when = gettext("Your story was published."), article.published_at
        return [{"when": when, "text": text, "url": article.get_absolute_url()}]
    if article.status == Article.Status.SPIKED and story.status == Story.Status.ACCEPTED:
        return [{"when": article.updated, "text": gettext("In the end the newsroom did not print your story.")}]
    if story.told_edited:
        return [{"when": story.told_edited, "text": gettext("An editor has edited your story: see the changes below.")}]
    return []


def edited(story: Story) -> dict[str, SafeString]:
    """What the editor changed, once the editing has come to rest or the article has appeared: marked texts by name."""
    article = story.article
    if article is None or story.erased or story.status != Story.Status.ACCEPTED:
        return {}
    shown = story.told_edited or story.told_published or Article.objects.published().filter(pk=article.pk).exists()
    return text_changes(story, article) if shown else {}


def place_in_queue(story: Story) -> dict[str, Any] | None:
    """How many stories wait before this one: {"before", "more"}; None when it does not wait for an editor."""
    if story.status != Story.Status.RECEIVED:
        return None
    before = Story.objects.waiting().filter(waiting_since__lt=story.waiting_since)[:MOST_COUNTED].count()
    return {"before": before, "more": before == MOST_COUNTED}


def usual_wait() -> timedelta | None:
    """The median time from a story's arrival to its first answer, of the latest ones; None where there are few.

    Kept for an hour.
    """
    seconds = cache.get_or_set("usual-wait", _median_wait, 60 * 60)
    return timedelta(seconds=seconds) if seconds else None


def _median_wait() -> float:
    """The median in seconds; 0 where fewer than three stories were answered."""
    lines = Decision.objects.filter(kind=Story.kind())
    answers = lines.filter(move__in=_FIRST_ANSWERS).order_by("-number").values_list("item", "created")[:RECENT]
    answered: dict[Any, datetime] = dict(reversed(answers))
    came = lines.filter(item__in=answered, move="receive").values_list("item", "created")
    waits = [(answered[item] - when).total_seconds() for item, when in came]
    return statistics.median(waits) if len(waits) >= 3 else 0


def context_of(story: Story, token: str) -> dict[str, Any]:
    """Everything that the receipt page shows of a story; the form for changes is the view's."""
    may = {spec.name for spec in story.moves() if spec.open_to(story) and not story.barred_for_contributor(spec.name)}
    return {
        "story": story,
        "code": codes.printable(token),
        "decisions": timeline(story),
        "edited": edited(story),
        "place": place_in_queue(story),
        "usual_wait": usual_wait(),
        "kept_cover": story.cover,
        "may": may,
        "can_write": story.status in (*Story.UNDECIDED, Story.Status.ACCEPTED),
        "appeal_until": story.appeal_until() if "appeal" in may else None,
        "erased_from": story.erased_from() if "erase" in may and story.status != Story.Status.ACCEPTED else None,
    }
