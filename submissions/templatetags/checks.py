"""What the checks say of a story, for the editor."""

from django import template
from django.utils.safestring import SafeString

from articles.models import Article
from cms.differences import text_changes
from submissions.checks import examine
from submissions.checks.drafts import draft_of_story
from submissions.checks.findings import Findings
from submissions.models import Story

register = template.Library()


@register.simple_tag
def findings_of(story: Story) -> Findings:
    """The checks' verdicts on a story, under the version of the guidelines that its sender accepted."""
    draft = draft_of_story(story)
    return Findings(draft, examine(draft), story.guidelines)


@register.simple_tag
def sent_again(story: Story) -> dict[str, SafeString]:
    """What the contributor changed when the story was last sent again: marked texts by name, empty if it was not."""
    before = story.earlier_texts.last()
    return text_changes(before, story) if before else {}


@register.simple_tag
def changed_by_editors(article: Article) -> dict[str, SafeString]:
    """What editors changed against the story that an article came of: marked texts by name, empty where nothing."""
    story = Story.objects.filter(article=article).first()
    return text_changes(story, article) if story and not story.erased else {}
