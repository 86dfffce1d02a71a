"""The form by which a reader sends a story, and sends it again."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.models import Picture, Section
from articles.provenance import SOURCE_TYPES
from cms.editor import BodyWidget
from cms.fields import LineField, TypedField
from cms.public_forms import PublicForm
from cms.text import is_plain, plain_text, rich_text
from submissions.checks import Level, Verdict, examine
from submissions.checks.ai import AI_USE
from submissions.checks.drafts import draft_of_values
from submissions.models import Guidelines, SavedDraft, Story

MAX_BODY = 60_000  # characters of text: some four hours of reading
MAX_SOURCES = 30
STRAY_PICTURES = 3  # as many may have come along with a paste: they are left out without a word
_PICTURE = re.compile(r"<(?:img|picture|svg)\b", re.IGNORECASE)
_KEPT = "copydesk.kept-cover"
_LIVE_CHECKS: Any = forms.Script("checks.js", defer=True)  # Any: the stubs know scripts by their paths only


def kept_picture(signed: str) -> Picture | None:
    """The picture that was taken in at an earlier try, by the signed name that the form carried along.

    None once somebody has sent it: what the desk has is no longer the form's to change.
    """
    try:
        uid = signing.loads(signed, salt=_KEPT, max_age=24 * 60 * 60)
    except signing.BadSignature:
        return None
    return Picture.objects.filter(uid=uid, article=None, story=None).first()


def _too_long(length: int) -> ValidationError:
    return ValidationError(
        _("Your story has %(length)s characters; we can take %(most)s. Shorten it or send it in parts."),
        params={"length": length, "most": MAX_BODY},
    )


def _one_picture(sent: int) -> ValidationError:
    words = _("You sent %(count)s pictures. A story has one picture, its cover: choose one. Your text is kept.")
    return ValidationError(words, params={"count": sent})


class SourcesField(TypedField):
    """Web addresses, one a line; cleans to a list without repetitions."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "inputmode": "url"}), max_length=20_000, **kwargs)
        self._url = forms.URLField(assume_scheme="https")

    def clean(self, value: Any) -> list[str]:
        """Return the addresses; raise ValidationError that names every line which is none."""
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > MAX_SOURCES:
            raise ValidationError(_("At most %(most)s source links, please."), params={"most": MAX_SOURCES})
        found, wrong = {}, []
        for line in lines:
            try:
                found[self._url.clean(line)] = True
            except ValidationError:
                wrong.append(line[:80])
        if wrong:
            raise ValidationError(
                _("Not a web address: %(lines)s. Write one address a line, such as https://example.org/report."),
                params={"lines": ", ".join(wrong)},
            )
        return list(found)


class SectionField(forms.ModelChoiceField):
    """A section, by its slug, named in the language of the page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Section.objects.all(), to_field_name="slug", **kwargs)

    def label_from_instance(self, obj: Section) -> str:
        """The section's name."""
        return obj.name


class AgreementInput(forms.CheckboxInput):
    """A box whose value is the version that is agreed to."""

    def __init__(self, version: int) -> None:
        super().__init__(attrs={"value": str(version)}, check_test=lambda value: value == str(version))

    def format_value(self, value: Any) -> None:
        """Print the version in force, whatever was sent."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The version that was agreed to, as sent; "" where the box is empty."""
        return str(data.get(name, ""))


