"""What the checks say of a story, for the editor."""

from django import template

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
