"""What a contributor may do and see on the receipt page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from cms import codes
from cms.models import User
from cms.workflow import Conflict
from submissions.forms import StoryForm

if TYPE_CHECKING:
    from submissions.story import Story

PLAIN_WORDS = {
    "receive": _("We have received your story. It waits for an editor."),
    "claim": _("An editor is reading your story."),
    "ask_changes": _("An editor asks you for changes."),
    "send_again": _("You sent your story again. It waits for an editor."),
    "accept": _("Your story was accepted. An editor is preparing it for print."),
    "decline": _("Your story was declined."),
    "withdraw": _("You withdrew your story."),
}
# What the contributor may change when sending again; the address for letters stays.
CHANGEABLE = (
    "headline", "dek", "body", "language", "section", "sources", "ai_use", "byline", "anonymous", "cover",
    "cover_source_type", "guidelines",
)  # fmt: skip


class CodeForm(forms.Form):
    """Asks for the printed code; checks that a receipt belongs to it."""

    code = forms.CharField(
        label=_("Your private code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code as its address has it; one answer for wrong and expired ones."""
        from submissions.story import Story

        code: str = self.cleaned_data["code"].strip().lower().replace("-", "").replace(" ", "")
        if not Story.objects.filter(code_hash=codes.hash_of(code)).exists():
            raise forms.ValidationError(_("No story belongs to this code. Please check each group of characters."))
        return code


def timeline(story: Story) -> list[dict[str, Any]]:
    """The story's log in plain words, oldest first: {"when", "text", "reason"}; publication at its end."""
    rows = [
        {"when": line.created, "text": PLAIN_WORDS[line.move], "reason": line.reason, "rules": line.rules}
        for line in story.decisions()
        if line.move in PLAIN_WORDS
    ]
    article = story.article
    if article and Article.objects.published().filter(pk=article.pk).exists():
        rows.append(
            {
                "when": article.published_at,
                "text": gettext("Your story was published."),
                "url": article.get_absolute_url(),
            }
        )
    elif article and article.status == Article.Status.SPIKED:
        rows.append({"when": article.updated, "text": gettext("In the end the newsroom did not print your story.")})
    return rows


def answer(story: Story, request: HttpRequest) -> StoryForm | None:
    """Do what the contributor asks on the receipt; return the form if it has errors.

    Raises Conflict when the story is no longer where this can be done.
    """
    system = User.objects.system()
    if "withdraw" in request.POST:
        story.withdraw(by=system)
        return None
    if story.status != story.Status.CHANGES_ASKED:
        raise Conflict(story)
    form = StoryForm(request.POST, request.FILES, story=story)
    form.fields["email"].disabled = True
    if not form.is_valid():
        return form
    agreed = {"guidelines_language": get_language(), "guidelines_sha256": form.version.sha256(get_language())}
    story.send_again(by=system, **{name: form.cleaned_data[name] for name in CHANGEABLE}, **agreed)
    return None