class StoryForm(PublicForm):
    """A reader's story. After `is_valid()` the texts are sanitised and the picture, if any, is a Picture row.

    An uploaded picture is taken in even when another field is wrong; `kept` is then that picture, and the form
    carries it along, so that nobody has to choose a file twice.
    """

    KIND = "story"
    ASKED = {
        "headline": _("Write a headline that says what happened."),
        "body": _("Write your story here."),
        "language": _("Choose the language of your story."),
        "section": _("Choose the section that fits best."),
    }

    headline = LineField(label=_("Headline"), max_length=255)
    dek = LineField(
        label=_("Dek"), help_text=_("One or two sentences under the headline."), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    body = TypedField(
        label=_("Your story"),
        help_text=_("Plain typing is fine: leave a line empty between paragraphs, start a heading with ##."),
        widget=BodyWidget(attrs={"rows": 14}),
        max_length=600_000,
    )
    language = forms.ChoiceField(label=_("Language of the story"), choices=settings.LANGUAGES)
    section = SectionField(label=_("Section"), empty_label=_("Choose a section"))
    sources = SourcesField(
        label=_("Source links"),
        required=False,
        help_text=_("Where your story rests on others: one address a line."),
    )
    ai_use = forms.ChoiceField(
        label=_("Use of AI"),
        required=False,
        choices=[("", _("Choose an answer")), *AI_USE.items()],
        help_text=_("Help with spelling and grammar need not be declared."),
    )
    byline = LineField(
        label=_("Name to print"), max_length=255, required=False, help_text=_("Your name or a pen name.")
    )
    anonymous = forms.BooleanField(label=_("Print no name: I want to stay anonymous"), required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Only to tell you what becomes of the story. Without it, keep the private code you get."),
    )
    cover = forms.FileField(
        label=_("Cover picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=_("JPEG, PNG, WebP or AVIF, up to 12 MB. Without one we draw a cover by code and say so."),
    )
    cover_source_type = forms.ChoiceField(
        label=_("Where the picture comes from"),
        required=False,
        choices=[("", _("Choose its origin")), *SOURCE_TYPES.items()],
    )
    kept_cover = forms.CharField(required=False, widget=forms.HiddenInput)
    draft_version = forms.CharField(required=False, widget=forms.HiddenInput)
    guidelines = forms.CharField(
        widget=forms.CheckboxInput,
        error_messages={"required": _("Please agree to the guidelines: tick the box above.")},
    )

    def __init__(self, *args: Any, story: Story | None = None, draft: SavedDraft | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.story = story
        self.version = Guidelines.objects.in_force()
        self.fields["guidelines"].label = _("I have read the News Submission Rules and Guidelines and agree")
        self.fields["guidelines"].widget = AgreementInput(self.version.number)
        self.initial.setdefault("language", get_language())
        self.kept = kept_picture(self.data.get("kept_cover", "")) or (story.cover if story else None)
        if draft:
            self._go_on_from(draft)
        self.examined: dict[str, Any] = {}
        self.verdicts: list[Verdict] = []

    def _go_on_from(self, draft: SavedDraft) -> None:
        """Begin with what was saved, on whichever device that was."""
        self.go_on_with(draft.seed)
        self.initial.update(draft.initial())
        self.kept = self.kept or draft.unsent_cover()
        if self.kept:
            self.initial["kept_cover"] = signing.dumps(str(self.kept.uid), salt=_KEPT)

    @property
    def media(self) -> forms.Media:
        """The editor's files, and the script that asks for the live check."""
        return super().media + forms.Media(js=[_LIVE_CHECKS])

    def says_what(self, story: Story) -> bool:
        """Whether this valid form has the texts of `story`."""
        return all(getattr(story, name) == self.cleaned_data[name] for name in ("headline", "dek", "body"))

    def clean_body(self) -> str:
        """Sanitised HTML, whether it came from the editor or from plain typing."""
        typed = self.cleaned_data["body"]
        if is_plain(typed) and len(typed) > 2 * MAX_BODY:  # seconds of work before the same answer
            raise _too_long(len(typed))
        body = rich_text(typed)
        length = len(plain_text(body))
        if not length:
            raise ValidationError(_("Write your story here."))
        if length > MAX_BODY:
            raise _too_long(length)
        pictures = len(_PICTURE.findall(self.cleaned_data["body"]))
        if pictures > STRAY_PICTURES:
            self.remember("body", body)  # what comes back is without them, and may be sent as it is
            raise _one_picture(pictures)
        return body

    def clean_cover(self) -> Any:
        """The file, which must be the only one."""
        files = sum(len(self.files.getlist(name)) for name in self.files)
        if files > 1:
            raise _one_picture(files)
        return self.cleaned_data["cover"]

    def clean_guidelines(self) -> Guidelines:
        """The version that was agreed to, which must be the one in force."""
        agreed = self.cleaned_data["guidelines"]
        if agreed in {"", "False", "false", "0"}:
            raise ValidationError(self.fields["guidelines"].error_messages["required"], code="required")
        if agreed.isdecimal() and (len(agreed) > 9 or int(agreed) != self.version.number):
            raise ValidationError(
                _("The guidelines have changed: please read version %(number)s and agree again."),
                params={"number": self.version.number},
            )
        return self.version

    def clean(self) -> dict[str, Any]:
        """Check what concerns two fields, a name or anonymity, a picture and its origin; then run the checks."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not data.get("anonymous") and not data.get("byline") and "byline" not in self.errors:
            self.add_error("byline", _("Write the name to print, or choose to stay anonymous below."))
        origin = data.get("cover_source_type", "")
        self._take_in(data.get("cover"), origin)
        if self.kept and not origin and "cover_source_type" not in self.errors:
            self.add_error("cover_source_type", _("Say where the picture comes from: choose one of the list."))
        data["cover"] = self.kept
        self._examine(data)
        return data

    def _examine(self, data: dict[str, Any]) -> None:
        """Run the checks: a stop becomes an error of its field, everything else is advice."""
        self.examined = dict(data)  # an error takes its field out of the cleaned data; a preview shows it all the same
        shown = "preview" in self.data  # a search can only note, and on sending no notes are shown
        draft = draft_of_values(self.examined, compared="published" if shown else "", story=self.story)
        self.verdicts = examine(draft)
        for verdict in self.verdicts:
            if verdict.level == Level.STOP and verdict.field not in self.errors:
                self.add_error(
                    verdict.field if verdict.field in self.fields else None,
                    f"{verdict.message} ({verdict.passage})" if verdict.passage else verdict.message,
                )

    def _was_sent(self) -> bool:
        """Whether a story came of this form already: then the picture is with that story."""
        return Story.objects.filter(seed=self.seed).exists()

    def _take_in(self, upload: Any, origin: str) -> None:
        """Make a Picture of a fresh upload, and remember it in the form whatever else is wrong."""
        if not upload and not self.kept and self.data.get("kept_cover") and not self._was_sent():
            self.remember("kept_cover", "")  # said once: whoever sends the form again does without it
            self.add_error(
                "cover", _("We no longer have the picture of your earlier try: choose it again, or go on without it.")
            )
        try:
            if upload:
                self.kept = Picture.objects.take_in(upload, source_type=origin)
            elif self.kept and origin and (self.story is None or self.kept != self.story.cover):
                self.kept.declare(origin)  # the story's own cover is declared by the move
        except ValidationError as error:
            self.add_error("cover", error)
            return
        if self.kept:
            self.remember("kept_cover", signing.dumps(str(self.kept.uid), salt=_KEPT))
