"""What a contributor may send from the receipt page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms import codes
from cms.fields import LineField, LinesField
from cms.log import logged
from cms.models import User
from cms.workflow import Conflict
from submissions.conversation import Message
from submissions.forms import StoryForm
from submissions.mail.models import ReceivedMail
from submissions.models import Story

MOST_MESSAGES = 50  # by one contributor about one story
# What the contributor may change when sending again; the address for letters stays.
CHANGEABLE = (
    "headline", "dek", "body", "language", "section", "sources", "ai_use", "byline", "anonymous", "cover",
    "cover_source_type", "guidelines",
)  # fmt: skip


class CodeForm(forms.Form):
    """Asks for the printed code; checks that a receipt belongs to it."""

    code = LineField(
        label=_("Your private code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code as its address has it; one answer for wrong and expired ones."""
        code: str = self.cleaned_data["code"].strip().lower().replace("-", "").replace(" ", "")
        if not Story.objects.filter(code_hash=codes.hash_of(code)).exists():
            raise forms.ValidationError(
                _("No story belongs to this code. Please check each group of characters."), code="wrong"
            )
        return code


class MessageForm(forms.Form):
    """A message to the editor."""

    message = LinesField(
        label=_("Your message"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write your message here.")},
    )

    def __init__(self, story: Story, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="message_%s")
        self.story = story

    def clean_message(self) -> str:
        """The text; refused where the contributor has written more than anybody reads."""
        text: str = self.cleaned_data["message"]
        written = self.story.messages.filter(sender=Message.Sender.CONTRIBUTOR)
        if written.count() >= MOST_MESSAGES:
            raise forms.ValidationError(
                _("You have written %(most)s messages about this story. Please wait for the editor's answer."),
                params={"most": MOST_MESSAGES},
            )
        return text

    def send(self) -> None:
        """Put the message where the editor finds it: with a story that waits, else on the desk.

        The same message sent twice is one. Raises Conflict where nothing can be written about the story now.
        """
        story, text = self.story, self.cleaned_data["message"]
        last = story.messages.order_by("-id").first()
        if last and (last.sender, last.text) == (Message.Sender.CONTRIBUTOR, text):
            return
        if story.status == Story.Status.CHANGES_ASKED:
            story.answer(by=User.objects.system(), reason=text)
        elif story.status == Story.Status.RECEIVED:
            Message.objects.create(story=story, sender=Message.Sender.CONTRIBUTOR, text=text)
        elif story.status == Story.Status.ACCEPTED:
            self._wait(text)
        else:
            raise Conflict(story)

    def _wait(self, text: str) -> None:
        """Nobody looks at the story any more: the message waits on the desk by itself."""
        story = self.story
        with transaction.atomic():
            message = Message.objects.create(story=story, sender=Message.Sender.CONTRIBUTOR, text=text)
            waiting = ReceivedMail(
                story=story,
                message=message,
                subject=story.headline[:255],
                why=ReceivedMail.Why.REPLY,
                language=story.language,
                status=ReceivedMail.Status.WAITING,
            )
            waiting.enter(by=User.objects.system(), move="receive", why=str(waiting.why))


class AppealForm(forms.Form):
    """An appeal: what the editor overlooked."""

    appeal = LinesField(
        label=_("What was overlooked?"),
        help_text=_("You can appeal once. Another editor reads your story and this text, and decides."),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what you think was overlooked.")},
    )

    def __init__(self, story: Story, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="appeal_%s")
        self.story = story

    def send(self) -> None:
        """Appeal. Raises Conflict or NotPermitted where that is not possible any more."""
        self.story.appeal(by=User.objects.system(), reason=self.cleaned_data["appeal"])


class ChangesForm(StoryForm):
    """The story's form with the editor's open requests, to be ticked off."""

    addressed: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        label=_("What the editor asked for"),
        help_text=_("Tick off what you have done. What stays open is shown to the editor as open."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, story: Story, data: QueryDict | None = None, files: MultiValueDict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, files, story=story, **kwargs)
        self.fields["email"].disabled = True
        asked: Any = self.fields["addressed"]
        asked.queryset = story.requests.open()
        if not asked.queryset:
            del self.fields["addressed"]

    def send(self) -> None:
        """Send the changed story back. Raises Conflict or NotPermitted where that is not possible any more."""
        assert self.story  # noqa: S101  (set by __init__)
        language = get_language()
        self.story.send_again(
            by=User.objects.system(),
            addressed=[request.pk for request in self.cleaned_data.get("addressed", [])],
            **{name: self.cleaned_data[name] for name in CHANGEABLE},
            guidelines_language=language,
            guidelines_sha256=self.version.sha256(language),
        )


def take_back(story: Story, *, erase: bool) -> None:
    """Withdraw a story that can be withdrawn; `erase` deletes what was sent with it, in the same transaction.

    Raises Conflict or NotPermitted where that is not possible any more.
    """
    system = User.objects.system()
    with logged():
        if not erase or story.status in Story.UNDECIDED:
            story.withdraw(by=system)
        if erase:
            story.erase(by=system, reason="The contributor asked for it.")
